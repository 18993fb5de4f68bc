"""Reads what a child answered as what it is: bytes that a stranger's program may have written."""

import re
from collections.abc import Iterable, Iterator, Mapping

from chainrule.collector import uncollected
from chainrule.graph.index import GraphIndex
from chainrule.graph.model import Complex, Graph, History, Jacobian, LeafCourse, Node, Optimizer, Scope, Span, Tensor
from chainrule.graph.source_text import lines_of
from chainrule.limits import Limits
from chainrule.problems import PROBLEMS
from chainrule.protocol import figures
from chainrule.protocol.figures import DrawnFigure, DrawnSeries
from chainrule.protocol.messages import Check, ExecutionAnswer
from chainrule.protocol.program import Program, Question
from chainrule.protocol.record import DIMENSIONS, DTYPE, RecordInvalidError, read_record

TEXT_CHARACTERS = 100_000
"""Longest message, preview, formula or repr [characters]."""
EDGES_FOR_EACH_NODE = 100
"""Edges of a graph, for each node that it may have."""
LIST_LENGTH = 1_000
"""Longest list of problems, or of fixes of one."""
COMMAS = (100, 5)
BRACKETS = (20, 2)
"""How many of them an answer's JSON may have for each node and each number that it may list: what is made of tiny parts
takes more time to read than its length tells."""
LISTED_AGAIN = 5
"""How often a tensor stands in the JSON of a graph, about: as a value, as saved, as the gradient of several."""
SCOPES = 2_000
"""Deepest stack of scopes or calls."""

_ID = {"n": re.compile(r"n(0|[1-9]\d{0,9})"), "e": re.compile(r"e(0|[1-9]\d{0,9})")}


class AnswerInvalidError(Exception):
    """An answer is not one that our own worker gives; the message says where."""


def read_answer(content: bytes, program: Program, limits: Limits) -> ExecutionAnswer:
    """Read and check an answer.

    Args:
        content: a record, already bounded in length.
        program: what was run; spans must lie in its source.
        limits: what the answer must keep to.

    Raises:
        AnswerInvalidError: it does not follow the schema, or its parts do not fit each other.
    """
    with uncollected():
        check_parts(content, limits)
        try:
            answer = read_record(content, limits.graph_elements)
        except RecordInvalidError as error:
            raise AnswerInvalidError(str(error)) from None
        check_answer(answer, program, limits)
        return answer.read_from(content)


def check_parts(content: bytes, limits: Limits) -> None:
    """Count what bytes are made of before they are read as JSON.

    Raises:
        AnswerInvalidError: there is more than an answer can have.
    """
    for mark, (for_node, for_number) in ((b",", COMMAS), (b"[", BRACKETS), (b"{", BRACKETS)):
        most = for_node * limits.nodes + for_number * limits.graph_elements + TEXT_CHARACTERS
        _at_most(content.count(mark), most, "parts")


def check_answer(answer: ExecutionAnswer, program: Program, limits: Limits) -> None:
    """Check whether the parts of an answer fit each other.

    Raises:
        AnswerInvalidError: they do not.
    """
    _Check(program, limits).answer(answer)


