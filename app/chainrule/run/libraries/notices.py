"""What a program should hear of what was done otherwise for it."""

from chainrule.graph.model import Span
from chainrule.graph.source_text import SourceLines
from chainrule.protocol.messages import Problem
from chainrule.run.console import current_frame
from chainrule.run.exceptions import span_at


class Notices:
    """Keeps one notice of each kind, with the place in the program where it was first due.

    Args:
        text: the program.
    """

    def __init__(self, text: SourceLines) -> None:
        self._text = text
        self._told: dict[str, Problem] = {}
        self._mattering: set[str] = set()

    def tell(self, slug: str, detail: str, *, matters: bool = False) -> None:
        """Say something, unless its kind was told before.

        Args:
            slug: of the kind.
            detail: what is said of this program.
            matters: put it in the place of one of its kind that matters less.
        """
        if slug not in self._told or (matters and slug not in self._mattering):
            self._mattering.update({slug} if matters else ())
            self._told[slug] = Problem.of(slug, detail, severity="notice", span=self._place())

    def problems(self) -> list[Problem]:
        """Return them in the order in which they were due."""
        return list(self._told.values())

    def _place(self) -> Span | None:
        frame = current_frame()
        return None if frame is None else span_at(frame.f_code, frame.f_lasti, frame.f_lineno, self._text)
