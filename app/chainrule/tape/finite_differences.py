"""Finite differences of a whole program: find its leaves as it uses them, move one element, and catch where a pass
starts.

The program is run again and again, each time from its beginning, with one element of one leaf moved just before the
program first computes with it.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from chainrule.tape.record import patches
from chainrule.tape.record.passes import Call
from chainrule.tape.tensors.autograd_meta import is_leaf

STEP = 1e-6
"""How far an element is moved: about the cube root of float64's precision, where a central difference errs least."""
AGREEMENT = 1e-4
"""Relative difference up to which the two agree."""
FLOOR = 1e-5
"""Smallest magnitude that a difference is taken relative to: below it, rounding is all one sees."""


class Reached(BaseException):  # no error: it ends a run that has told what it was for
    """The pass that was waited for starts."""


@dataclass(frozen=True, slots=True)
class Move:
    """One element of one leaf, and how far to move it."""

    leaf: int
    element: int
    by: float


class Probe(TorchFunctionMode):
    """Numbers the leaves of a program in the order in which it first computes with them, and moves one element.

    Initialisation, in-place changes under ``no_grad`` and what only looks at a tensor do not count as computing.
    """

    def __init__(self, move: Move | None = None) -> None:
        super().__init__()
        self.leaves: list[torch.Tensor] = []
        self._seen: set[int] = set()
        self._move = move

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Look at what a function of PyTorch is given, then call it."""
        given = kwargs or {}
        if torch.is_grad_enabled() and not _only_looks(func):
            self.meet((*args, *given.values()))
        return func(*args, **given)

    def meet(self, values: Iterable[Any]) -> None:
        """Look for leaves among the values that a function is given."""
        for value in values:
            if isinstance(value, list | tuple):
                self.meet(value)
            elif isinstance(value, torch.Tensor) and value.requires_grad and is_leaf(value):
                self._meet_leaf(value)

    def _meet_leaf(self, tensor: torch.Tensor) -> None:
        if id(tensor) in self._seen or tensor.is_complex():
            return
        # The list keeps it alive, so that no other tensor gets its id.
        self._seen.add(id(tensor))
        self.leaves.append(tensor)
        if self._move is not None and self._move.leaf == len(self.leaves) - 1:
            with torch.no_grad():
                tensor[place(self._move.element, tensor.shape)] += self._move.by


def _only_looks(func: Any) -> bool:
    if getattr(func, "__name__", "") in {"__get__", "__set__", "requires_grad_", "backward", "detach", "register_hook"}:
        return True
    return getattr(func, "__module__", "") == "torch.nn.init"


class Waiter:
    """Waits for a pass to start, and computes what it is the gradient of: the roots, weighted by their cotangents.

    Args:
        probe: told what custom Functions are given, which no mode sees.
        stop: whether to end the program there.
    """

    def __init__(self, probe: Probe, stop: bool) -> None:
        self._probe = probe
        self._stop = stop
        self.pass_count = 0
        self.value: float | None = None

    def backward(self, root: torch.Tensor, gradient: torch.Tensor) -> None:
        """Start the pass that a program did not ask for itself."""
        torch.autograd.backward((root,), (gradient,))

    def engine(self, run: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Note the value at the first pass."""
        self.pass_count += 1
        if self.pass_count == 1:
            with torch.no_grad():
                self.value = sum(_weighted(root, given) for root, given in zip(args[0], args[1], strict=True))
            if self._stop:
                raise Reached
        return run(*args, **kwargs)

    def asked(self, call: Call, roots: Any) -> None:
        """Nothing to note."""

    def answered(self) -> None:
        """Nothing to note."""

    def module_begins(self, module: Any) -> None:
        """Nothing to note."""

    def module_ends(self) -> None:
        """Nothing to note."""

    def item_read(self, number: object) -> None:
        """Nothing to note."""

    def list_read(self, tensor: Any, numbers: Any) -> None:
        """Nothing to note."""

    def parameter_made(self, parameter: Any) -> None:
        """Where a parameter was made does not matter here."""

    def optimizer_steps(
        self, optimizer: Any, run: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """Nothing to note."""
        return run(*args, **kwargs)

    def batch_loads(self, run: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Nothing to note."""
        return run(*args, **kwargs)

    def function_begins(self, function: Any, args: tuple[Any, ...]) -> None:
        """Look at what a custom Function is given."""
        self._probe.meet(args)

    def function_ends(self, begun: Any, result: Any) -> None:
        """Nothing to note."""


def _weighted(root: Any, gradient: Any) -> float:
    value = root if gradient is None else root * gradient
    return float(value.sum().item())


@contextmanager
def watched(probe: Probe, waiter: Waiter) -> Iterator[None]:
    """Run a program under both."""
    patches.listen(waiter)
    try:
        with probe:
            yield
    finally:
        patches.leave(waiter)


def place(element: int, shape: Iterable[int]) -> tuple[int, ...]:
    """Return the index of an element that is given by its number in row-major order."""
    found = []
    for size in reversed(list(shape)):
        element, index = divmod(element, size)
        found.append(index)
    return tuple(reversed(found))


@dataclass(frozen=True, slots=True)
class Compared:
    """One element's gradient beside its finite differences."""

    element: int
    gradient: float
    difference: float
    error: float
    kink: bool


def compare(element: int, gradient: float, around: tuple[float, float, float], step: float) -> Compared:
    """Compare a gradient with a central difference.

    Args:
        element: which element.
        gradient: what autograd computed.
        around: the value with the element moved down, as it is, and moved up.
        step: how far it was moved.
    """
    below, here, above = around
    difference = (above - below) / (2 * step)
    left, right = (here - below) / step, (above - here) / step
    kink = _error(left, right) > math.sqrt(STEP)
    if math.isnan(gradient) and math.isnan(difference):
        return Compared(element, gradient, difference, 0.0, False)
    return Compared(element, gradient, difference, _error(gradient, difference), kink)


def _error(a: float, b: float) -> float:
    """Return how far two numbers differ, relative to the larger."""
    if a == b:
        return 0.0
    error = abs(a - b) / max(abs(a), abs(b), FLOOR)
    return math.inf if math.isnan(error) else error


def steps(numel: int, most: int) -> list[int]:
    """Return which elements to compare: all, or so many spread evenly."""
    if numel <= most:
        return list(range(numel))
    return [index * numel // most for index in range(most)]
