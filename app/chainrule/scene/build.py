"""From a graph to what a picture shows of it: scopes folded until it can be read, shared sources drawn at each use."""

from collections import Counter
from collections.abc import Container, Mapping, Sequence, Set

from chainrule.errors import ViewInvalidError
from chainrule.graph.index import GraphIndex
from chainrule.graph.model import Edge, Graph
from chainrule.scene.choice import choose_open, classify, open_asked, unknown_path
from chainrule.scene.items import Item, place_items
from chainrule.scene.model import Box, Fold, Frame, Link, Scene, SceneOptions
from chainrule.scene.slices import slice_tree
from chainrule.scene.tree import ScopeGroup, build_tree, preorder
from chainrule.words.numbers import say_count

DEEPEST = 8
"""Frames that stand inside each other at most."""


def make_scene(graph: Graph | GraphIndex, options: SceneOptions | None = None) -> Scene:
    """Decide what a picture of the graph shows.

    Args:
        graph: The graph, its nodes in forward order.
        options: What to unfold, hide and copy, and how much there is room for.

    Returns:
        Boxes in forward order, links in the order of edges, and the frames of open scopes.

    Raises:
        ViewInvalidError: a path to open or to close is not there.
    """
    options = options or SceneOptions()
    index = GraphIndex.of(graph)
    items = place_items(index, options)
    shown = {item.node.id for item in items}
    edges = [edge for edge in index.graph.edges if edge.source in shown and edge.target in shown]
    tree = slice_tree(build_tree(items), options.boxes)
    groups = {group.path: group for group in preorder(tree)}
    for path in options.closed:
        if path not in groups:
            raise ViewInvalidError("closed", unknown_path(path, groups))
    classes = classify(tree)
    room = options.boxes
    while True:
        opened = choose_open(tree, classes, room, min(room, options.repeated), options.closed)
        visible = _visible(tree, opened)
        links = _join(edges, visible)
        if len(links) <= options.links or len(opened) == 1:
            break
        room = room * 2 // 3
    left: list[str] = []
    if options.open:
        opened, left = open_asked(tree, opened, options.open, options.most_boxes)
        # What is small inside need not be asked for one by one.
        small_room = min(options.boxes, options.repeated)
        opened = choose_open(tree, classes, small_room, small_room, options.closed, opened)
        visible = _visible(tree, opened)
        links = _join(edges, visible)
    repeats = Counter(classes[group.path] for group in groups.values() if group.scope)
    boxes = _draw_boxes(index, shown, visible, {path: repeats[number] for path, number in classes.items()})
    return Scene(boxes, links, _frames(tree, opened, visible), _notices(len(index.nodes), boxes, left))


Visible = Mapping[str, ScopeGroup | Item]
"""What is drawn as a box, in forward order, under the box's id."""


def _visible(tree: ScopeGroup, opened: Container[str]) -> Visible:
    """Return what a picture shows when these groups are open."""
    found: dict[str, ScopeGroup | Item] = {}
    stack: list[ScopeGroup | Item] = [tree]
    folds = 0
    while stack:
        child = stack.pop()
        if isinstance(child, Item):
            found[child.id] = child
        elif child.path in opened:
            stack.extend(reversed(child.children))
        else:
            found[f"f{folds}"] = child
            folds += 1
    return found


def _inside(group: ScopeGroup) -> list[Item]:
    """Return all items of a group, however deep."""
    return [child for inner in preorder(group) for child in inner.children if isinstance(child, Item)]


def _join(edges: Sequence[Edge], visible: Visible) -> tuple[Link, ...]:
    """Return one link for each edge between single nodes.

    One for all edges between the same two boxes where one is a fold.
    """
    boxes: dict[tuple[str, str | None], str] = {}
    for box, child in visible.items():
        for item in _inside(child) if isinstance(child, ScopeGroup) else [child]:
            boxes[item.node.id, item.consumer] = box
    found: dict[tuple[str, str, str], list[Edge]] = {}
    for edge in edges:
        source = boxes[edge.source, None]
        target = boxes.get((edge.target, None)) or boxes[edge.target, edge.source]
        if source == target:
            continue
        folded = isinstance(visible[source], ScopeGroup) or isinstance(visible[target], ScopeGroup)
        found.setdefault((source, target, "" if folded else edge.id), []).append(edge)
    return tuple(
        Link(single or f"{source}-{target}", source, target, tuple(joined))
        for (source, target, single), joined in found.items()
    )


