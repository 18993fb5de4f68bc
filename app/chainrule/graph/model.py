"""The graph as data: what tracing found, what JSON carries, what every picture is drawn from (schema_version 2).

Edges are stored in PyTorch's direction only: entry number ``slot`` of ``source``'s ``next_functions`` is
``(target, output_nr)``, from root to leaf. Parallel edges are never merged: ``x*x`` has two.
"""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from chainrule.graph.data import Complex, Data, NonFinite, Number, Real, Stats, Values, Whole
from chainrule.graph.history import EMPTY, History, LeafCourse
from chainrule.graph.tensors import Tensor, TensorField

__all__ = [
    "SCHEMA_VERSION",
    "Complex",
    "Data",
    "Edge",
    "Flag",
    "Graph",
    "History",
    "Jacobian",
    "LeafCourse",
    "NoGradient",
    "Node",
    "NodeKind",
    "NonFinite",
    "Number",
    "Optimizer",
    "Output",
    "Pass",
    "Real",
    "Root",
    "Saved",
    "Scope",
    "Span",
    "Stats",
    "Tensor",
    "Update",
    "Values",
    "Variable",
    "Whole",
]

SCHEMA_VERSION = 2


class Span(Data):
    """A place in the source: lines from 1, columns from 0 in characters, the end exclusive (as Python's ``ast``)."""

    line: Whole
    column: Whole
    end_line: Whole
    end_column: Whole


Saved = TypeAliasType(
    "Saved", "bool | Whole | float | str | Annotated[list[Saved], Field(fail_fast=True)] | TensorField | None"
)
"""A value that a Node keeps for backward, under PyTorch's own name for it."""


class Output(Data):
    """One output of a node."""

    output_nr: Whole
    value: TensorField | None
    """None where the tensor was never seen, as for an output that nothing used or returned."""
    before: TensorField | None = None
    """For an operation in place: what the tensor held before it."""
    gradients: History = EMPTY
    """The cotangents that arrived here, with the passes in which they did."""


class Scope(Data):
    """One frame of the stack of modules and functions that a node was made in, outermost first."""

    kind: Literal["module", "function", "loop"]
    name: str
    """A module's path ("net.0"), a function's qualified name, or a loop's variable."""
    type: str
    """A module's class; for functions the same as ``name``; for loops "for" or "while"."""
    call: Whole
    """Which call of this module or function, or which iteration, counted from 1 within the scope above."""


Jacobian = Annotated[list[list[Number]], Field(fail_fast=True)]
"""A row for each element of a node's outputs, one output after the other, a column for each element of what it takes
in, both in row-major order."""


class NoGradient(Data):
    """Why a leaf got no gradient."""

    reason: Literal["not_reached", "detached", "integer", "no_pass", "not_asked", "zero_path"]
    node: str | None = None
    """The node where the way to the root is cut, where there is one."""


NodeKind = Literal["function", "leaf", "constant", "detached"]
Flag = Literal[
    "root",
    "parameter",
    "in_place",
    "view",
    "custom",
    "first_nan",
    "first_inf",
    "first_nan_gradient",
    "first_inf_gradient",
    "no_gradient",
    "zero_gradient",
    "in_backward",
    "checkpoint",
    "truncated",
]


class Node(Data):
    """A ``torch.autograd.graph.Node``, or a leaf, constant or detached operation that takes part."""

    id: str
    """Stable for equal requests to equal versions; edges, passes and problems name nodes by it."""
    kind: NodeKind
    """A function is a grad_fn of autograd's; a detached one is an operation that autograd did not record."""
    op: str
    """``grad_fn.name()`` for functions, "AccumulateGrad" for leaves, the aten name for detached ones ("aten.mul"),
    "constant" for constants."""
    names: list[str]
    """A parameter's path ("net.0.weight"), then the program's variables bound to its output, the latest first."""
    sequence_nr: Whole | None
    """``grad_fn._sequence_nr()``: autograd runs the highest first."""
    span: Span | None
    """The very sub-expression, in the innermost frame of the program."""
    calls: list[Span] = Field(default_factory=list)
    """Where the frame of ``span`` was called from, and so on up to the top of the program."""
    scope: list[Scope] = Field(default_factory=list)
    """The modules and functions that it was made in, outermost first."""
    outputs: list[Output]
    saved: dict[str, Saved] = Field(default_factory=dict)
    """What a grad_fn keeps for backward, by PyTorch's name without ``_saved_``."""
    formula: str | None = None
    """PyTorch's own words for the derivative."""
    flags: list[Flag] = Field(default_factory=list)
    """What stands out: "root" where backward starts, "first_nan" where a NaN came up, "first_nan_gradient" where one
    did in any pass (``Pass.first_nan`` says in which), "no_gradient", and so on."""
    no_gradient: NoGradient | None = None
    """For leaves: why they got none."""
    accumulated: History = EMPTY
    """For leaves: what ``.grad`` held after passes; of those that did not reach the leaf only where it held something,
    and while they are few."""
    gradient_ratios: list[float | None] = Field(default_factory=list)
    """For leaves: the norm of each gradient divided by the norm of the value, as ``outputs[0].gradients`` has them."""
    course: LeafCourse | None = None
    """For leaves that several passes reached, or that an optimizer changed: what they held over time."""


