"""What each box and line says in a few words, for the formats that are made of words."""

from collections.abc import Iterator

from chainrule.graph.index import GraphIndex, in_pass
from chainrule.graph.model import Graph, Node
from chainrule.layout.measure.text import clean, shorten
from chainrule.render.focus import focus_of
from chainrule.render.options import ViewOptions
from chainrule.render.picture.compose import shown_pass
from chainrule.scene.model import Box, Fold, Link
from chainrule.words.nodes import say_node
from chainrule.words.numbers import say_number
from chainrule.words.shapes import say_shape
from chainrule.words.tensors import say_tensor

LONGEST = 60
"""Characters that a line has at most."""


class Captions:
    """Says what boxes and links are, in lines.

    Args:
        graph: The graph.
        options: Which tensors are told.

    Raises:
        ViewInvalidError: a pass, step or node that the options name is not there.
    """

    def __init__(self, graph: Graph | GraphIndex, options: ViewOptions) -> None:
        index = GraphIndex.of(graph)
        self._pass = shown_pass(index, options, focus_of(index, options))
        self._options = options

    def of_box(self, box: Box) -> list[str]:
        """Return the lines of a box, the first what a person calls it."""
        lines = self._of_node(box.node) if box.node else self._of_fold(box.fold) if box.fold else []
        return [shorten(clean(line), LONGEST) for line in lines]

    def of_link(self, link: Link) -> str:
        """Return the label of a link, as the option ``labels`` wants it; empty for none."""
        edge = link.edges[0]
        carried = in_pass(edge.contributions, self._pass)
        if self._options.labels == "slots" and len(link.edges) == 1:
            return f"{edge.slot}" + (f" ← {edge.output_nr}" if edge.output_nr else "")
        if len(link.edges) > 1 or carried is None:
            return ""
        if self._options.labels == "norms" and carried.stats.norm is not None:
            return f"norm {say_number(carried.stats.norm)}"
        return shorten(say_tensor(carried), LONGEST) if self._options.labels == "values" else ""

    def flows(self, link: Link) -> bool:
        """Return whether a gradient flowed along a link in the pass, or could, where no pass ran."""
        if self._pass is None:
            return any(edge.kind == "gradient" for edge in link.edges)
        return self._carries(link)

    def _carries(self, link: Link) -> bool:
        return any(in_pass(edge.contributions, self._pass) is not None for edge in link.edges)

    def _of_node(self, node: Node) -> Iterator[str]:
        yield say_node(node)
        value = node.outputs[0].value if node.outputs else None
        if node.kind == "constant":
            return
        shape = f" · {say_shape(value.shape)} {value.dtype}" if value and len(node.outputs) == 1 else ""
        yield f"{node.op}{shape}"
        for output in node.outputs:
            mark = f" {output.output_nr}" if len(node.outputs) > 1 else ""
            if self._options.view in ("both", "values") and output.value is not None:
                yield f"value{mark} {say_tensor(output.value)}"
            gradient = in_pass(output.gradients, self._pass)
            if self._options.view in ("both", "gradients") and gradient is not None:
                yield f"grad{mark} {say_tensor(gradient)}"

    def _of_fold(self, fold: Fold) -> Iterator[str]:
        yield f"{fold.label} ×{fold.repeat}" if fold.repeat > 1 else fold.label
        leaves = f", {len(fold.parameters)} {'leaf' if len(fold.parameters) == 1 else 'leaves'}"
        counted = f"{fold.operations} {'operation' if fold.operations == 1 else 'operations'}"
        yield counted + (leaves if fold.parameters else "")
