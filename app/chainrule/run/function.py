"""A person's own function on a tape: its graph, and what it raised. It is trusted, and runs unconfined."""

import inspect
import linecache
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import CodeType

import torch

from chainrule.diagnose import diagnose_exception
from chainrule.diagnose.source import SourceText
from chainrule.errors import GradientInvalidError, RootUnknownError
from chainrule.graph.model import Graph
from chainrule.graph.syntax import Syntax
from chainrule.limits import Limits
from chainrule.program.inputs import validate_gradient, validate_inputs
from chainrule.protocol.messages import Problem
from chainrule.run.environment import same_numbers
from chainrule.run.inputs import leaf
from chainrule.run.roots import Rejected, RootTensor, cotangent
from chainrule.run.script import raised_at
from chainrule.tape import Tape
from chainrule.tape.existing import ask_gradients, graph_of, require_graph
from chainrule.tape.tensors.autograd_meta import grad_fn

NO_PASS = "none"
"""The gradient that says that no pass is wanted."""


@dataclass(frozen=True, slots=True)
class FunctionAnswer:
    """What a function did."""

    graph: Graph
    source: str
    """The text of the file that it stands in; empty where there is none."""
    raised: Exception | None = None
    problem: Problem | None = None
    """What it raised, explained."""


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A function, and what is asked of it."""

    function: Callable[..., object]
    arguments: Mapping[str, object]
    """By name. Numbers and nested lists of them become leaves that require a gradient."""
    seed: int = 0
    """Of the CPU's generators of random numbers, which are put back afterwards."""
    root: str | None = None
    """Which of several tensors, where the function returns a dict of them."""
    gradient: object = None
    """The cotangent, as a tensor or nested lists of numbers; None for ones, "none" for no pass."""
    jacobians: bool = False
    """Whether edges have their local Jacobians."""
    whole: bool = False
    """Whether all elements of every tensor are kept, however large."""


def answer_function(call: FunctionCall, limits: Limits, names: Mapping[str, object]) -> FunctionAnswer:
    """Call a function on a tape and return its graph; what it raises is part of the result.

    The root is what it returns: a tensor, or several in a list or a dict. Where it runs no backward itself, one pass is
    run from each root; no ``.grad`` is changed by it.

    Args:
        call: the function and its arguments.
        limits: what is recorded; nothing is stopped.
        names: the caller's variables, among which a module is called by its name.

    Raises:
        TypeError: the arguments do not fit, or no tensor is returned.
        ValueError: what is returned has no grad_fn.
        RequestError: an argument, the root or the gradient cannot be used.
    """
    code = _code_of(call.function)
    filename = code.co_filename if code is not None else "<function>"
    syntax = Syntax("".join(linecache.getlines(filename)), filename)
    arguments = _arguments(call, limits)
    known = {**_known(call.function, names), **arguments}
    tape = Tape(limits, filename, syntax, sys._getframe(), jacobians=call.jacobians, whole=call.whole)
    roots: list[RootTensor] = []
    raised: Exception | None = None
    with same_numbers(call.seed), tape:
        try:
            result = call.function(**arguments)
        except Exception as error:
            raised = error
        else:
            if call.root is not None or not tape.pass_count:
                roots = _roots(result, call)
                _ask(tape, roots, call.gradient, limits)
    if raised is not None:
        return _failed(tape, raised, syntax, filename, known)
    return FunctionAnswer(tape.graph(_as_asked(roots), known), syntax.source)


def answer_tensor(
    root: object,
    gradient: object,
    limits: Limits,
    names: Mapping[str, object],
    *,
    jacobians: bool = False,
    whole: bool = False,
) -> FunctionAnswer:
    """Return the graph that a tensor hangs on.

    Args:
        root: the tensor.
        gradient: as in `FunctionCall`.
        limits: what is kept.
        names: variables, to name nodes by.
        jacobians: whether edges have their local Jacobians.
        whole: whether all elements of every tensor are kept, however large.

    Raises:
        TypeError: it is no tensor.
        ValueError: it has no grad_fn.
        GradientInvalidError: the gradient does not fit.
    """
    start = None
    if isinstance(root, torch.Tensor) and gradient is not None and gradient != NO_PASS:
        start = _start(RootTensor(None, root), gradient, limits)
    tape = Tape(limits, jacobians=jacobians, whole=whole)
    return FunctionAnswer(graph_of(root, names, limits, start, run_backward=gradient != NO_PASS, tape=tape), "")


def _code_of(function: Callable[..., object]) -> CodeType | None:
    """Return the code of a function, of a module's ``forward`` or a class's ``__call__``; None for one written in C."""
    while isinstance(function, partial):
        function = function.func
    if isinstance(function, torch.nn.Module):
        function = function.forward
    written = inspect.unwrap(function)
    code = getattr(written, "__code__", None) or getattr(vars(type(written)).get("__call__"), "__code__", None)
    return code if isinstance(code, CodeType) else None


