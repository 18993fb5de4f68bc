"""One kind of problem, as its page under /problems/ explains it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem."""

    slug: str
    """The last part of ``/problems/<slug>``."""
    title: str
    summary: str
    """One sentence."""
    explanation: tuple[str, ...] = ()
    """Paragraphs; code stands in backquotes."""
    example: str | None = None
    """A program that has the problem."""
    mended: str | None = None
    """The same program without it."""
