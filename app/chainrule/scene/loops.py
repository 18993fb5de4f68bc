"""Iterations of a loop, found by the same place of the program coming again."""

from collections.abc import Hashable, Sequence
from itertools import pairwise

from chainrule.graph.model import Scope
from chainrule.scene.items import Item
from chainrule.scene.tree import Child, ScopeGroup, scope_label, units_of


def group_iterations(children: Sequence[Child], path: str) -> tuple[Child, ...]:
    """Group the iterations of a loop where several operations of it come again and again in the same order.

    An iteration begins where an operation comes again that the iteration before began with. Operations of one place
    that follow each other directly are one composite, not two iterations; and where all are of one place, as inside a
    library's module, they are iterations only if each does the very same. What comes before the first iteration, and
    what comes after the last whole one, stays as it is.

    Args:
        children: In forward order.
        path: The path of the group that they stand in.
    """
    units = units_of(children)
    keys = [_place(unit[-1]) for unit in units]
    starts = _starts(keys)
    if len(starts) < 3:
        return tuple(children)
    length = starts[1] - starts[0]
    bounds = [*starts, min(starts[-1] + length, len(units))]
    if not _repeats(keys, bounds):
        return tuple(children)
    found: list[Child] = [child for unit in units[: starts[0]] for child in unit]
    line = _line(units[starts[0]][-1])
    for call, (start, end) in enumerate(pairwise(bounds), 1):
        scope = Scope(kind="loop", name=f"line {line}" if line else "loop", type="loop", call=call)
        name = f"line.{line}.loop:{call}" if line else f"loop:{call}"
        inner = tuple(child for unit in units[start:end] for child in unit)
        lone = len(inner) == 1 and isinstance(inner[0], Item)
        group = ScopeGroup(f"{path}/{name}" if path else name, scope_label(scope), scope, inner)
        found.append(inner[0] if lone else group)
    found.extend(child for unit in units[bounds[-1] :] for child in unit)
    return tuple(found)


def _repeats(keys: Sequence[Hashable], bounds: Sequence[int]) -> bool:
    """Return whether these may be iterations: of several places of the program, or each the same as the first."""
    spans = {key[:4] for key in keys[bounds[0] : bounds[-1]] if isinstance(key, tuple) and len(key) > 4}
    iterations = {tuple(keys[start:end]) for start, end in pairwise(bounds)}
    return len(spans) != 1 or len(iterations) == 1


def _place(child: Child) -> Hashable:
    """Return where in the program a child comes from; None where that is not known."""
    if isinstance(child, ScopeGroup):
        return (child.scope.kind, child.scope.name) if child.scope else None
    # One call makes several parameters, and they are no iterations.
    span = None if "parameter" in child.node.flags else child.node.span
    return (span.line, span.column, span.end_line, span.end_column, child.node.op) if span else None


def _line(child: Child) -> int | None:
    while isinstance(child, ScopeGroup):
        child = child.children[-1]
    # A frame's innermost place may be inside a function; the loop is where that was called from.
    places = [*([child.node.span] if child.node.span else []), *child.node.calls]
    return places[-1].line if places else None


def _starts(keys: Sequence[Hashable]) -> list[int]:
    """Return where iterations begin: at each coming of the place that is the first to come again."""
    first: dict[Hashable, int] = {}
    for position, key in enumerate(keys):
        if key is None:
            continue
        if key in first and keys[position - 1] != key:
            return [at for at, other in enumerate(keys) if other == key and (at == 0 or keys[at - 1] != key)]
        first.setdefault(key, position)
    return []
