"""One run of backward, watched: what arrived at each Node and what each edge carried."""

import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

import torch

from chainrule.collector import uncollected
from chainrule.tape.record.autograd import grad_node, is_leaf, reachable
from chainrule.tape.record.jacobian import Jacobians, Matrix
from chainrule.tape.record.recorder import Recorder
from chainrule.tape.record.saved import Kept, saved
from chainrule.tape.tensors.autograd_meta import output_of, version
from chainrule.tape.tensors.capture import TensorCapture
from chainrule.tape.tensors.snapshot import Snapshot
from chainrule.tape.where.frames import Place

OTHERS = 4096
"""How often in all a leaf is looked at after a pass over another graph: leaves times passes grow as a square."""

_ALONE = frozenset(
    f"{name}Backward{number}"
    for name, number in (
        *(("Prod", 0), ("Prod", 1), ("Cumprod", 0), ("MaskedFill", 1), ("LinalgDet", 0), ("Index", 0)),
        *(("Max", 1), ("Min", 1), ("Median", 0), ("Nanmedian", 0)),
        *(("LinalgMatrixExp", 0), ("LinalgHouseholderProduct", 0), ("Ormqr", 0)),
    )
)
"""Nodes that compute in another way while any mode is on: other digits, or other Nodes of a graph of gradients."""

