"""One kind of problem: all that is said of it wherever it is met."""

from dataclasses import dataclass
from typing import Literal

from chainrule.words.saying import Saying, joined

Severity = Literal["error", "warning", "notice"]
"""An error kept a program from its end, a warning is about a likely mistake, a notice is good to know."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem."""

    slug: str
    """The last part of ``/problems/<slug>``; all that other modules name a kind by."""
    title: str
    summary: str
    """One sentence."""
    explanation: tuple[str, ...] = ()
    """Paragraphs; code stands in backquotes."""
    example: str | None = None
    """A program that has the problem."""
    mended: str | None = None
    """The same program without it."""
    severity: Severity = "error"
    """How much it usually matters; a finding may know of a case that it matters less."""
    status: int | None = None
    """The HTTP status of an answer that refuses a request for it; None where it is told of a program that ran."""

    @property
    def detail(self) -> str:
        """Return summary and explanation as one text, for cases of which nothing more is known."""
        return joined([Saying(part, part, {}) for part in (self.summary, *self.explanation)], " ")
