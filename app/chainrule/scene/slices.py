"""Groups that are too wide get groups inside: iterations of loops, or lines, then slices that keep both ends in sight.

All of them are contiguous in forward order, so that folding them makes no cycle.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from chainrule.scene.items import SOURCES, Item
from chainrule.scene.loops import group_iterations
from chainrule.scene.tree import Child, ScopeGroup, preorder, scope_label, scope_name, units_of

WIDTH = 24
"""Children that a group has once it is sliced, about [boxes]."""
WIDEST = 48
"""Children up to which a group is not sliced [boxes]."""
NARROWEST = 4
SHORTEST = 8
"""Children that a slice has at least: fewer are not worth a fold [boxes]."""


def slice_tree(root: ScopeGroup, room: int) -> ScopeGroup:
    """Return every group a width that can be read, where scopes leave more children than that.

    A hundred operations in a row, in a picture with room for twelve boxes, keep three at either end, where a person
    looks first, and two slices between. Each of these has room for no more than twelve either, so they hold slices
    again, as even as can be, of eight operations at most:

    >>> from chainrule.graph.model import Node
    >>> def operation(number):
    ...     node = dict(kind="function", op="AddBackward0", names=[], sequence_nr=None, span=None, outputs=[])
    ...     return Item(Node(id=f"n{number}", **node), ())
    >>> row = ScopeGroup("", "", None, tuple(operation(number) for number in range(100)))
    >>> sliced = slice_tree(row, 12)
    >>> [child.id if isinstance(child, Item) else child.path for child in sliced.children]
    ['n0', 'n1', 'n2', 'n3..n49', 'n50..n96', 'n97', 'n98', 'n99']
    >>> [child.path for child in sliced.children[3].children]
    ['n3..n9', 'n10..n17', 'n18..n25', 'n26..n33', 'n34..n41', 'n42..n49']

    Args:
        root: The tree of scopes.
        room: How many boxes there may be in all.
    """
    widest = max(NARROWEST, min(WIDEST, room))
    done: dict[str, ScopeGroup] = {}
    for group in reversed(list(preorder(root))):
        children: tuple[Child, ...] = tuple(
            done[child.path] if isinstance(child, ScopeGroup) else child for child in group.children
        )
        if len(children) > widest:
            children = _narrow(children, group.path, widest)
        done[group.path] = replace(group, children=children)
    return done[root.path]


def _narrow(children: tuple[Child, ...], path: str, widest: int) -> tuple[Child, ...]:
    """Group iterations, else lines, and slice what is still too wide, inside and out."""
    before = {child.path for child in children if isinstance(child, ScopeGroup)}
    for grouped in (group_iterations(children, path), _group_lines(children, path)):
        new = {child.path for child in grouped if isinstance(child, ScopeGroup)} - before
        if len(new) > 1:
            children = tuple(
                replace(child, children=_slices(child.children, child.path, widest))
                if isinstance(child, ScopeGroup) and child.path in new
                else child
                for child in grouped
            )
            break
    return _slices(children, path, widest)


def _group_lines(children: Sequence[Child], path: str) -> tuple[Child, ...]:
    """Group runs of single operations that one line of the program made, sources with what uses them."""
    runs: list[tuple[int | None, list[Child]]] = []
    for unit in units_of(children):
        last = unit[-1]
        own = isinstance(last, Item) and last.node.kind not in SOURCES
        line = last.node.span.line if own and isinstance(last, Item) and last.node.span else None
        if not runs or line is None or runs[-1][0] != line:
            runs.append((line, []))
        runs[-1][1].extend(unit)
    found: list[Child] = []
    seen: dict[int, int] = {}
    for line, run in runs:
        if line is None or len(run) == 1:
            found.extend(run)
            continue
        seen[line] = seen.get(line, 0) + 1
        again = f":{seen[line]}" if seen[line] > 1 else ""
        name = f"{path}/line.{line}{again}" if path else f"line.{line}{again}"
        label = f"line {line}, time {seen[line]}" if again else f"line {line}"
        found.append(ScopeGroup(name, label, None, tuple(run)))
    return tuple(found)


def _slices(children: tuple[Child, ...], path: str, widest: int) -> tuple[Child, ...]:
    """Cut children into slices, fewer and larger ones until they and the ends that stay in sight are few enough."""
    width = min(WIDTH, widest)
    sliced = children
    while len(sliced) > widest:
        sliced = _cut(children, path, width)
        if width == NARROWEST:
            break
        # An operation may have constants beside it, which count as well.
        width = max(NARROWEST, width * 2 // 3)
    return sliced


def _cut(children: tuple[Child, ...], path: str, width: int) -> tuple[Child, ...]:
    """Keep the first and last operations and cut what is between into slices of slices, until all are narrow.

    In the example of ``slice_tree`` the width is 12, so 94 of the 100 are between and 12 - 2 * 3 = 6 slices may stand
    there. One level of slices would hold 6 * 12 = 72, too few, so there are two, and 6 * 8 * 8 = 384 is room enough
    for slices of the shortest length. The first round makes 12 slices of 7 or 8, the second two of these six each.
    """
    units = units_of(children)
    end = width // 4
    middle = units[end : len(units) - end]
    most = width - 2 * end
    # As few levels as can be: each is one more click on the way to an operation.
    levels = 1
    while most * width**levels < len(middle):
        levels += 1
    # Then slices as short as these levels allow, so that all levels are about equally wide.
    size = SHORTEST
    while most * size**levels < len(middle):
        size += 1
    # From the inside out: what is a slice in one round is a single child in the next.
    for _ in range(levels):
        if len(middle) > most:
            runs = _even_runs(middle, -(-len(middle) // size))
            middle = [[_slice([child for unit in run for child in unit], path)] for run in runs]
    return tuple(child for unit in (*units[:end], *middle, *units[len(units) - end :]) for child in unit)


def _even_runs(units: Sequence[list[Child]], count: int) -> list[Sequence[list[Child]]]:
    """Cut a sequence into ``count`` runs whose lengths differ by at most one."""
    bounds = [len(units) * number // count for number in range(count + 1)]
    return [units[start:end] for start, end in pairwise(bounds)]


def _slice(run: Sequence[Child], path: str) -> Child:
    """Return one group of the run; a run of one is that one."""
    if len(run) == 1:
        return run[0]
    prefix = f"{path}/" if path else ""
    ends = f"{_end_name(run[0], 0)}..{_end_name(run[-1], -1)}"
    return ScopeGroup(f"{prefix}{ends}", _slice_label(run), None, tuple(run), slice=True)


def _end_name(child: Child, end: int) -> str:
    """Return what the first (0) or last (-1) child of a slice is called: a node's id, or the last part of a path."""
    if isinstance(child, Item):
        return child.id
    name = child.path.rsplit("/", 1)[-1]
    return name.split("..")[end] if child.slice else name


