"""From an instruction of the program to the sub-expression that it computes."""

import ast
import linecache
from types import CodeType

from app.graph import Span
from app.tracing.frames import Place
from app.tracing.make import make

_Point = tuple[int, int]
_Positions = list[tuple[int | None, int | None, int | None, int | None]]


class Spans:
    """Looks up the spans of one program's instructions.

    Args:
        filename: what the program was compiled as.
        source: its text; left out, Python's ``linecache`` is asked for it.
    """

    def __init__(self, filename: str, source: str | None = None) -> None:
        self._lines = source.splitlines() if source is not None else linecache.getlines(filename)
        self._positions: dict[CodeType, _Positions] = {}
        self._known: dict[tuple[CodeType, int], Span | None] = {}
        self._wholes = _wholes("".join(f"{line}\n" for line in self._lines) if source is None else source)

    def innermost(self, place: Place) -> Span | None:
        """Give the span in the innermost frame."""
        return self._of(place, len(place.calls) - 1) if place.calls else None

    def callers(self, place: Place) -> list[Span]:
        """Give the spans of the calls that led to the innermost frame, the nearest first."""
        found = [self._of(place, depth) for depth in range(len(place.calls) - 2, -1, -1)]
        return [span for span in found if span is not None]

    def _of(self, place: Place, depth: int) -> Span | None:
        key = (place.calls[depth].code, place.instructions[depth])
        if key not in self._known:
            self._known[key] = self._span(*key)
        return self._known[key]

    def _span(self, code: CodeType, instruction: int) -> Span | None:
        positions = self._positions.get(code)
        if positions is None:
            positions = self._positions[code] = list(code.co_positions())
        index = instruction // 2
        if not 0 <= index < len(positions):
            return None
        line, end_line, column, end_column = positions[index]
        if line is None or end_line is None or column is None or end_column is None:
            return None
        line, column = self._start_of_whole((line, column), (end_line, end_column))
        return make(
            Span,
            line=line,
            column=self._characters(line, column),
            end_line=end_line,
            end_column=self._characters(end_line, end_column),
        )

    def _start_of_whole(self, start: _Point, end: _Point) -> _Point:
        """Give where the expression begins that an instruction is the end of.

        A method call over several lines has instructions that begin at the method's name.
        """
        starts = self._wholes.get(end, [])
        return start if start in starts else max((point for point in starts if point <= start), default=start)

    def _characters(self, line: int, column: int) -> int:
        """Turn a column in bytes of UTF-8, as Python's compiler counts, into one in characters."""
        if line > len(self._lines):
            return column
        text = self._lines[line - 1]
        if text.isascii():
            return column
        return len(text.encode()[:column].decode(errors="ignore"))


def _wholes(text: str) -> dict[_Point, list[_Point]]:
    """List where the expressions begin that end at each point."""
    found: dict[_Point, list[_Point]] = {}
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return found
    for node in ast.walk(tree):
        if isinstance(node, ast.expr | ast.stmt) and node.end_lineno is not None and node.end_col_offset is not None:
            found.setdefault((node.end_lineno, node.end_col_offset), []).append((node.lineno, node.col_offset))
    return found
