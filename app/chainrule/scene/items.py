"""Where each node stands among the scopes, and which leaves and constants are drawn once for each use."""

from collections.abc import Sequence
from dataclasses import dataclass

from chainrule.graph.index import GraphIndex
from chainrule.graph.model import Node, Scope
from chainrule.scene.model import SceneOptions

SOURCES = ("leaf", "constant")
"""Kinds of nodes that take nothing in."""


@dataclass(frozen=True, slots=True)
class Item:
    """A node, or one of its copies, that a picture may show."""

    node: Node
    scope: tuple[Scope, ...]
    copy: int = 0
    """Counted from 1; 0 for a node that is drawn once."""
    consumer: str | None = None
    """The node that this copy is for."""

    @property
    def id(self) -> str:
        """Return the id of its box: the node's, with the number of the copy."""
        return f"{self.node.id}.{self.copy}" if self.copy else self.node.id


def common_scope(scopes: Sequence[Sequence[Scope]]) -> tuple[Scope, ...]:
    """Return the scopes that all of them begin with."""
    if not scopes:
        return ()
    shortest = min(scopes, key=len)
    for depth, scope in enumerate(shortest):
        if any(other[depth] != scope for other in scopes):
            return tuple(shortest[:depth])
    return tuple(shortest)


def visible_nodes(index: GraphIndex, options: SceneOptions) -> dict[str, Node]:
    """Return the nodes that the options leave in; sources that fed only hidden operations go with them."""
    hidden = {kind for kind, shown in (("constant", options.constants), ("detached", options.detached)) if not shown}
    shown = {key: node for key, node in index.nodes.items() if node.kind not in hidden}
    roots = {root.node for root in index.graph.roots}
    return {
        key: node
        for key, node in shown.items()
        if node.kind not in SOURCES
        or key in roots
        or not index.uses[key]
        or any(edge.source in shown for edge in index.uses[key])
    }


def place_items(index: GraphIndex, options: SceneOptions) -> list[Item]:
    """Put every node that is shown into drawing order, sources just before what first uses them, unused ones last.

    A parameter or constant stands in the innermost scope that holds all its uses; another leaf where it was made, as
    far as all its uses are there too. Past ``options.copies_above`` uses, a copy stands beside each.

    Args:
        index: The graph, its nodes in forward order.
        options: What is hidden, and from how many uses on a source is copied.
    """
    nodes = visible_nodes(index, options)
    before: dict[str, list[Item]] = {}
    alone: list[Item] = []
    for node in nodes.values():
        if node.kind not in SOURCES:
            continue
        users = sorted(
            {edge.source for edge in index.uses[node.id] if edge.source in nodes}, key=index.positions.__getitem__
        )
        if len(users) > options.copies_above:
            for number, user in enumerate(users, 1):
                before.setdefault(user, []).append(Item(node, tuple(nodes[user].scope), number, user))
        elif users:
            scopes = [nodes[user].scope for user in users]
            if node.kind == "leaf" and "parameter" not in node.flags:
                scopes.append(node.scope)
            before.setdefault(users[0], []).append(Item(node, common_scope(scopes)))
        else:
            alone.append(Item(node, tuple(node.scope)))
    items: list[Item] = []
    for node in nodes.values():
        if node.kind not in SOURCES:
            items.extend(before.get(node.id, ()))
            items.append(Item(node, tuple(node.scope)))
    return items + alone
