"""Why a leaf got no gradient."""

from collections.abc import Iterable

from chainrule.graph import Node, NoGradient
from chainrule.graph.index import GraphIndex

_WHOLE_NUMBERS = frozenset({"bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64"})


class NoGradientReasons:
    """Looks for the reasons in a graph."""

    def __init__(self, index: GraphIndex) -> None:
        self._passes = [done.index for done in index.graph.passes if done.error is None]
        self._index = index
        done = [one for one in index.graph.passes if one.error is None]
        self._under_roots = self._reach(root.node for one in done for root in one.roots)
        self._asked = self._under_roots
        """What some pass would have reached, had it been asked for all leaves."""
        if any(one.inputs for one in done):
            self._asked = self._reach(root.node for one in done if not one.inputs for root in one.roots)
            self._asked.update(ident for one in done for ident in one.inputs)

    def of(self, node: Node) -> NoGradient | None:
        """Tell why a node got no gradient; None where it got one, or never could.

        "not_reached": no way leads from the passes' roots to it. "detached": the only ways lead through ``node``,
        which autograd does not follow. "not_asked": the passes that reach it were asked for others. "zero_path": a way
        is there, and nothing flowed from ``node`` on. "integer": whole numbers have no gradient. "no_pass": no pass ran
        to its end.
        """
        if node.kind == "constant" and node.names and node.outputs[0].value is not None:
            return NoGradient(reason="integer") if node.outputs[0].value.dtype in _WHOLE_NUMBERS else None
        if node.kind != "leaf" or node.outputs[0].gradients:
            return None
        if not self._passes:
            return NoGradient(reason="no_pass")
        if node.id in self._under_roots and node.id not in self._asked:
            return NoGradient(reason="not_asked")
        if node.id in self._under_roots:
            return NoGradient(reason="zero_path", node=self._where_flow_ends(node))
        cut = self._where_cut(node)
        return NoGradient(reason="not_reached") if cut is None else NoGradient(reason="detached", node=cut)

    def _reach(self, starts: Iterable[str]) -> set[str]:
        waiting = list(dict.fromkeys(starts))
        seen = set(waiting)
        for ident in waiting:
            for edge in self._index.outgoing[ident]:
                if edge.target not in seen:
                    seen.add(edge.target)
                    waiting.append(edge.target)
        return seen

    def _where_flow_ends(self, leaf: Node) -> str | None:
        """Find the node nearest to the leaf that a gradient arrived at."""
        seen = {leaf.id}
        waiting = [leaf.id]
        for ident in waiting:
            for edge in self._index.uses[ident]:
                if edge.kind != "gradient" or edge.source in seen:
                    continue
                if any(output.gradients for output in self._index.nodes[edge.source].outputs):
                    return edge.source
                seen.add(edge.source)
                waiting.append(edge.source)
        return None

    def _where_cut(self, leaf: Node) -> str | None:
        """Find the first operation on a way from the leaf to a root that autograd does not follow."""
        seen = {leaf.id}
        waiting: list[tuple[str, str | None]] = [(leaf.id, None)]
        for ident, cut in waiting:
            if cut is not None and ident in self._under_roots:
                return cut
            for edge in self._index.uses[ident]:
                if edge.source not in seen:
                    seen.add(edge.source)
                    waiting.append((edge.source, cut or (edge.source if edge.kind == "value" else None)))
        return None