def _slice_label(run: Sequence[Child]) -> str:
    """Return what a person calls a slice: the calls or iterations it spans, else its lines, else its nodes."""
    scopes = [
        group.scope for child in run if isinstance(child, ScopeGroup) for group in _unsliced(child) if group.scope
    ]
    if scopes and len({(scope.kind, scope.name) for scope in scopes}) == 1:
        calls = sorted(scope.call for scope in scopes)
        if calls[0] == calls[-1]:
            more = sum(isinstance(child, Item) and child.node.kind not in SOURCES for child in run)
            return scope_label(scopes[0]) + (f" and {more} more" if more else "")
        what = "iterations" if scopes[0].kind == "loop" else "calls"
        return f"{scope_name(scopes[0])}, {what} {calls[0]} to {calls[-1]}"
    if scopes:
        return f"{scopes[0].name} to {scopes[-1].name}"
    items = [item for child in run for item in ([child] if isinstance(child, Item) else _items(child))]
    lines = [item.node.span.line for item in items if item.node.span and item.node.kind not in SOURCES]
    if lines and lines[0] < lines[-1]:
        return f"lines {lines[0]} to {lines[-1]}"
    ends = f"{items[0].node.id} to {items[-1].node.id}"
    return f"line {lines[0]}, {ends}" if lines else ends


def _unsliced(group: ScopeGroup) -> list[ScopeGroup]:
    """Return the group, or what is in its slices."""
    found = [group]
    for one in found:
        if one.slice:
            found.extend(child for child in one.children if isinstance(child, ScopeGroup))
    return [one for one in found if not one.slice]


def _items(group: ScopeGroup) -> list[Item]:
    return [child for inner in preorder(group) for child in inner.children if isinstance(child, Item)]
