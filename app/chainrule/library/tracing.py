"""Graphs of programs, functions and tensors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from chainrule.graph.model import Graph
from chainrule.library.background import shared_pipeline
from chainrule.library.caller import caller_names
from chainrule.library.failure import TraceError
from chainrule.protocol.program import Program
from chainrule.settings import Settings


class TensorLike(Protocol):
    """A tensor, as far as it is looked at before PyTorch is imported."""

    @property
    def grad_fn(self) -> Any:
        """Return the Node that made it."""


Subject: TypeAlias = str | Callable[..., object] | TensorLike
"""What has a graph: the text of a program, a callable, a tensor."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a program or a function."""

    inputs: Mapping[str, object] = field(default_factory=dict)
    seed: int = 0
    root: str | None = None
    gradient: object = None
    jacobians: bool = False
    whole: bool = False
    """Whether all elements of every tensor are kept, however large."""


@dataclass(frozen=True, slots=True)
class TracedGraph:
    """A graph, and the text that its places are in."""

    graph: Graph
    source: str


def trace(
    subject: Subject,
    *,
    inputs: Mapping[str, object] | None = None,
    seed: int = 0,
    root: str | None = None,
    gradient: object = None,
    jacobians: bool = False,
) -> Graph:
    """Return the autograd graph of a program, of a function, or of a tensor that is already there.

    The text of a program runs in the sandbox, as on a server: in a process of its own, with limits, and without files
    or network. A function and a tensor are your own code: they run in this process, unconfined, and no ``.grad`` is
    changed by what is asked of them.

    >>> import chainrule
    >>> graph = chainrule.trace("(x ** 2).sum()", inputs={"x": [1.0, 2.0]})
    >>> [x] = [node for node in graph.nodes if "x" in node.names]
    >>> x.outputs[0].gradients[0].values
    [2.0, 4.0]

    A function is called with the inputs by name; what it returns is the root:

    >>> graph = chainrule.trace(lambda w: (w * 3).sum(), inputs={"w": [1.0, 2.0]})
    >>> [node.op for node in graph.nodes if node.kind != "constant"]
    ['AccumulateGrad', 'MulBackward0', 'SumBackward0']

    A program that raises says what, where and what helps; its graph until then is kept:

    >>> from chainrule.library import TraceError
    >>> try:
    ...     chainrule.trace("x = tensor([1., 2.], requires_grad=True)\\ny = x * 2\\ny.backward()")
    ... except TraceError as error:
    ...     print(str(error).splitlines()[1])
    ...     print([node.op for node in error.graph.nodes if node.kind == "function"])
    RuntimeError: grad can be implicitly created only for scalar outputs
    ['MulBackward0']

    Args:
        subject: the text of a program, a callable such as a function or a module, or a tensor.
        inputs: by name, numbers or nested lists of them (or a tensor), which become leaves that require a gradient. A
            function gets a tensor, or anything that is not made of numbers, as it is.
        seed: what the generators of random numbers start from.
        root: the variable to start backward from; with a function that returns a dict of tensors, the one in it.
        gradient: the cotangent to start with where the program runs no backward itself, as nested lists or a tensor;
            None for ones, "none" for no pass.
        jacobians: whether each edge between small tensors has its local Jacobian; the text of a program is run again
            for them.

    Raises:
        TraceError: the program or function raised.
        ProgramRejectedError: the text does not parse, or uses what a program may not use here; says where.
        ChainruleError: an input, the root or the gradient cannot be used, or programs cannot be run here.
        TypeError: what is given is nothing that has a graph.
        ValueError: nothing that requires a gradient went into the root.
    """
    return traced(subject, Wanted(inputs or {}, seed, root, gradient, jacobians)).graph


def traced(subject: object, wanted: Wanted) -> TracedGraph:
    """Return a graph with the text of its program; a Graph stays as it is. Raises as `trace` does."""
    if isinstance(subject, str):
        return _of_program(subject, wanted)
    if callable(subject):
        return _of_function(subject, wanted)
    if (wanted.inputs, wanted.seed, wanted.root) != ({}, 0, None):
        raise TypeError("inputs, seed and root are for a program or a function: all else was computed already")
    if isinstance(subject, Graph):
        return TracedGraph(subject, "")
    return _of_tensor(subject, wanted)


def _of_program(source: str, wanted: Wanted) -> TracedGraph:
    inputs = {name: _plain(value) for name, value in wanted.inputs.items()}
    program = Program(source, inputs, wanted.seed, wanted.root, _plain(wanted.gradient))
    trace = shared_pipeline().trace(program)
    if wanted.jacobians:
        trace = shared_pipeline().ask(trace, "jacobians")
    if wanted.whole:
        trace = shared_pipeline().ask(trace, "tensors")
    answer = trace.answer
    errors = [problem for problem in answer.problems if problem.severity == "error"]
    if errors:
        tried = shared_pipeline().try_fixes(trace).answer.problems
        raise TraceError([one for one in tried if one.severity == "error"], answer.graph, source)
    return TracedGraph(answer.graph, source)


def _of_function(function: Callable[..., object], wanted: Wanted) -> TracedGraph:
    from chainrule.run.function import FunctionCall, answer_function  # it imports torch

    asked = (wanted.inputs, wanted.seed, wanted.root, wanted.gradient)
    call = FunctionCall(function, *asked, jacobians=wanted.jacobians, whole=wanted.whole)
    answer = answer_function(call, Settings.from_environment().limits, caller_names())
    if answer.problem is not None:
        # Nobody runs somebody's own function again, so its fixes cannot be tried.
        problem = answer.problem.model_copy(update={"fixes": []})
        raise TraceError([problem], answer.graph, answer.source) from answer.raised
    return TracedGraph(answer.graph, answer.source)


def _of_tensor(tensor: object, wanted: Wanted) -> TracedGraph:
    if not hasattr(tensor, "grad_fn"):
        kinds = "the text of a program, a callable, a tensor or a Graph"
        raise TypeError(f"chainrule takes {kinds}, not {type(tensor).__name__}")
    from chainrule.run.function import answer_tensor  # it imports torch

    limits = Settings.from_environment().limits
    kept = {"jacobians": wanted.jacobians, "whole": wanted.whole}
    answer = answer_tensor(tensor, wanted.gradient, limits, caller_names(), **kept)
    return TracedGraph(answer.graph, answer.source)


def _plain(value: Any) -> Any:
    """Return a tensor or an array as nested lists, all else as it is."""
    return value.tolist() if hasattr(value, "tolist") else value
