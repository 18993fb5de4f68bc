"""The catalogue of problems: what each kind is, pure data. Each has a page under /problems/.

Titles, severities and HTTP statuses stand here and nowhere else; other modules name a kind by its slug.
"""

from chainrule.problems import backward, failures, findings, http, limits, requests
from chainrule.problems.kind import Kind, Severity

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

BY_STATUS: dict[int, Kind] = {kind.status: kind for kind in http.KINDS if kind.status is not None}
"""What an HTTP status means where nothing more is known of what went wrong."""

__all__ = ["BY_STATUS", "GROUPS", "PROBLEMS", "Kind", "Severity"]