def _draw_boxes(index: GraphIndex, shown: Set[str], visible: Visible, repeats: Mapping[str, int]) -> tuple[Box, ...]:
    """Return the boxes in forward order, each fold with what is in it and what crosses its border."""
    roots = {root.node for root in index.graph.roots}
    place = index.positions.__getitem__
    boxes: list[Box] = []
    for box, child in visible.items():
        if isinstance(child, Item):
            boxes.append(Box(box, child.node, None, child.copy))
            continue
        items = _inside(child)
        nodes = {item.node.id: item.node for item in items}
        copies = {item.node.id for item in items if item.copy}
        members = sorted(nodes, key=place)
        inputs = {
            edge.target
            for key in members
            for edge in index.inputs[key]
            if edge.target in shown and edge.target not in nodes
        }
        outputs = [
            key
            for key in members
            if key not in copies
            and (key in roots or any(edge.source in shown and edge.source not in nodes for edge in index.uses[key]))
        ]
        fold = Fold(
            label=child.label,
            path=child.path,
            members=tuple(members),
            repeat=repeats[child.path] if child.scope else 1,
            scope=child.scope,
            operations=sum(nodes[key].kind in ("function", "detached") for key in members),
            parameters=tuple(key for key in members if nodes[key].kind == "leaf"),
            inputs=tuple(sorted(inputs, key=place)),
            outputs=tuple(outputs),
        )
        boxes.append(Box(box, None, fold))
    return tuple(boxes)


def _frames(tree: ScopeGroup, opened: Container[str], visible: Visible) -> tuple[Frame, ...]:
    """Frames around the open scopes; others have none: lines, slices, scopes too deep or with a single operation.

    Their boxes stand in the frame around.

    The depth is bounded for the sake of a function that calls itself a thousand times.
    """
    ids = {child.path: box for box, child in visible.items() if isinstance(child, ScopeGroup)}
    order = [(tree, 0)]
    for group, depth in order:
        inner = [child for child in group.children if isinstance(child, ScopeGroup) and child.path in opened]
        order.extend((child, depth + (child.scope is not None)) for child in inner)
    names = {group.path: f"c{number}" for number, (group, _) in enumerate(order)}
    boxes: dict[str, list[str]] = {}
    frames: dict[str, list[Frame]] = {}
    for group, depth in reversed(order):
        own, within = boxes.setdefault(group.path, []), frames.setdefault(group.path, [])
        for child in group.children:
            if isinstance(child, Item):
                own.append(child.id)
            elif child.path not in opened:
                own.append(ids[child.path])
            elif child.scope is None or depth >= DEEPEST or _has_single_node(child):
                own.extend(boxes[child.path])
                within.extend(frames[child.path])
            else:
                content = tuple(boxes[child.path]), tuple(frames[child.path])
                within.append(Frame(names[child.path], child.scope, child.path, *content, child.label))
    return tuple(frames[tree.path])


def _has_single_node(group: ScopeGroup) -> bool:
    """Return whether a scope holds a single node besides constants: a frame around it would tell nothing."""
    items = [child for child in group.children if isinstance(child, Item)]
    return len(items) == len(group.children) and sum(item.node.kind != "constant" for item in items) < 2


def _notices(count: int, boxes: Sequence[Box], left: Sequence[str]) -> tuple[str, ...]:
    """Return what was left out and why."""
    found: list[str] = []
    folds = [box.fold for box in boxes if box.fold]
    if folds:
        inside = len({member for fold in folds for member in fold.members})
        found.append(
            f"{say_count(inside)} of {say_count(count)} nodes are folded into {say_count(len(folds))} "
            f"{'box' if len(folds) == 1 else 'boxes'}; open={folds[0].path} unfolds one of them."
        )
    if left:
        found.append(f"There was no room to unfold {', '.join(left[:3])}{' and others' if len(left) > 3 else ''}.")
    copies = Counter(box.node.id for box in boxes if box.node and box.copy)
    names = {box.node.id: (box.node.names or [box.node.id])[0] for box in boxes if box.node and box.copy}
    for node, count in [(node, count) for node, count in copies.items() if count > 1][:3]:
        found.append(f"{names[node]} is drawn {count} times, once beside each use; it is one tensor with one gradient.")
    return tuple(found)