class Edge(Data):
    """What a node takes in.

    ``kind`` "gradient": entry ``slot`` of ``source``'s ``next_functions`` is ``(target, output_nr)``.
    ``kind`` "value": a constant or detached value takes part as argument number ``slot``; no gradient flows.
    """

    id: str
    kind: Literal["gradient", "value"] = "gradient"
    source: str
    """The node that takes it in: nearer to the root."""
    slot: Whole
    target: str
    """The node that it comes from: nearer to the leaves."""
    output_nr: Whole
    """Which output of ``target``."""
    argument: str | None = None
    """The operator's own name of that argument, where known ("exponent")."""
    contributions: History = EMPTY
    """What this edge carried, with the passes in which it did."""
    jacobian: Jacobian | None = None
    """The local Jacobian of small tensors, where it was asked for: a row for each element of the source's outputs, one
    output after the other, a column for each of the target's, both in row-major order. A contribution is the
    cotangents, as a row, times it."""


class Root(Data):
    """An output that backward starts from."""

    node: str
    output_nr: Whole
    name: str | None


class Pass(Data):
    """One run of backward."""

    index: Whole
    """Counted from 1."""
    call: Literal["backward", "autograd.backward", "autograd.grad", "implicit"]
    """How the program asked for it; "implicit" is the one that is run for a program that asked for none."""
    roots: list[Root]
    span: Span | None
    scope: list[Scope] = Field(default_factory=list)
    """The loops, functions and modules that asked for it, outermost first."""
    order: list[str]
    """Nodes in the order in which autograd ran them."""
    accumulated: dict[str, TensorField]
    """``.grad`` of each leaf that this pass reached, after it."""
    inputs: list[str] = Field(default_factory=list)
    """The nodes whose gradients alone the program asked for (``autograd.grad``, ``backward(inputs=...)``)."""
    error: str | None = None
    """PyTorch's words, if the pass raised."""
    first_nan: list[str] = Field(default_factory=list)
    """Nodes where a NaN came up in this pass: in what their backward made of cotangents without, or in their cotangent
    while nothing that was added up to it has one."""
    first_inf: list[str] = Field(default_factory=list)
    """Nodes where an infinity came up in this pass, in the same way."""


class Update(Data):
    """One step of an optimizer."""

    after: Whole
    """The last pass before it, counted from 1; 0 for none."""
    span: Span | None
    learning_rates: list[Real]
    """Of each group of parameters."""


class Optimizer(Data):
    """An optimizer whose steps were seen."""

    type: str
    """Its class: "Adam"."""
    name: str | None
    """The variable that holds it."""
    leaves: list[str]
    """The nodes that it changes, of those that are in the graph."""
    updates: list[Update]


class Variable(Data):
    """A name of the program at its end."""

    name: str
    type: str
    text: str
    """Its repr, shortened."""
    node: str | None
    output_nr: Whole
    tensor: TensorField | None
    gradient: TensorField | None = None
    """``.grad``, for a leaf that has it, and after ``retain_grad``."""


class Graph(Data):
    """All that one execution did, as a graph; the order of nodes and edges is deterministic.

    >>> import chainrule
    >>> graph = chainrule.trace("y = x * x", inputs={"x": 3.0})
    >>> [(node.id, node.op, node.names) for node in graph.nodes]
    [('n0', 'AccumulateGrad', ['x']), ('n1', 'MulBackward0', ['y'])]
    >>> [(edge.source, edge.slot, edge.target) for edge in graph.edges if edge.kind == "gradient"]
    [('n1', 0, 'n0'), ('n1', 1, 'n0')]
    >>> chainrule.Graph.model_validate_json(graph.model_dump_json()) == graph
    True
    """

    schema_version: Annotated[int, Field(ge=1)] = SCHEMA_VERSION
    """Grows when something here changes its meaning."""
    nodes: list[Node] = Field(default_factory=list)
    edges: list[Edge] = Field(default_factory=list)
    roots: list[Root] = Field(default_factory=list)
    passes: list[Pass] = Field(default_factory=list)
    """The runs of backward, in order."""
    variables: list[Variable] = Field(default_factory=list)
    """The program's names at its end."""
    optimizers: list[Optimizer] = Field(default_factory=list)
    """Those whose steps were seen, in the order of their first steps."""
