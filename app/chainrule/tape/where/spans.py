"""From an instruction of the program to the sub-expression that it computes."""

from types import CodeType

from chainrule.graph import Span
from chainrule.graph.construct import make
from chainrule.tape.where.frames import Place
from chainrule.tape.where.instructions import InstructionSpans
from chainrule.tape.where.parts import Point


class Spans:
    """Looks up the spans of one program's instructions.

    Args:
        extents: tells what instructions are for.
    """

    def __init__(self, extents: InstructionSpans) -> None:
        self._extents = extents
        self._known: dict[tuple[CodeType, int], Span | None] = {}

    def innermost(self, place: Place) -> Span | None:
        """Return the span in the innermost frame."""
        return self._of(place, len(place.calls) - 1) if place.calls else None

    def callers(self, place: Place) -> list[Span]:
        """Return the spans of the calls that led to the innermost frame, the nearest first."""
        found = [self._of(place, depth) for depth in range(len(place.calls) - 2, -1, -1)]
        return [span for span in found if span is not None]

    def at(self, code: CodeType, instruction: int) -> Span | None:
        """Return the span of an instruction."""
        key = (code, instruction)
        if key not in self._known:
            found = self._extents.of(code, instruction)
            self._known[key] = None if found is None else self._span(*found)
        return self._known[key]

    def _of(self, place: Place, depth: int) -> Span | None:
        return self.at(place.calls[depth].code, place.instructions[depth])

    def _span(self, start: Point, end: Point) -> Span:
        return make(
            Span,
            line=start[0],
            column=self._extents.syntax.column(*start),
            end_line=end[0],
            end_column=self._extents.syntax.column(*end),
        )
