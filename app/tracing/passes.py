"""One run of backward, watched: what arrived at each Node and what each edge carried."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

import torch

from app.tracing.frames import Place
from app.tracing.saved import Kept, saved
from app.tracing.snapshot import Snapshot, capture
from app.tracing.walk import grad_node, is_leaf, reachable

Call = Literal["backward", "autograd.backward", "autograd.grad", "implicit"]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A gradient at one place."""

    snapshot: Snapshot
    requires_grad: bool


@dataclass(slots=True, eq=False)
class PassRecord:
    """What one run of backward did."""

    call: Call
    roots: tuple[tuple[Any, int], ...]
    """Nodes and output numbers."""
    place: Place
    order: list[Any] = field(default_factory=list)
    cotangents: dict[tuple[Any, int], Arrival] = field(default_factory=dict)
    contributions: dict[tuple[Any, int], Arrival] = field(default_factory=dict)
    accumulated: dict[Any, Snapshot] = field(default_factory=dict)
    completed: int = 0
    """Nodes that ran to their end."""
    error: str | None = None
    truncated: bool = False


class Watcher:
    """Puts hooks on the Nodes of a graph for one pass.

    Args:
        elements: elements up to which tensors are copied whole.
        nodes: Nodes that are watched at most.
    """

    def __init__(self, elements: int, nodes: int) -> None:
        self._elements = elements
        self._nodes = nodes
        self.saved: dict[Any, dict[str, Kept]] = {}
        """What each Node met so far had saved."""

    def look(self, starts: Iterable[Any]) -> tuple[list[Any], bool]:
        """List the Nodes under some Nodes, and read what they saved while it is there."""
        nodes, truncated = reachable(starts, self._nodes)
        for node in nodes:
            if node not in self.saved:
                self.saved[node] = {} if is_leaf(node) else saved(node, self._elements)
        return nodes, truncated

    def watch(self, record: PassRecord, run: Callable[[], Any], inputs: tuple[Any, ...]) -> Any:
        """Run backward and note what it does.

        Args:
            record: filled while backward runs.
            run: runs backward.
            inputs: the tensors whose gradients ``run`` returns, if it returns any.
        """
        nodes, record.truncated = self.look(node for node, _ in record.roots)
        handles = []
        for node in nodes:
            handles.append(node.register_prehook(partial(self._before, record, node)))
            handles.append(node.register_hook(partial(self._after, record, node)))
        try:
            result = run()
        except BaseException as error:
            record.error = str(error)
            raise
        finally:
            for handle in handles:
                handle.remove()
            self._note_leaves(record)
        self._note_results(record, inputs, result)
        return result

    def _before(self, record: PassRecord, node: Any, gradients: tuple[Any, ...]) -> None:
        record.order.append(node)
        for number, gradient in enumerate(gradients):
            if gradient is not None:
                record.cotangents[node, number] = self._arrival(gradient)

    def _after(self, record: PassRecord, node: Any, carried: tuple[Any, ...], _: tuple[Any, ...]) -> None:
        record.completed += 1
        for slot, gradient in enumerate(carried):
            if gradient is not None:
                record.contributions[node, slot] = self._arrival(gradient)

    def _arrival(self, gradient: torch.Tensor) -> Arrival:
        return Arrival(capture(gradient, self._elements), gradient.requires_grad)

    def _note_leaves(self, record: PassRecord) -> None:
        for node in record.order:
            if is_leaf(node) and node.variable.grad is not None:
                record.accumulated[node] = capture(node.variable.grad, self._elements)

    def _note_results(self, record: PassRecord, inputs: tuple[Any, ...], result: Any) -> None:
        """Note the gradients that ``autograd.grad`` returns without running the Nodes they belong to."""
        if not isinstance(result, tuple):
            return
        for tensor, gradient in zip(inputs, result, strict=False):
            place = grad_node(tensor) if isinstance(tensor, torch.Tensor) else tuple(tensor)
            if gradient is not None and place is not None:
                record.cotangents.setdefault((place[0], place[1]), self._arrival(gradient))