def _arguments(call: FunctionCall, limits: Limits) -> dict[str, object]:
    numbers = {name: value for name, value in call.arguments.items() if _is_numbers(value)}
    leaves = {name: leaf(values) for name, values in validate_inputs(numbers, limits).items()}
    arguments = {**call.arguments, **leaves}
    try:
        signature = inspect.signature(call.function)
    except ValueError:  # one written in C
        return arguments
    try:
        signature.bind(**arguments)
    except TypeError as error:
        name = getattr(call.function, "__name__", type(call.function).__name__)
        raise TypeError(f"{name}{signature} is called with what inputs= gives by name: {error}") from None
    return arguments


def _is_numbers(value: object) -> bool:
    return isinstance(value, int | float | list | tuple) and not isinstance(value, bool)


def _known(function: Callable[..., object], names: Mapping[str, object]) -> dict[str, object]:
    """Return the tensors and modules that a function finds outside itself, by name; its own are seen while it runs."""
    found: dict[str, object] = {name: value for name, value in names.items() if value is function}
    try:
        outside = inspect.getclosurevars(function)
    except TypeError:  # no function of Python's
        return found
    found |= {**outside.globals, **outside.nonlocals}
    return {name: value for name, value in found.items() if isinstance(value, torch.Tensor | torch.nn.Module)}


def _roots(result: object, call: FunctionCall) -> list[RootTensor]:
    """Return the tensors that a function returned, each with its name if it has one."""
    if call.root is not None:
        if not isinstance(result, Mapping):
            kind = type(result).__name__
            raise RootUnknownError(f"root={call.root!r} names one of a dict of tensors, and a {kind} was returned")
        if not isinstance(result.get(call.root), torch.Tensor):
            raise RootUnknownError(f"no tensor {call.root!r} was returned, only {', '.join(map(repr, result))}")
        result = {call.root: result[call.root]}
    named = result.items() if isinstance(result, Mapping) else [(None, one) for one in _listed(result)]
    roots = [RootTensor(name, one) for name, one in named if isinstance(one, torch.Tensor)]
    if not roots:
        raise TypeError(
            "the graph is that of what the function returns: a tensor, or a list or a dict of them, "
            f"not {type(result).__name__}"
        )
    for root in roots:
        require_graph(root.tensor)
    return roots


def _listed(result: object) -> list[object]:
    return list(result) if isinstance(result, list | tuple) else [result]


def _ask(tape: Tape, roots: list[RootTensor], gradient: object, limits: Limits) -> None:
    if tape.pass_count or gradient == NO_PASS:
        return
    for root in roots:
        ask_gradients(root.tensor, limits, None if gradient is None else _start(root, gradient, limits))


def _start(root: RootTensor, gradient: object, limits: Limits) -> torch.Tensor:
    if isinstance(gradient, torch.Tensor):
        if gradient.shape != root.tensor.shape:
            raise GradientInvalidError(
                f"The gradient has shape {list(gradient.shape)}, but the root has shape {list(root.tensor.shape)}."
            )
        return gradient
    try:
        return cotangent(root, validate_gradient(gradient, limits))
    except Rejected as rejected:
        raise GradientInvalidError(rejected.rejection.detail) from None


def _as_asked(roots: list[RootTensor]) -> dict[str, torch.Tensor] | list[torch.Tensor] | None:
    named = {root.name: root.tensor for root in roots if root.name is not None}
    return named or [root.tensor for root in roots] or None


def _failed(
    tape: Tape, raised: Exception, syntax: Syntax, filename: str, known: Mapping[str, object]
) -> FunctionAnswer:
    """Return the graph until then: that of the passes, or else of the tensor that was made last."""
    graph = tape.graph(None, known)
    last = _made_last(raised, filename)
    if not graph.roots and last is not None:
        graph = tape.graph([last], known)
    source = syntax.source
    span = raised_at(raised, filename, source)
    problem = diagnose_exception(raised, SourceText(source, syntax), graph, span, tape.stale_saves(raised))
    return FunctionAnswer(graph, source, raised, problem)


def _made_last(raised: Exception, filename: str) -> torch.Tensor | None:
    """Return the newest tensor with a grad_fn among the variables of the frames that an exception passed through."""
    found: list[torch.Tensor] = []
    for frame, _ in traceback.walk_tb(raised.__traceback__):
        if frame.f_code.co_filename == filename:
            values = frame.f_locals.values()
            found += [one for one in values if isinstance(one, torch.Tensor) and grad_fn(one) is not None]
    return max(found, key=_made, default=None)


def _made(tensor: torch.Tensor) -> int:
    made: int = grad_fn(tensor)._sequence_nr()
    return made
