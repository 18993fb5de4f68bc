"""The tree of scopes: groups that may be drawn as one box, down to the single nodes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from chainrule.graph.model import Scope
from chainrule.scene.items import SOURCES, Item

MOST_UNUSED = 3
"""Sources that nothing uses up to which each is shown."""


@dataclass(frozen=True, slots=True)
class ScopeGroup:
    """What can be folded: a scope, a run of lines, or a run of nodes."""

    path: str
    label: str
    scope: Scope | None
    children: "tuple[ScopeGroup | Item, ...]"
    slice: bool = False
    """True for a run that follows no scope and no line."""


Child = ScopeGroup | Item


@dataclass(slots=True)
class _Building:
    """A group while its children are still coming."""

    path: str
    scope: Scope | None
    children: "list[_Building | Item]" = field(default_factory=list)


def preorder(root: ScopeGroup) -> Iterator[ScopeGroup]:
    """Yield every group, each before those inside it."""
    stack = [root]
    while stack:
        group = stack.pop()
        yield group
        stack.extend(child for child in reversed(group.children) if isinstance(child, ScopeGroup))


def segment(scope: Scope) -> str:
    """Return a scope's own part of a path: its name, with the call or iteration where it is not the first."""
    if scope.kind == "loop" or scope.call > 1:
        return f"{scope.name}:{scope.call}"
    return scope.name


def join_path(parent: str, scope: Scope) -> str:
    """Return the path of a scope inside another.

    A scope right inside its like, as in recursion, is counted: "f", "f*2".
    """
    own = segment(scope)
    around, _, last = parent.rpartition("/")
    name, _, level = last.partition("*")
    if name == own:
        return f"{around}/{own}*{int(level or 1) + 1}".removeprefix("/")
    return f"{parent}/{own}" if parent else own


def scope_name(scope: Scope) -> str:
    """Return what a person calls a scope, whichever call of it."""
    if scope.kind == "loop":
        if scope.type == scope.name:
            return scope.type
        return f"{scope.name} loop" if scope.type == "loop" else f"{scope.type} {scope.name}"
    return f"{scope.name} {scope.type}" if scope.kind == "module" else f"{scope.name}()"


def scope_label(scope: Scope) -> str:
    """Return what a person calls this call or iteration of a scope."""
    if scope.kind == "loop":
        return f"{scope_name(scope)}, iteration {scope.call}"
    return f"{scope_name(scope)}, call {scope.call}" if scope.call > 1 else scope_name(scope)


def build_tree(items: Sequence[Item]) -> ScopeGroup:
    """Nest items by their scopes; a scope that holds a single item is left out.

    Sources that nothing uses come last, together in one group where there are many: they tell little one by one.

    Args:
        items: In drawing order.

    Returns:
        The root, whose path is empty.
    """
    root = _Building("", None)
    made = [root]
    stack = [root]
    paths = {""}
    waiting: list[Item] = []
    for item in items:
        if item.node.kind in SOURCES:
            waiting.append(item)
            continue
        del stack[_shared(stack, item.scope) + 1 :]
        for scope in item.scope[len(stack) - 1 :]:
            parent = stack[-1]
            building = _Building(_new_path(parent.path, scope, paths), scope)
            parent.children.append(building)
            made.append(building)
            stack.append(building)
        for source in waiting:
            _insert(source, stack)
        waiting = []
        stack[-1].children.append(item)
    if len(waiting) <= MOST_UNUSED or not root.children:
        root.children.extend(waiting)
        return _freeze(made)
    nodes = "leaves" if all(item.node.kind == "leaf" for item in waiting) else "nodes"
    label = f"{len(waiting)} {nodes} that nothing uses"
    unused = ScopeGroup(_take_free_path("unused", paths), label, None, tuple(waiting), slice=True)
    tree = _freeze(made)
    return replace(tree, children=(*tree.children, unused))


def _shared(stack: Sequence[_Building], scope: Sequence[Scope]) -> int:
    """Return how many of the open scopes are the first of these."""
    depth = 0
    while depth < min(len(stack) - 1, len(scope)) and stack[depth + 1].scope == scope[depth]:
        depth += 1
    return depth


def _insert(source: Item, stack: Sequence[_Building]) -> None:
    """Put a source in the scope that holds all its uses, before the open scope in there that has the first of them."""
    depth = _shared(stack, source.scope)
    children = stack[depth].children
    children.insert(len(children) - (depth < len(stack) - 1), source)


def _new_path(parent: str, scope: Scope, paths: set[str]) -> str:
    """Return the path of a scope; a module that has not been seen before goes by its own name wherever it is called."""
    path = segment(scope)
    if scope.kind != "module" or path in paths:
        path = join_path(parent, scope)
    return _take_free_path(path, paths)


def _take_free_path(path: str, paths: set[str]) -> str:
    """Return the path, with a number where it is taken, as by two loops over the same name; it is taken now."""
    free, number = path, 1
    while free in paths:
        number += 1
        free = f"{path}~{number}"
    paths.add(free)
    return free


def _label(building: _Building) -> str:
    level = building.path.rpartition("*")[2] if "*" in building.path.rpartition("/")[2] else ""
    label = scope_label(building.scope) if building.scope else ""
    return f"{label}, level {level}" if level else label


def _freeze(made: Sequence[_Building]) -> ScopeGroup:
    """Turn groups into values, the inner ones first: each was made after the one around it."""
    done: dict[str, ScopeGroup | Item] = {}
    for building in reversed(made):
        children = tuple(done[child.path] if isinstance(child, _Building) else child for child in building.children)
        label = _label(building) if building.scope else ""
        group = ScopeGroup(building.path, label, building.scope, children)
        only_item = len(children) == 1 and isinstance(children[0], Item)
        done[building.path] = children[0] if only_item and building.scope else group
    root = done[""]
    if isinstance(root, Item):
        raise TypeError("the root of the tree is a group")
    return root


def units_of(children: Sequence[Child]) -> list[list[Child]]:
    """Return each operation or scope with the leaves and constants that come just before it."""
    units: list[list[Child]] = []
    waiting: list[Child] = []
    for child in children:
        waiting.append(child)
        if not (isinstance(child, Item) and child.node.kind in SOURCES):
            units.append(waiting)
            waiting = []
    return [*units, *([child] for child in waiting)]
