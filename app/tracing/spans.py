"""From an instruction of the program to the sub-expression that it computes."""

import linecache
from types import CodeType

from app.graph import Span
from app.tracing.frames import Place
from app.tracing.make import make

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

    def innermost(self, place: Place) -> Span | None:
        """Give the span in the innermost frame."""
        return self._of(place, len(place.calls) - 1) if place.calls else None

    def callers(self, place: Place) -> list[Span]:
        """Give the spans of the calls that led to the innermost frame, the nearest first."""
        found = [self._of(place, depth) for depth in range(len(place.calls) - 2, -1, -1)]
        return [span for span in found if span is not None]

    def _of(self, place: Place, depth: int) -> Span | None:
        code = place.calls[depth].code
        positions = self._positions.get(code)
        if positions is None:
            positions = self._positions[code] = list(code.co_positions())
        index = place.instructions[depth] // 2
        if not 0 <= index < len(positions):
            return None
        line, end_line, column, end_column = positions[index]
        if line is None or end_line is None or column is None or end_column is None:
            return None
        return make(
            Span,
            line=line,
            column=self._characters(line, column),
            end_line=end_line,
            end_column=self._characters(end_line, end_column),
        )

    def _characters(self, line: int, column: int) -> int:
        """Turn a column in bytes of UTF-8, as Python's compiler counts, into one in characters."""
        if line > len(self._lines):
            return column
        text = self._lines[line - 1]
        if text.isascii():
            return column
        return len(text.encode()[:column].decode(errors="ignore"))
