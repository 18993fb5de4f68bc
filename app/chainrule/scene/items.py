"""Where each node stands among the scopes, and which leaves and constants are drawn once for each use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chainrule.graph.model import Graph, Node, Scope
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


def consumers_of(graph: Graph) -> dict[str, list[str]]:
    """Return for each node the nodes that take in what it gives, each once, in the order of edges."""
    found: dict[str, dict[str, None]] = {}
    for edge in graph.edges:
        found.setdefault(edge.target, {})[edge.source] = None
    return {target: list(sources) for target, sources in found.items()}


def visible_nodes(graph: Graph, consumers: Mapping[str, Sequence[str]], options: SceneOptions) -> dict[str, Node]:
    """Return the nodes that the options leave in; sources that fed only hidden operations go with them."""
    hidden = {kind for kind, shown in (("constant", options.constants), ("detached", options.detached)) if not shown}
    shown = {node.id: node for node in graph.nodes if node.kind not in hidden}
    roots = {root.node for root in graph.roots}
    return {
        key: node
        for key, node in shown.items()
        if node.kind not in SOURCES
        or key in roots
        or not consumers.get(key)
        or any(consumer in shown for consumer in consumers[key])
    }


def place_items(graph: Graph, options: SceneOptions) -> list[Item]:
    """Put every node that is shown into drawing order, sources just before what first uses them, unused ones last.

    A parameter or constant stands in the innermost scope that holds all its uses; another leaf where it was made, as
    far as all its uses are there too. Past ``options.copies_above`` uses, a copy stands beside each.

    Args:
        graph: The graph, its nodes in forward order.
        options: What is hidden, and from how many uses on a source is copied.
    """
    consumers = consumers_of(graph)
    nodes = visible_nodes(graph, consumers, options)
    index = {node.id: position for position, node in enumerate(graph.nodes)}
    before: dict[str, list[Item]] = {}
    alone: list[Item] = []
    for node in nodes.values():
        if node.kind not in SOURCES:
            continue
        users = sorted((key for key in consumers.get(node.id, ()) if key in nodes), key=index.__getitem__)
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