class _Check:
    """The checks of one answer, each of which raises AnswerInvalidError."""

    def __init__(self, program: Program, limits: Limits) -> None:
        self._widths = [len(line) for line in lines_of(program.source)] or [0]
        self._question = program.question
        self._limits = limits
        self._nodes: dict[str, Node] = {}
        self._passes = 0
        self._listed = 0
        """Numbers that tensors list where they stand in the JSON."""

    def answer(self, answer: ExecutionAnswer) -> None:
        self._graph(answer.graph)
        _at_most(sum(len(line.text) for line in answer.console), self._limits.stdout_bytes, "console")
        _at_most(len(answer.problems), LIST_LENGTH, "problems")
        for problem in answer.problems:
            if problem.slug not in PROBLEMS:
                raise AnswerInvalidError("a problem is of no known kind")
            if problem.title != PROBLEMS[problem.slug].title:
                raise AnswerInvalidError("a problem does not have the title of its kind")
            _texts((problem.title, problem.detail, problem.message))
            self._span(problem.span)
            self._known(problem.node)
            _at_most(len(problem.fixes), LIST_LENGTH, "fixes")
            for fix in problem.fixes:
                _texts((fix.title, fix.text))
                self._span(fix.span)
        for line in answer.console:
            self._line(line.line)
        self._figures(answer.figures)
        if answer.check is not None:
            self._asked("check")
            self._check(answer.check)
        if answer.jacobians:
            self._asked("jacobians")
            self._jacobians(answer.jacobians)
        if answer.rejection is not None:
            _texts((answer.rejection.detail,))
            self._span(answer.rejection.span)
        _at_most(len(answer.seconds), 20, "seconds")
        for name, seconds in answer.seconds.items():
            self._names((name,))
            if seconds < 0:
                raise AnswerInvalidError("a timing is below 0")

    def _asked(self, question: Question) -> None:
        if self._question != question:
            raise AnswerInvalidError("it answers what was not asked")

    def _figures(self, drawn: list[DrawnFigure]) -> None:
        _at_most(len(drawn), figures.FIGURES, "figures")
        points = 0
        for figure in drawn:
            self._line(figure.line)
            _at_most(len(figure.title), figures.TEXT, "a title")
            _at_most(len(figure.axes), figures.AXES, "axes")
            for axes in figure.axes:
                _not_below(0, axes.row, axes.column)
                _at_most(max(axes.row, axes.column), 40 * figures.AXES, "rows and columns of axes")
                _at_most(len(axes.series), figures.SERIES, "parts of axes")
                _at_most(max(len(axes.x_names), len(axes.y_names)), figures.NAMES, "names along an axis")
                for text in (axes.title, axes.x_label, axes.y_label, *axes.x_names, *axes.y_names):
                    _at_most(len(text), figures.TEXT, "a text of axes")
                for limits in (axes.x_limits, axes.y_limits):
                    _drawable(limits or ())
                points += sum(map(self._series, axes.series))
        _at_most(points, figures.ALL_POINTS, "points of figures")

    def _series(self, series: DrawnSeries) -> int:
        """Check what is drawn; return how many points it has, the cells of an image among them."""
        _at_most(len(series.label), figures.TEXT + 1, "a label")
        _not_below(0, series.colour)
        _at_most(series.colour, figures.COLOURS - 1, "the number of a colour")
        if series.kind not in ("level", "upright") and len(series.x) != len(series.y):
            raise AnswerInvalidError("what is drawn has not as many places as heights")
        for part in (series.to_x, series.to_y):
            if len(part) not in (0, len(series.y)) or (series.kind == "bars" and len(part) != len(series.y)):
                raise AnswerInvalidError("what is drawn stands on nothing")
        _at_most(len(series.image), figures.SIDE, "rows of an image")
        for row in (series.x, series.y, series.to_x, series.to_y, *series.image):
            _at_most(len(row), figures.POINTS, "points")
            _drawable(row)
        if series.kind == "image" and not (series.image and len(series.x) == 2 and None not in series.x + series.y):
            raise AnswerInvalidError("an image has no ends")
        if any(len(row) != len(series.image[0]) or not 0 < len(row) <= figures.SIDE for row in series.image):
            raise AnswerInvalidError("the rows of an image differ in length")
        return max(len(series.x), len(series.y), 1) + sum(map(len, series.image))

    def _check(self, check: Check) -> None:
        _texts((check.note,))
        _not_below(0, check.pass_index, check.runs)
        _at_most(check.pass_index, 1, "the pass that was checked")
        _at_most(len(check.leaves), self._limits.nodes, "leaves that were checked")
        for leaf in check.leaves:
            _matches(_ID["n"], leaf.node, "node id")  # the graph is that of another answer
            self._names((leaf.name,))
            _not_below(0, leaf.compared, leaf.numel, *leaf.element)
            _at_most(len(leaf.element), DIMENSIONS, "dimensions")

    def _jacobians(self, jacobians: Mapping[str, Jacobian]) -> None:
        _at_most(sum(len(row) for rows in jacobians.values() for row in rows), *self._room("graph_jacobian_elements"))
        for edge, rows in jacobians.items():
            _matches(_ID["e"], edge, "edge id")
            _at_most(sum(len(row) for row in rows), *self._room("jacobian_elements"))
            if not rows or any(len(row) != len(rows[0]) for row in rows):
                raise AnswerInvalidError("a Jacobian is no matrix")

    def _room(self, limit: str) -> tuple[int, str]:
        return getattr(self._limits, limit), f"numbers ({limit})"

    def _graph(self, graph: Graph) -> None:
        _at_most(len(graph.nodes), self._limits.nodes, "nodes")
        _at_most(len(graph.edges), EDGES_FOR_EACH_NODE * self._limits.nodes, "edges")
        _at_most(len(graph.passes), self._limits.nodes, "passes")
        self._passes = len(graph.passes)
        for node in graph.nodes:
            _matches(_ID["n"], node.id, "node id")
            if node.id in self._nodes:
                raise AnswerInvalidError(f"two nodes are called {node.id}")
            self._nodes[node.id] = node
        for node in graph.nodes:
            self._node(node)
        seen = set()
        for edge in graph.edges:
            _matches(_ID["e"], edge.id, "edge id")
            if edge.id in seen:
                raise AnswerInvalidError(f"two edges are called {edge.id}")
            seen.add(edge.id)
            self._known(edge.source, edge.target)
            self._names((edge.argument,))
            _not_below(0, edge.slot, edge.output_nr)
            self._history(edge.contributions)
        if not GraphIndex(graph).is_acyclic:
            raise AnswerInvalidError("edges lead round in a circle")
        for root in graph.roots:
            self._root(root.node, root.output_nr, root.name)
        for number, run in enumerate(graph.passes, start=1):
            if run.index != number:
                raise AnswerInvalidError("passes are not numbered from 1")
            self._span(run.span)
            self._known(*run.order, *run.accumulated, *run.first_nan, *run.first_inf, *run.inputs)
            _texts((run.error,))
            self._tensors(run.accumulated.values())
            for root in run.roots:
                self._root(root.node, root.output_nr, root.name)
            self._scopes(run.scope)
        _at_most(len(graph.optimizers), self._limits.nodes, "optimizers")
        for optimizer in graph.optimizers:
            self._optimizer(optimizer)
        _at_most(len(graph.variables), self._limits.nodes, "variables")
        for variable in graph.variables:
            self._names((variable.name, variable.type))
            _texts((variable.text,))
            self._known(variable.node)
            _not_below(0, variable.output_nr)
            self._tensors((variable.tensor, variable.gradient))

    def _node(self, node: Node) -> None:
        self._names((node.op, *node.names, *node.saved))
        _texts((node.formula,))
        self._span(node.span)
        _at_most(len(node.calls), SCOPES, "calls")
        for call in node.calls:
            self._span(call)
        self._scopes(node.scope)
        for output in node.outputs:
            _not_below(0, output.output_nr)
            self._history(output.gradients)
            self._tensors((output.value, output.before))
        self._history(node.accumulated)
        if node.course is not None:
            self._course(node.course)
        self._tensors(_saved_tensors(node.saved.values()))
        if node.no_gradient is not None:
            self._known(node.no_gradient.node)

    def _scopes(self, scopes: list[Scope]) -> None:
        _at_most(len(scopes), SCOPES, "scope")
        for scope in scopes:
            self._names((scope.name, scope.type))
            _not_below(1, scope.call)

    def _course(self, course: LeafCourse) -> None:
        _at_most(len(course.state), LIST_LENGTH, "what an optimizer keeps")
        self._names(course.state)
        if course.changes and len(course.changes) != len(course.updated):
            raise AnswerInvalidError("a leaf has not as many changes as values after them")
        for history in course.histories():
            self._history(history)

    def _optimizer(self, optimizer: Optimizer) -> None:
        self._names((optimizer.type, optimizer.name))
        self._known(*optimizer.leaves)
        _at_most(len(optimizer.updates), self._limits.records, "steps of an optimizer")
        for update in optimizer.updates:
            self._span(update.span)
            _not_below(0, update.after)
            _at_most(update.after, self._passes, "the pass before a step")

    def _tensors(self, tensors: Iterable[Tensor | None]) -> None:
        for tensor in tensors:
            if tensor is None or tensor.elements is not None:  # of the latter the table's row was checked
                continue
            _matches(DTYPE, tensor.dtype, "dtype")
            _texts((tensor.preview,))
            _at_most(len(tensor.shape), DIMENSIONS, "dimensions")
            numel = 1
            for size in tensor.shape:
                _not_below(0, size)
                numel *= size
            if tensor.numel != numel:
                raise AnswerInvalidError("a tensor has not as many elements as its shape says")
            stats = tensor.stats
            _not_below(0, stats.nan, stats.inf, stats.zero, *(stats.histogram or ()))
            if tensor.values is not None:
                self._listed += _shaped(tensor.values, tensor.shape)
                _at_most(self._listed, LISTED_AGAIN * self._limits.graph_elements + self._limits.nodes, "numbers")

    def _root(self, node: str, output_nr: int, name: str | None) -> None:
        self._known(node)
        _not_below(0, output_nr)
        self._names((name,))

    def _known(self, *ids: str | None) -> None:
        for id_ in ids:
            if id_ is not None and id_ not in self._nodes:
                raise AnswerInvalidError("a node is named that is not in the graph")

    def _names(self, names: Iterable[str | None]) -> None:
        for name in names:  # the longest that a program can write by hand
            if name is not None:
                _at_most(len(name), self._limits.source_bytes, "a name")

    def _history(self, history: History) -> None:
        if history.passes and history.passes[-1] > self._passes:
            raise AnswerInvalidError("a gradient is of a pass that is not there")
        self._tensors(history.held)

    def _span(self, span: Span | None) -> None:
        if span is None:
            return
        self._line(span.line)
        self._line(span.end_line)
        start, end = (span.line, span.column), (span.end_line, span.end_column)
        inside = 0 <= span.column <= self._width(span.line) and 0 <= span.end_column <= self._width(span.end_line)
        if (end < start and span.end_column != 0) or not inside:
            raise AnswerInvalidError("a place is outside of the source")

    def _width(self, line: int) -> int:
        return self._widths[line - 1]

    def _line(self, line: int | None) -> None:
        if line is not None and not 1 <= line <= len(self._widths):
            raise AnswerInvalidError("a line is outside of the source")


