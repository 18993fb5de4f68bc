"""What the inspector says about one node in one pass, gathered from the graph."""

from dataclasses import dataclass, replace
from functools import cached_property

from chainrule.explain.chain.chain_rule import ChainRule, chain_rule
from chainrule.explain.closed.model import ClosedForm
from chainrule.explain.explain import explain
from chainrule.explain.model import Explanation
from chainrule.graph import Edge, Graph, Node, Output, Saved, Tensor
from chainrule.graph.data import Real
from chainrule.graph.gradients import arrival_at
from chainrule.graph.history import EMPTY
from chainrule.graph.index import GraphIndex, in_pass
from chainrule.graph.source_text import SourceLines
from chainrule.interest import go_on
from chainrule.render import ViewOptions
from chainrule.web.page.fold import FoldShown, fold_shown
from chainrule.web.page.tables import TableGrid, bars, grid, python_text
from chainrule.words.nodes import say_node
from chainrule.words.numbers import say_number
from chainrule.words.shapes import say_shape


@dataclass(frozen=True, slots=True)
class Shown:
    """A tensor with everything that the page shows of it."""

    tensor: Tensor
    grid: TableGrid | None
    python: str | None
    bars: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Carried:
    """What one edge carried, and the node at its other end."""

    edge: Edge
    other: Node
    other_name: str
    tensor: Shown | None


@dataclass(frozen=True, slots=True)
class OutputShown:
    """One output: its value, what it was before an in-place change, the cotangent, and what it is the sum of."""

    output_nr: int
    value: Shown | None
    before: Shown | None
    gradient: Shown | None
    arrivals: tuple[Carried, ...]


@dataclass(frozen=True, slots=True)
class SavedShown:
    """One thing kept for backward: a tensor, or text."""

    name: str
    text: str
    tensor: Shown | None


@dataclass(frozen=True, slots=True)
class Accumulated:
    """A leaf's gradient in one pass beside ``.grad`` after it."""

    index: int
    gradient: Shown | None
    accumulated: Shown | None


@dataclass(frozen=True, slots=True)
class UpdateShown:
    """What was done to a leaf after a pass: by an optimizer's step, or by hand."""

    optimizer: str | None
    """The variable that holds it, or its type; None for what was done by hand."""
    type: str
    line: int | None
    learning_rate: Real | None
    """None where groups of parameters have different ones."""
    was: Shown | None
    became: Shown | None
    gradient: Shown | None
    """``.grad`` as the step used it, where that is not what the pass left."""
    state: tuple[tuple[str, Shown | None], ...]
    """What the optimizer keeps for it, by name."""


@dataclass(frozen=True, slots=True)
class Detail:
    """All that the inspector shows of a node."""

    node: Node
    title: str
    code: str | None
    """The sub-expression that made it."""
    flags: tuple[str, ...]
    """Those of the node that hold in this pass."""
    pass_index: int | None
    outputs: tuple[OutputShown, ...]
    departures: tuple[Carried, ...]
    constants: tuple[Carried, ...]
    saved: tuple[SavedShown, ...]
    accumulated: tuple[Accumulated, ...]
    update: UpdateShown | None
    """What changed a leaf after the pass; None where nothing did."""

    @property
    def differs(self) -> bool:
        """Return whether ``.grad`` is another than the pass's own gradient, in any pass."""
        return any(_numbers(one.gradient) != _numbers(one.accumulated) for one in self.accumulated)


@dataclass(frozen=True, eq=False)
class Inspection:
    """What is selected; what is said of it is made when somebody wants to see it.

    Args:
        index: of the graph.
        source: the program.
        selected: the id of a node, or of a fold of the picture; None where nothing is.
        shown_pass: counted from 1; None for the first pass there is.
        options: of the picture, which say what is folded.
    """

    index: GraphIndex
    source: str
    selected: str | None
    shown_pass: int | None
    options: ViewOptions

    @cached_property
    def subject(self) -> tuple[object, ...]:
        """Return all that the content of the inspector depends on, beside the program."""
        is_fold = self.selected is not None and self.selected not in self.index.nodes
        return self.selected, self.shown_pass, replace(self.options, step=None) if is_fold else None

    @cached_property
    def detail(self) -> Detail | None:
        """Return what is shown of the selected node."""
        return None if self.selected is None else detail(self.index, self.source, self.selected, self.shown_pass)

    @cached_property
    def fold(self) -> FoldShown | None:
        """Return what is shown of the selected fold."""
        if not self.selected or self.detail is not None:
            return None
        return fold_shown(self.index, self.options, self.selected, self.shown_pass)

    @cached_property
    def explanation(self) -> Explanation | None:
        """Return why the gradients at the selected node are what they are."""
        go_on()
        shown = self.detail
        return None if shown is None else explain(self.index, shown.node.id, shown.pass_index or 1, self.source)

    @cached_property
    def chain(self) -> ChainRule | None:
        """Return the chain rule, where a leaf is selected."""
        go_on()
        shown = self.detail
        if shown is None or shown.node.kind != "leaf":
            return None
        return chain_rule(self.index, shown.node.id, shown.pass_index or 1, source=self.source)

    @cached_property
    def closed(self) -> ClosedForm | None:
        """Return the gradient as one expression, where a leaf is selected that has one."""
        go_on()
        shown = self.detail
        if shown is None or shown.node.kind != "leaf" or shown.pass_index is None:
            return None
        if self.index.gradient(shown.node.id, 0, shown.pass_index) is None:
            return None
        from chainrule.explain.closed.closed_form import closed_form  # imports SymPy, a third of a second

        return closed_form(self.index, shown.node.id, shown.pass_index, self.source)


