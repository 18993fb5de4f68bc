"""What of a graph stays when only the values change."""

import marshal
from dataclasses import replace
from hashlib import blake2b
from operator import itemgetter

from chainrule.graph.index import GraphIndex
from chainrule.graph.model import Graph
from chainrule.scene.model import Scene

Atom = str | int | None
_NODE = itemgetter("id", "kind", "op", "names", "flags", "span", "calls", "scope", "outputs")
_EDGE = itemgetter("id", "kind", "source", "slot", "target", "output_nr", "argument")
_TENSOR = itemgetter("dtype", "shape")


def structure_of(graph: Graph | GraphIndex) -> bytes:
    """Return a digest of everything in a graph but its numbers: equal for two runs that did the same."""
    return GraphIndex.of(graph).once(_digest)


def _digest(index: GraphIndex) -> bytes:
    graph = index.graph
    # One flat list, in which every run of unknown length has its length before it: a tuple for each node and span
    # would keep the garbage collector busy for longer than all the rest takes. And vars(), because to ask a model for
    # one field after another takes three times as long as to take all that are wanted out of its dictionary.
    parts: list[Atom] = [len(graph.nodes), len(graph.edges), len(graph.roots)]
    add = parts.extend
    for node in graph.nodes:
        key, kind, op, names, flags, span, calls, scopes, outputs = _NODE(vars(node))
        add((key, kind, op, len(names), len(flags), len(calls), len(scopes), len(outputs), *names, *flags))
        add(vars(span).values() if span else (None,))
        for part in (*calls, *scopes):
            # All fields of a place or scope, in their order.
            add(vars(part).values())
        for output in outputs:
            value = output.value
            if value is None:
                add((None,))
            else:
                dtype, shape = _TENSOR(vars(value))
                add((dtype, len(shape), *shape))
    for edge in graph.edges:
        add(_EDGE(vars(edge)))
    for root in graph.roots:
        add((root.node, root.output_nr, root.name))
    # Version 2 of marshal writes equal values as equal bytes, whatever else refers to them.
    return blake2b(marshal.dumps(parts, 2), digest_size=20).digest()


def refit(scene: Scene, graph: Graph | GraphIndex) -> Scene:
    """Return a scene with the nodes and edges of another graph of the same structure."""
    index = GraphIndex.of(graph)
    boxes = tuple(replace(box, node=index.nodes[box.node.id]) if box.node else box for box in scene.boxes)
    links = tuple(replace(link, edges=tuple(index.edges[edge.id] for edge in link.edges)) for link in scene.links)
    return replace(scene, boxes=boxes, links=links)
