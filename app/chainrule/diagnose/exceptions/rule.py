"""One way to explain an exception: what its words look like, and what to say of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from chainrule.diagnose.exceptions.context import RaiseContext
from chainrule.graph.model import Span
from chainrule.protocol.messages import Fix


@dataclass(frozen=True)
class Diagnosis:
    """What is said of one exception."""

    detail: str
    fixes: tuple[Fix, ...] = ()
    node: str | None = None
    span: Span | None = None
    """Where it is, if not where the exception was raised."""
    slug: str | None = None
    """The kind of problem, if the words alone did not say."""


Explain = Callable[[RaiseContext, re.Match[str]], Diagnosis | None]


@dataclass(frozen=True)
class Rule:
    """Explains the exceptions whose words match."""

    pattern: re.Pattern[str]
    slug: str
    explain: Explain

    def __call__(self, moment: RaiseContext) -> tuple[str, Diagnosis] | None:
        """Return the kind of problem and what is said, or None where this rule does not apply."""
        match = self.pattern.search(moment.words)
        if match is None:
            return None
        diagnosis = self.explain(moment, match)
        return None if diagnosis is None else (diagnosis.slug or self.slug, diagnosis)


def rule(pattern: str, slug: str, explain: Explain) -> Rule:
    """Make a rule from a regular expression over the exception's words."""
    return Rule(re.compile(pattern, re.DOTALL), slug, explain)