def _numbers(shown: Shown | None) -> object:
    return None if shown is None else (shown.tensor.values, shown.tensor.stats)


def show(tensor: Tensor | None) -> Shown | None:
    """Return a tensor with its table, its Python text and its histogram.

    Args:
        tensor: one, or None.
    """
    return None if tensor is None else Shown(tensor, grid(tensor), python_text(tensor), bars(tensor))


def detail(graph: Graph | GraphIndex, source: str, node_id: str, pass_index: int | None) -> Detail | None:
    """Gather what the inspector shows.

    Args:
        graph: of the program.
        source: the program.
        node_id: the node to look at.
        pass_index: counted from 1; None for the first pass there is.

    Returns:
        The detail, or None where there is no such node.
    """
    index = GraphIndex.of(graph)
    node = index.nodes.get(node_id)
    if node is None:
        return None
    count = len(index.graph.passes)
    shown = min(max(pass_index or 1, 1), count) if count else None

    def carried(edge: Edge, other: str) -> Carried:
        node = index.nodes[other]
        return Carried(edge, node, say_node(node), show(in_pass(edge.contributions, shown)))

    def output_shown(output: Output) -> OutputShown:
        arrival = arrival_at(index, node_id, output, shown)
        return OutputShown(
            output.output_nr,
            show(output.value),
            show(output.before),
            show(arrival.gradient),
            tuple(carried(edge, edge.source) for edge in arrival.uses),
        )

    leaving = index.inputs[node_id]
    return Detail(
        node=node,
        title=say_node(node),
        code=SourceLines(source).one_line(node.span),
        flags=tuple(index.flags(node, shown)),
        pass_index=shown,
        outputs=tuple(output_shown(output) for output in node.outputs),
        departures=tuple(carried(edge, edge.target) for edge in leaving if edge.kind == "gradient"),
        constants=tuple(carried(edge, edge.target) for edge in leaving if edge.kind == "value"),
        saved=tuple(SavedShown(name, _saved_text(value), _saved_tensor(value)) for name, value in node.saved.items()),
        accumulated=_accumulated(node),
        update=_update(index, node, shown),
    )


def _update(index: GraphIndex, node: Node, pass_index: int | None) -> UpdateShown | None:
    course = node.course
    became = None if course is None else in_pass(course.updated, pass_index)
    if course is None or became is None:
        return None
    steps = [
        (optimizer, update)
        for optimizer in index.graph.optimizers
        if node.id in optimizer.leaves
        for update in optimizer.updates
        if update.after == pass_index
    ]
    optimizer, update = steps[-1] if steps else (None, None)
    rates = set(update.learning_rates) if update else set()
    return UpdateShown(
        optimizer=None if optimizer is None else optimizer.name or optimizer.type,
        type="" if optimizer is None else optimizer.type,
        line=update.span.line if update is not None and update.span is not None else None,
        learning_rate=next(iter(rates)) if len(rates) == 1 else None,
        was=show(in_pass(course.values, pass_index)),
        became=show(became),
        gradient=show(in_pass(course.stepped, pass_index)),
        state=tuple((name, show(in_pass(held, pass_index))) for name, held in course.state.items()),
    )


def _accumulated(node: Node) -> tuple[Accumulated, ...]:
    if node.kind != "leaf":
        return ()
    gradients = node.outputs[0].gradients if node.outputs else EMPTY
    return tuple(
        Accumulated(number, show(in_pass(gradients, number)), show(in_pass(node.accumulated, number)))
        for number in sorted({*gradients.passes, *node.accumulated.passes})
    )


def _saved_tensor(value: Saved) -> Shown | None:
    return show(value) if isinstance(value, Tensor) else None


def _saved_text(value: Saved) -> str:
    if isinstance(value, Tensor):
        return f"{say_shape(value.shape)} {value.dtype}"
    if isinstance(value, list):
        return f"[{', '.join(_saved_text(item) for item in value)}]"
    if isinstance(value, float):
        return say_number(value)
    return repr(value) if isinstance(value, str) else str(value)
