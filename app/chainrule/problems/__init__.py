"""The catalogue of problems: what each kind is, pure data. Each has a page under /problems/."""

from chainrule.problems import backward, failures, findings, http, limits, requests
from chainrule.problems.kind import Kind

GROUPS: tuple[tuple[str, tuple[Kind, ...]], ...] = (
    ("Backward and leaves", backward.KINDS),
    ("Worth knowing", findings.KINDS),
    ("Errors of the program", failures.KINDS),
    ("Limits", limits.KINDS),
    ("The request", (*requests.KINDS, *http.KINDS)),
)
"""All kinds under headings, in the order in which a page lists them."""

PROBLEMS: dict[str, Kind] = {kind.slug: kind for _, kinds in GROUPS for kind in kinds}
"""Each kind by its slug."""


def title_of(slug: str) -> str | None:
    """Return the title of a kind of problem; None where the catalogue does not have it."""
    kind = PROBLEMS.get(slug)
    return kind.title if kind is not None else None


__all__ = ["GROUPS", "PROBLEMS", "Kind", "title_of"]