Call = Literal["backward", "autograd.backward", "autograd.grad", "implicit"]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A gradient at one place."""

    snapshot: Snapshot
    requires_grad: bool

    def equals(self, other: "Arrival") -> bool:
        """Return whether another gradient is the same to the last bit."""
        return self.requires_grad == other.requires_grad and self.snapshot.equals(other.snapshot)


@dataclass(slots=True, eq=False)
class PassRecord:
    """What one run of backward did."""

    call: Call
    roots: tuple[tuple[Any, int], ...]
    """Nodes and output numbers."""
    place: Place
    inputs: tuple[tuple[Any, int], ...] = ()
    """Nodes and output numbers whose gradients alone were asked for."""
    order: list[Any] = field(default_factory=list)
    cotangents: dict[tuple[Any, int], Arrival] = field(default_factory=dict)
    contributions: dict[tuple[Any, int], Arrival] = field(default_factory=dict)
    leaf_gradients: dict[Any, Snapshot] = field(default_factory=dict)
    """What the leaves that are known by then hold in ``.grad`` after it, also those that it did not reach."""
    completed: int = 0
    """Nodes that ran to their end."""
    error: str | None = None
    truncated: bool = False
    watched: set[Any] = field(default_factory=set)
    """Nodes that have hooks."""
    inner: list[tuple[Any, Any]] = field(default_factory=list)
    """For each Node that a pass within this one started from: the Node that was running, and it."""
    ended: int = 0
    """How many operations had been recorded when it was over."""
    results: list[tuple[Any, int]] = field(default_factory=list)
    """Gradients that have a graph of their own."""

    def starts(self) -> list[Any]:
        """List the Nodes that it started from, passes within it included."""
        return [node for node, _ in self.roots] + [node for _, node in self.inner]

    @property
    def accumulated(self) -> dict[Any, Snapshot]:
        """Return what the leaves that it reached hold in ``.grad`` after it."""
        return {node: self.leaf_gradients[node] for node in self.order if node in self.leaf_gradients}


class Watcher:
    """Puts hooks on the Nodes of a graph for one pass.

    Args:
        recorder: stands aside while PyTorch's own formulas run, and is there while custom Functions do.
        capture: captures tensors.
        nodes: Nodes that are watched at most.
        detailed: Nodes of one graph up to which local Jacobians are computed.
        jacobians: computes local Jacobians while the Nodes' buffers are there; None where nobody asks for them.
    """

    def __init__(
        self, recorder: Recorder, capture: TensorCapture, nodes: int, detailed: int, jacobians: Jacobians | None = None
    ) -> None:
        self._recorder = recorder
        self._jacobians = jacobians
        self._local: dict[Any, dict[int, Matrix]] = {}
        self._capture = capture
        self._nodes = nodes
        self._detailed = detailed
        self._saved: dict[Any, dict[str, Kept]] = {}
        self._leaves: dict[Any, None] = {}
        self._noted = 0
        self._left: dict[int, tuple[Callable[[], Any], int]] = {}
        """What a pass left in ``.grad`` of a leaf, by the leaf's id: the tensor, and its count of changes."""

    def look(self, starts: Iterable[Any]) -> tuple[list[Any], bool]:
        """List the Nodes under some Nodes, and read what they saved while it is there, unless they are too many."""
        nodes, truncated = reachable(starts, self._nodes)
        if len(nodes) <= self._detailed:
            for node in nodes:
                self.read(node)
                self.jacobian(node)
        return nodes, truncated

    def jacobian(self, node: Any) -> dict[int, Matrix]:
        """Return the local Jacobians of a Node by slot, as they were when it was first met."""
        if self._jacobians is None:
            return {}
        found = self._local.get(node)
        if found is None:
            found = self._local[node] = self._jacobians.of(node)
        return found

    def read(self, node: Any) -> dict[str, Kept]:
        """Return what a Node had saved when it was first met."""
        kept = self._saved.get(node)
        if kept is None:
            with self._recorder.looking():
                kept = self._saved[node] = {} if is_leaf(node) else saved(node, self._capture)
        return kept

    def watch(self, record: PassRecord, run: Callable[[], Any], create_graph: bool) -> Any:
        """Run backward and note what it does.

        Args:
            record: filled while backward runs.
            run: runs backward.
            create_graph: whether backward builds a graph of its own, which is recorded.
        """
        with uncollected():
            nodes, truncated = self.look(node for node, _ in record.roots)
        record.truncated = record.truncated or truncated
        with self._hooks(record, nodes, create_graph):
            if create_graph:
                try:
                    return run()
                finally:
                    self._recorder.come_back()
            with self._recorder.aside():
                return run()

    def watch_inner(self, record: PassRecord, starts: list[Any], run: Callable[[], Any]) -> Any:
        """Run backward within backward, as a checkpoint does, and note it as part of the outer pass."""
        running = record.order[-1] if record.order else None
        record.inner += [(running, node) for node in starts]
        nodes, truncated = self.look(starts)
        record.truncated = record.truncated or truncated
        with self._hooks(record, nodes, False), self._recorder.aside():
            return run()

    @contextmanager
    def _hooks(self, record: PassRecord, nodes: list[Any], create_graph: bool) -> Iterator[None]:
        handles = []
        with uncollected():
            for node in nodes:
                if node in record.watched:
                    continue
                record.watched.add(node)
                if is_leaf(node):
                    self._leaves[node] = None
                is_custom = not create_graph and isinstance(node, torch.autograd.function.BackwardCFunction)
                is_alone = create_graph and node.name() in _ALONE
                handles.append(node.register_prehook(partial(self._before, record, node, is_custom, is_alone)))
                handles.append(node.register_hook(partial(self._after, record, node, is_custom, is_alone)))
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    def _before(
        self, record: PassRecord, node: Any, is_custom: bool, is_alone: bool, gradients: tuple[Any, ...]
    ) -> None:
        record.order.append(node)
        for number, gradient in enumerate(gradients):
            if gradient is not None:
                record.cotangents[node, number] = self._arrival(gradient)
        if is_custom:
            self._recorder.come_back()
        elif is_alone:
            self._recorder.settle()
            self._recorder.go_again()

    def _after(
        self,
        record: PassRecord,
        node: Any,
        is_custom: bool,
        is_alone: bool,
        carried: tuple[Any, ...],
        _: tuple[Any, ...],
    ) -> None:
        if is_custom:
            self._recorder.go_again()
        elif is_alone:
            self._recorder.come_back()
        record.completed += 1
        for slot, gradient in enumerate(carried):
            if gradient is not None:
                record.contributions[node, slot] = self._arrival(gradient)

    def note_end(self, record: PassRecord) -> None:
        """Note what leaves hold in ``.grad``: those of its own graph, and those of earlier ones while they are few."""
        for node in self._leaves:
            if node not in record.watched:
                if self._noted >= OTHERS:
                    continue
                self._noted += 1
            gradient = node.variable.grad
            if gradient is not None:
                record.leaf_gradients[node] = self._capture.capture(gradient)
                self._left[id(node.variable)] = weakref.ref(gradient), version(gradient)

    def is_as_left(self, leaf: torch.Tensor, gradient: torch.Tensor) -> bool:
        """Return whether ``.grad`` of a leaf is what the last pass that was seen to touch it left there."""
        left = self._left.get(id(leaf))
        return left is not None and left[0]() is gradient and left[1] == version(gradient)

    def note_results(self, record: PassRecord, inputs: Iterable[Any], result: Any) -> None:
        """Note the gradients that ``autograd.grad`` returns without running the Nodes they belong to."""
        for tensor, gradient in zip(inputs, result, strict=False):
            place = grad_node(tensor) if isinstance(tensor, torch.Tensor) else (tensor[0], tensor[1])
            if gradient is not None and place is not None:
                record.cotangents.setdefault(place, self._arrival(gradient))
                made = output_of(gradient)
                if made is not None:
                    record.results.append(made)

    def _arrival(self, gradient: torch.Tensor) -> Arrival:
        return Arrival(self._capture.capture(gradient), gradient.requires_grad)
