"""The parts of a program's text that an instruction's place alone does not tell: headers, targets, chains, parts."""

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Literal

Point = tuple[int, int]
"""A line, from 1, and a column in bytes of UTF-8, from 0, as Python's compiler counts."""
Extent = tuple[Point, Point]
"""A beginning and an end, which is exclusive."""
Family = Literal["iterates", "compares", "enters", "exits", "fails", "formats"]
"""What instructions do of which a statement or expression may have several, all with one place."""

_CLASS = re.compile(rb"class\s+[^\s(:\[]+")


class Parts:
    """Looks up parts of one program's text by the places that Python's compiler gives its instructions.

    Args:
        nodes: of the program's syntax tree.
        lines: its lines, as the compiler sees them.
    """

    def __init__(self, nodes: Iterable[ast.AST], lines: Sequence[bytes]) -> None:
        self._lines = lines
        self._starts: dict[Point, list[Point]] = {}
        """Where the expressions and statements begin that end at each point."""
        self._headers: dict[Extent, Extent] = {}
        """What tells a statement that has a body."""
        self._assignments: dict[Extent, Extent] = {}
        """The statements of targets that are alone in theirs."""
        self._of_family: dict[tuple[Extent, Family], list[Extent]] = {}
        for node in nodes:
            if isinstance(node, ast.expr | ast.stmt):
                self._note(node)

    def several(self, place: Extent, family: Family) -> list[Extent]:
        """Return what the first, second, ... of some instructions with one place are for; nothing where it is one."""
        return self._of_family.get((place, family), [])

    def statement(self, target: Extent) -> Extent:
        """Return the statement around a target that is alone in it; any other stays as it is."""
        return self._assignments.get(target, target)

    def whole(self, place: Extent) -> Extent:
        """Return the expression, or the header of the statement, that the compiler tells by a place.

        Of the calls of a chain over several lines the compiler tells the end alone: the place begins at the name of the
        method, where no expression does. Then the nearest one before with the same end is taken.
        """
        start, end = self._headers.get(place, place)
        starts = self._starts.get(end, ())
        if start not in starts:
            start = max((point for point in starts if point <= start), default=start)
        return start, end

    def _note(self, node: ast.expr | ast.stmt) -> None:
        place = extent(node)
        self._starts.setdefault(place[1], []).append(place[0])
        match node:
            case ast.For() | ast.AsyncFor():
                self._headers[place] = extent(node.iter)
            case ast.With() | ast.AsyncWith():
                items = [extent(item.context_expr) for item in node.items]
                self._headers[place] = items[0][0], items[-1][1]
                self._of_family[place, "enters"] = items
                # What was entered last is left first.
                self._of_family[place, "exits"] = self._of_family[place, "fails"] = items[::-1]
            case ast.ClassDef():
                self._headers[place] = place[0], self._end_of_header(node)
            case ast.Assign(targets=[target]) | ast.Delete(targets=[target]):
                self._assignments[extent(target)] = place
            case ast.AugAssign(target=target) | ast.AnnAssign(target=target, value=ast.expr()):
                self._assignments[extent(target)] = place
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                self._of_family[place, "iterates"] = [extent(generator.iter) for generator in node.generators]
            case ast.JoinedStr():  # until Python 3.12, which tells the braces of each part instead
                self._of_family.setdefault((place, "formats"), list(_formatted(node, place)))
            case ast.FormattedValue() if sys.version_info >= (3, 12):
                self._headers[place] = extent(node.value)
            case ast.Compare() if len(node.ops) > 1:
                operands = [extent(operand) for operand in (node.left, *node.comparators)]
                self._of_family[place, "compares"] = [(one[0], two[1]) for one, two in pairwise(operands)]

    def _end_of_header(self, node: ast.ClassDef) -> Point:
        line, column = node.lineno, node.col_offset
        named = _CLASS.match(self._lines[line - 1], column) if line <= len(self._lines) else None
        ends = [extent(part)[1] for part in (*node.bases, *(keyword.value for keyword in node.keywords))]
        if not ends:
            return (line, named.end()) if named else extent(node)[1]
        line, column = max(ends)
        closed = self._lines[line - 1].find(b")", column)
        return line, closed + 1 if closed >= 0 else column


def extent(node: ast.expr | ast.stmt) -> Extent:
    """Return where a part of a program begins and ends."""
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)


def _formatted(node: ast.JoinedStr, place: Extent) -> Iterator[Extent]:
    """List what stands in the braces of an f-string, what says how to format something before it."""
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            how = part.format_spec
            if isinstance(how, ast.JoinedStr) and extent(how) == place:
                yield from _formatted(how, place)
            yield extent(part.value)
