"""What stands on each card: the words and tensors of a box, with the room that they take."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chainrule.graph.index import GraphIndex, in_pass
from chainrule.graph.model import Node, Output
from chainrule.graph.source_text import SourceLines
from chainrule.layout.geometry import Size
from chainrule.layout.measure import text
from chainrule.layout.measure.card import SHEETS, Block, Card, Header, measure, measure_pill
from chainrule.render.card.rows import (
    Row,
    count_of,
    form_for,
    norm_row,
    remark_row,
    saved_rows,
    tail,
    tensor_row,
)
from chainrule.render.focus import Focus
from chainrule.render.options import ViewOptions
from chainrule.scene.model import Box, Fold
from chainrule.words.nodes import ALARMS, name_of, operation_of, say_output, say_outputs
from chainrule.words.numbers import say_number

NAME_CELLS = 26
CODE_CELLS = 34
_PILL_NAME_CELLS = 18
_MOST_OUTPUTS = 4
_MOST_PARAMETERS = 4
_BADGES = {
    "parameter": "parameter",
    "in_place": "in place",
    "view": "view",
    "custom": "custom",
    "checkpoint": "checkpoint",
    "in_backward": "made in backward",
    "truncated": "truncated",
}
_REASONS = {
    "not_reached": "none: not reached",
    "detached": "none: detached",
    "integer": "none: integers have none",
    "no_pass": "none: backward failed",
    "not_asked": "none: not asked for",
    "zero_path": "none: nothing flowed on",
}


@dataclass(frozen=True, slots=True)
class Content:
    """Everything on one card; ``card`` is None for a pill."""

    box: Box
    size: Size
    card: Card | None
    rows: tuple[Row, ...]
    alarms: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    """Badges that another pass shows; their room stays."""
    pill: str = ""


class Author:
    """Writes the content of each box of one picture."""

    def __init__(
        self, index: GraphIndex, options: ViewOptions, pass_index: int | None, source: SourceLines, focus: Focus
    ) -> None:
        self._focus = focus
        self._index = index
        self._options = options
        self._pass = pass_index
        self._source = source
        self._values = options.view in ("both", "values")
        self._gradients = options.view in ("both", "gradients") and pass_index is not None

    def write(self, box: Box) -> Content:
        """Return the content of a box."""
        if box.fold is not None:
            return self._fold(box, box.fold)
        assert box.node is not None
        if box.node.kind == "constant" and _is_lone(box.node):
            words = _constant_words(box.node)
            if box.node.names:
                words = f"{tail(box.node.names[0], _PILL_NAME_CELLS)} = {words}"
            return Content(box, measure_pill(words), None, (), pill=words)
        return self._node(box, box.node)

    def _node(self, box: Box, node: Node) -> Content:
        alarms = tuple(ALARMS[flag] for flag in node.flags if flag in ALARMS)
        badges = tuple(_BADGES[flag] for flag in node.flags if flag in _BADGES) + alarms
        here = self._index.flags(node, self._pass)
        silent = tuple(ALARMS[flag] for flag in node.flags if flag in ALARMS and flag not in here)
        rows = tuple(self._hidden(row, node) for row in self._rows(node))
        header = Header(
            chip=tail(node.names[0], NAME_CELLS) if node.names else None,
            title=text.shorten(operation_of(node), NAME_CELLS),
            shape=say_outputs(node),
            lines=tuple(self._lines(node)),
            code="" if node.kind == "constant" else text.shorten(self._source.one_line(node.span) or "", CODE_CELLS),
            badges=badges,
        )
        card = measure(header, tuple(row.block for row in rows))
        return Content(box, card.size, card, rows, tuple(word for word in alarms if word not in silent), silent)

    def _hidden(self, row: Row, node: Node) -> Row:
        # The room stays, so that nothing jumps from step to step.
        hides = row.block.kind in ("value", "gradient") and self._focus.hides(row.block.kind, node.id)
        if not hides:
            return row
        return Row(row.block, "", None if isinstance(row.content, str) else row.content)

    def _lines(self, node: Node) -> Iterator[tuple[str, str]]:
        dtype = next((output.value.dtype for output in node.outputs if output.value), "")
        name = "" if node.kind == "constant" else text.shorten(node.op, CODE_CELLS)
        if name or dtype:
            yield name, text.shorten(dtype, 12)

    def _rows(self, node: Node) -> Iterator[Row]:
        several = len(node.outputs) > 1
        for output in node.outputs[:_MOST_OUTPUTS]:
            mark = f" {output.output_nr}" if several else ""
            if self._values:
                yield tensor_row("value", f"value{mark}", output.value, "not seen")
            if self._gradients and node.kind in ("function", "leaf"):
                yield self._gradient_row(node, output, f"grad{mark}")
        left = len(node.outputs) - _MOST_OUTPUTS
        if left > 0 and self._options.view != "structure":
            yield remark_row("", f"and {left} more outputs")
        if self._gradients and node.kind == "leaf":
            yield from self._accumulated(node)
        if self._options.is_after_update and node.kind == "leaf" and self._values:
            became = None if node.course is None else in_pass(node.course.updated, self._pass)
            yield tensor_row("value", "became", became, "unchanged")
        if self._options.saved:
            yield from saved_rows(node)

    def _gradient_row(self, node: Node, output: Output, label: str) -> Row:
        gradient = in_pass(output.gradients, self._pass)
        if gradient is not None:
            return tensor_row("gradient", label, gradient, "")
        reason = _REASONS[node.no_gradient.reason] if node.no_gradient else "none"
        row = remark_row("gradient", reason, label)
        if not output.gradients or output.value is None:
            return row
        # Another pass has a gradient here: the same room in every pass, so that nothing jumps between them.
        form = form_for(output.value)
        return Row(Block("gradient", label, form if form.width > row.block.form.width else row.block.form), reason)

    def _accumulated(self, node: Node) -> Iterator[Row]:
        # With a single pass .grad is the gradient just shown. Of one before the tape it is all that is known.
        number = self._pass or 1
        several = len(self._index.graph.passes) > 1 or not any(output.gradients for output in node.outputs)
        if several and node.accumulated and number <= len(self._index.graph.passes):
            yield tensor_row("gradient", ".grad", in_pass(node.accumulated, number), "None")

    def _fold(self, box: Box, fold: Fold) -> Content:
        is_module = fold.scope is not None and fold.scope.kind == "module"
        inside = {flag for key in fold.members for flag in self._index.nodes[key].flags}
        alarms = tuple(word for flag, word in ALARMS.items() if flag in inside)
        header = Header(
            chip=None,
            title=tail(fold.scope.name if fold.scope and is_module else fold.label, NAME_CELLS + 6),
            shape=f"×{fold.repeat}" if fold.repeat > 1 else "",
            lines=tuple(self._fold_lines(fold)),
            badges=alarms,
        )
        rows = tuple(self._fold_rows(fold))
        card = measure(header, tuple(row.block for row in rows))
        return Content(box, Size(card.size.width, card.size.height + SHEETS), card, rows, alarms)

    def _fold_lines(self, fold: Fold) -> Iterator[tuple[str, str]]:
        if fold.scope is not None and fold.scope.kind == "module":
            yield text.shorten(fold.scope.type, CODE_CELLS), ""
        counts = [count_of(fold.operations, "operation"), count_of(len(fold.parameters), "leaf", "leaves")]
        yield " · ".join(count for count in counts if count) or count_of(len(fold.members), "node"), ""
        shapes = [self._described(ids) for ids in (fold.inputs, fold.outputs)]
        if shapes[0]:
            yield f"in   {shapes[0]}", ""
        if shapes[1]:
            yield f"out  {shapes[1]}", ""

    def _described(self, ids: Sequence[str]) -> str:
        nodes = [self._index.nodes[key] for key in ids if self._index.nodes[key].kind != "constant"]
        parts = [" ".join(filter(None, (node.names[0] if node.names else "", say_output(node)))) for node in nodes[:2]]
        more = [f"and {len(nodes) - 2} more"] if len(nodes) > 2 else []
        return text.shorten(", ".join(filter(None, parts + more)), CODE_CELLS)

    def _fold_rows(self, fold: Fold) -> Iterator[Row]:
        main = self._index.nodes[fold.outputs[-1]] if fold.outputs else None
        if main is not None and main.outputs:
            if self._values:
                yield norm_row("value", "value", main.outputs[0].value)
            if self._gradients:
                yield norm_row("gradient", "grad", in_pass(main.outputs[0].gradients, self._pass))
        if self._gradients:
            for key in fold.parameters[:_MOST_PARAMETERS]:
                node = self._index.nodes[key]
                name = name_of(node).removeprefix(f"{fold.scope.name}." if fold.scope else "")
                yield norm_row("gradient", f"grad {tail(name, 18)}", in_pass(node.outputs[0].gradients, self._pass))
            left = len(fold.parameters) - _MOST_PARAMETERS
            if left > 0:
                yield remark_row("", f"and {left} more")


def _is_lone(node: Node) -> bool:
    value = node.outputs[0].value if node.outputs else None
    return value is None or (not value.shape and not isinstance(value.values, list))


def _constant_words(node: Node) -> str:
    value = node.outputs[0].value if node.outputs else None
    if value is None or value.values is None or isinstance(value.values, list):
        return text.shorten(value.preview, 16) if value else "?"
    return say_number(value.values, 13)