def _shaped(values: object, shape: list[int]) -> int:
    """Check that nested lists have a shape; one level after the other, since the nesting is as deep as they like.

    Returns:
        How many numbers they hold; a complex one counts as `LISTED_AGAIN`.
    """
    level = [values]
    for size in shape:
        if any(not isinstance(entry, list) or len(entry) != size for entry in level):
            raise AnswerInvalidError("the values of a tensor do not have its shape")
        level = [inner for entry in level for inner in entry]  # type: ignore[attr-defined]  # all are lists
    if any(isinstance(entry, list) for entry in level):
        raise AnswerInvalidError("the values of a tensor do not have its shape")
    return len(level) * (LISTED_AGAIN if any(isinstance(entry, Complex) for entry in level) else 1)


def _saved_tensors(saved: Iterable[object]) -> Iterator[Tensor]:
    pending = list(saved)
    while pending:
        value = pending.pop()
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, list):
            pending.extend(value)
        elif isinstance(value, str):
            _texts((value,))


def _drawable(numbers: Iterable[float | None]) -> None:
    if any(number is not None and not abs(number) <= figures.LARGEST for number in numbers):
        raise AnswerInvalidError("a number has no place on an axis")


def _texts(texts: Iterable[str | None]) -> None:
    for text in texts:
        if text is not None:
            _at_most(len(text), TEXT_CHARACTERS, "a text")


def _at_most(size: int, most: int, what: str) -> None:
    if size > most:
        raise AnswerInvalidError(f"{what}: {size}, where at most {most} may be")


def _not_below(least: int, *numbers: int) -> None:
    if any(number < least for number in numbers):
        raise AnswerInvalidError(f"a number is below {least}")


def _matches(pattern: re.Pattern[str], text: str, what: str) -> None:
    if not pattern.fullmatch(text):
        raise AnswerInvalidError(f"{what} is not well formed")
