"""What of a graph stays when only the values change."""

import marshal
from dataclasses import replace
from hashlib import blake2b

from app.graph.model import Graph, Node, Span
from app.graph.scene import Scene


def structure_of(graph: Graph) -> bytes:
    """Return a digest of everything in a graph but its numbers: equal for two runs that did the same."""
    parts = (
        [_of_node(node) for node in graph.nodes],
        [
            (edge.id, edge.kind, edge.source, edge.slot, edge.target, edge.output_nr, edge.argument)
            for edge in graph.edges
        ],
        [(root.node, root.output_nr, root.name) for root in graph.roots],
    )
    # Version 2 of marshal writes equal values as equal bytes, whatever else refers to them.
    return blake2b(marshal.dumps(parts, 2), digest_size=20).digest()


def _of_node(node: Node) -> tuple[object, ...]:
    return (
        node.id,
        node.kind,
        node.op,
        node.names,
        node.flags,
        _of_span(node.span),
        [_of_span(call) for call in node.calls],
        [(scope.kind, scope.name, scope.type, scope.call) for scope in node.scope],
        [(output.value.shape, output.value.dtype) if output.value else None for output in node.outputs],
    )


def _of_span(span: Span | None) -> tuple[int, ...] | None:
    return (span.line, span.column, span.end_line, span.end_column) if span else None


def refit(scene: Scene, graph: Graph) -> Scene:
    """Return a scene with the nodes and edges of another graph of the same structure."""
    nodes = {node.id: node for node in graph.nodes}
    edges = {edge.id: edge for edge in graph.edges}
    boxes = tuple(replace(box, node=nodes[box.node.id]) if box.node else box for box in scene.boxes)
    links = tuple(replace(link, edges=tuple(edges[edge.id] for edge in link.edges)) for link in scene.links)
    return replace(scene, boxes=boxes, links=links)
