"""Which groups are open: as many as there is room for, equal ones alike, the biggest repeated ones last."""

from collections.abc import Iterable, Mapping

from chainrule.errors import ViewInvalidError
from chainrule.graph.similar import similar
from chainrule.scene.items import SOURCES, Item
from chainrule.scene.tree import ScopeGroup, preorder
from chainrule.words.nodes import operation_of

Classes = Mapping[str, int]
"""A number for each path; equal for groups that look equal when they are open."""


def classify(root: ScopeGroup) -> dict[str, int]:
    """Return groups with the same operations on the same shapes in the same order the same number.

    Whether autograd recorded an operation does not count: of twelve equal blocks the first is as the others, though
    what it takes in requires no gradient. Constants do not count either: the first one's input is one.
    """
    numbers: dict[tuple[object, ...], int] = {}
    found: dict[str, int] = {}
    for group in reversed(list(preorder(root))):
        parts: list[object] = [(group.scope.kind, group.scope.type) if group.scope else None]
        for child in group.children:
            if isinstance(child, ScopeGroup):
                parts.append(found[child.path])
            else:
                node = child.node
                shapes = (tuple(output.value.shape) if output.value else None for output in node.outputs)
                if node.kind != "constant":
                    parts.append((node.kind == "leaf", operation_of(node).lstrip("_"), tuple(shapes)))
        found[group.path] = numbers.setdefault(tuple(parts), len(numbers))
    return found


def choose_open(
    root: ScopeGroup,
    classes: Classes,
    room: int,
    repeated: int,
    closed: Iterable[str] = (),
    already: Iterable[str] = (),
) -> set[str]:
    """Open groups from the outside in while the boxes stay within the room.

    Scopes of one type open together and whole, or not at all, and so do the slices in the same place of equal scopes;
    at each depth small ones go before big ones.

    Two equal blocks of four operations each and a head of six are three boxes while all are closed. The head costs
    five boxes more and goes first, being smaller than both blocks together, which cost six more:

    >>> from chainrule.graph.model import Node, Scope
    >>> def scope(name, type, first, count):
    ...     node = dict(kind="function", op="AddBackward0", names=[], sequence_nr=None, span=None, outputs=[])
    ...     items = tuple(Item(Node(id=f"n{first + number}", **node), ()) for number in range(count))
    ...     return ScopeGroup(name, name, Scope(kind="module", name=name, type=type, call=1), items)
    >>> inside = (scope("a", "Block", 0, 4), scope("b", "Block", 4, 4), scope("head", "Head", 8, 6))
    >>> root = ScopeGroup("", "", None, inside)
    >>> def opened(room, repeated):
    ...     return sorted(choose_open(root, classify(root), room, repeated))
    >>> opened(8, 8), opened(13, 13), opened(14, 14)
    (['', 'head'], ['', 'head'], ['', 'a', 'b', 'head'])
    >>> opened(14, 8)
    ['', 'head']

    Args:
        root: The tree; the root itself is always open.
        classes: From ``classify``.
        room: How many boxes there may be.
        repeated: How many there may be once equal groups are open.
        closed: Paths that stay closed.
        already: Paths that are open before, with all around them.

    Returns:
        The paths of the open groups.
    """
    kept_closed = set(closed)
    sizes = _sizes(root)
    opened = {root.path, *already}
    boxes = 1 + sum(len(group.children) - 1 for group in preorder(root) if group.path in opened)
    level = [root]
    while level:
        by_kind: dict[tuple[object, ...], list[ScopeGroup]] = {}
        below: list[ScopeGroup] = []
        for parent in level:
            for place, group in enumerate(_inner(parent)):
                if group.path in opened:
                    below.append(group)
                elif group.path not in kept_closed:
                    by_kind.setdefault(_kind(group, classes, parent, place), []).append(group)
        for groups in sorted(by_kind.values(), key=lambda some: sum(sizes[group.path] for group in some)):
            # Equal groups are shown alike, down to the last operation: one that is open beside one that is not would
            # look like a difference between them.
            whole = len(groups) > 1 and not kept_closed
            cost = sum((sizes[group.path] if whole else len(group.children)) - 1 for group in groups)
            if boxes + cost > (repeated if len(groups) > 1 else room) or _has_nothing_to_show(groups[0]):
                continue
            boxes += cost
            shown = [inner for group in groups for inner in preorder(group)] if whole else groups
            opened.update(group.path for group in shown)
            below.extend([] if whole else groups)
        level = below
    return opened


def _kind(group: ScopeGroup, classes: Classes, parent: ScopeGroup, place: int) -> tuple[object, ...]:
    """Return what opens together."""
    if group.slice:
        return classes[parent.path], place
    # By type: a last block that differs a little opens with the others.
    return (group.scope.kind, group.scope.type) if group.scope else (classes[group.path],)


def _sizes(root: ScopeGroup) -> dict[str, int]:
    """Return how many items each group has inside, however deep."""
    sizes: dict[str, int] = {}
    for group in reversed(list(preorder(root))):
        sizes[group.path] = sum(sizes[child.path] if isinstance(child, ScopeGroup) else 1 for child in group.children)
    return sizes


def _inner(group: ScopeGroup) -> list[ScopeGroup]:
    return [child for child in group.children if isinstance(child, ScopeGroup)]


def _has_nothing_to_show(group: ScopeGroup) -> bool:
    """Return whether opening a slice would show more folds, or sources that nothing uses: nothing worth the room."""
    sources = all(isinstance(child, Item) and child.node.kind in SOURCES for child in group.children)
    return group.slice and (bool(_inner(group)) or sources)


def open_asked(root: ScopeGroup, opened: Iterable[str], asked: Iterable[str], most: int) -> tuple[set[str], list[str]]:
    """Open what was asked for by path, with all that is around it.

    Args:
        root: The tree.
        opened: The paths that are open already.
        asked: The paths to open; "*" for all, from the outside in.
        most: How many boxes there may be at most.

    Returns:
        The paths that are open now, and those that there was no room for.

    Raises:
        ViewInvalidError: no group has such a path.
    """
    groups = {group.path: group for group in _outside_in(root)}
    parents = {child.path: group.path for group in groups.values() for child in _inner(group)}
    now = set(opened)
    boxes = 1 + sum(len(groups[path].children) - 1 for path in now)
    left: list[str] = []
    for path in [key for name in asked for key in (groups if name == "*" else [name])]:
        if path not in groups:
            raise ViewInvalidError("open", unknown_path(path, groups))
        wanted = [path]
        while wanted[-1] not in now:
            wanted.append(parents[wanted[-1]])
        wanted = [*_only_children(groups[path]), *wanted]
        cost = sum(len(groups[key].children) - 1 for key in set(wanted) - now)
        if boxes + cost > most:
            left.append(path)
            continue
        boxes += cost
        now.update(wanted)
    return now, left


def _only_children(group: ScopeGroup) -> list[str]:
    """Return the paths of the groups inside that would be all there is to see once the one around is open."""
    found = []
    while len(group.children) == 1 and isinstance(group.children[0], ScopeGroup):
        group = group.children[0]
        found.append(group.path)
    return found


def unknown_path(path: str, known: Iterable[str]) -> str:
    """Say that there is no such path, and which come near."""
    near = similar(path, (key for key in known if key), most=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "this graph has no such scope, line or run of nodes"
    return f"there is nothing called {path!r} to unfold; {hint}"


def _outside_in(root: ScopeGroup) -> list[ScopeGroup]:
    """Return all groups, by depth."""
    found = [root]
    for group in found:
        found.extend(_inner(group))
    return found
