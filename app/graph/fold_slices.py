"""Groups that are too wide get groups inside them: runs of the same line, then slices that keep both ends in sight."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from app.graph.fold_items import Item
from app.graph.fold_tree import Group, preorder

Child = Group | Item
SHORTEST = 8
"""Children that a slice has at least: fewer are not worth a fold [boxes]."""


def slice_tree(root: Group, width: int) -> Group:
    """Give every group at most about ``width`` children, by groups of lines and slices where scopes leave more.

    Args:
        root: The tree of scopes.
        width: How many children a group may have [boxes]; at least 4.
    """
    done: dict[str, Group] = {}
    for group in reversed(list(preorder(root))):
        children: tuple[Child, ...] = tuple(
            done[child.path] if isinstance(child, Group) else child for child in group.children
        )
        if len(children) > width:
            children = _slices(_lines(children, group.path), group.path, width)
        done[group.path] = replace(group, children=children)
    return done[root.path]


def _lines(children: Sequence[Child], path: str) -> tuple[Child, ...]:
    """Group runs of single operations that one line of the program made, sources with what uses them."""
    runs: list[tuple[int | None, list[Child]]] = []
    waiting: list[Child] = []
    for child in children:
        if isinstance(child, Item) and child.node.kind in ("leaf", "constant"):
            waiting.append(child)
            continue
        line = child.node.span.line if isinstance(child, Item) and child.node.span else None
        if not runs or line is None or runs[-1][0] != line:
            runs.append((line, []))
        runs[-1][1].extend((*waiting, child))
        waiting = []
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
        found.append(Group(name, label, None, tuple(run)))
    return (*found, *waiting)


def _slices(children: tuple[Child, ...], path: str, width: int) -> tuple[Child, ...]:
    """Keep the first and last children and cut what is between into slices of slices, until all are narrow.

    Slices are contiguous in forward order, so that folding them makes no cycle.
    """
    if len(children) <= width:
        return children
    end = width // 4
    middle = children[end : len(children) - end]
    most = width - 2 * end
    levels = 1
    while most * width**levels < len(middle):
        levels += 1
    size = SHORTEST
    while most * size**levels < len(middle):
        size += 1
    for _ in range(levels):
        if len(middle) > most:
            middle = tuple(_slice(run, path) for run in _even_runs(middle, -(-len(middle) // size)))
    return (*children[:end], *middle, *children[len(children) - end :])


def _even_runs(children: Sequence[Child], count: int) -> list[Sequence[Child]]:
    """Cut a sequence into ``count`` runs whose lengths differ by at most one."""
    bounds = [len(children) * number // count for number in range(count + 1)]
    return [children[start:end] for start, end in pairwise(bounds)]


def _slice(run: Sequence[Child], path: str) -> Child:
    """One group of the run; a run of one is that one."""
    if len(run) == 1:
        return run[0]
    first, last = _end_name(run[0], 0), _end_name(run[-1], -1)
    prefix = f"{path}/" if path else ""
    return Group(f"{prefix}{first}..{last}", f"{first} to {last}", None, tuple(run), slice=True)


def _end_name(child: Child, end: int) -> str:
    """What the first (0) or last (-1) child of a slice is called: a node's id, or the last part of a path."""
    if isinstance(child, Item):
        return child.id
    name = child.path.rsplit("/", 1)[-1]
    return name.split("..")[end] if child.slice else name
