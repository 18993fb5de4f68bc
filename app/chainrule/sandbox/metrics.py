"""The pool in numbers, for the metrics page."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PoolFigures:
    """What the pool has done and is doing; counts and sums since it was made."""

    workers: int
    """Programs that may run at once."""
    running: int
    """Programs that run now."""
    waiting: int
    """Requests that wait for their turn now."""
    outcomes: Mapping[str, int]
    """Executions by outcome: "ok", "problem" for an answer with an error, "lost" for a child that gave none,
    "overdue" for one that was killed for its time, "invalid" for an answer that cannot be trusted, "cancelled" where
    nobody waited any more, "refused" for a full queue."""
    retries: int
    """Requests that were given to another child because the first was lost before it had started."""
    starts: int
    """How often what makes the children was started: 1 and one for each replacement."""
    waited_seconds: float
    """Time that requests waited for their turn, summed [s]."""
    run_seconds: float
    """Time from a child's request to its answer, summed [s]."""


@dataclass
class Tally:
    """Counts while the pool works."""

    outcomes: Counter[str] = field(default_factory=Counter)
    retries: int = 0
    starts: int = 0
    running: int = 0
    runs: int = 0
    """Programs that came to an end, whatever it was."""
    waited_seconds: float = 0.0
    run_seconds: float = 0.0

    def fitting(self, workers: int, seconds: float) -> int | None:
        """Return how many more programs have room in some time, going by those that ran; None where none did."""
        return int(workers * seconds * self.runs / self.run_seconds) if self.runs and self.run_seconds else None

    def figures(self, workers: int, waiting: int) -> PoolFigures:
        """Return the numbers as they are now."""
        return PoolFigures(
            workers=workers,
            running=self.running,
            waiting=waiting,
            outcomes=dict(self.outcomes),
            retries=self.retries,
            starts=self.starts,
            waited_seconds=self.waited_seconds,
            run_seconds=self.run_seconds,
        )
