"""Every target a few times: what was found by `make fuzz` is tried again, for Hypothesis keeps it under `seeds`."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.database import DirectoryBasedExampleDatabase

from tests.fuzz.targets import TARGETS, refused

SEEDS = DirectoryBasedExampleDatabase(Path(__file__).parent / "seeds")


@pytest.mark.parametrize("name", TARGETS)
def test_what_strangers_send_is_answered_or_refused(name: str) -> None:
    target, strategy, seeds = TARGETS[name]
    outcomes = [refused(target, seed) for seed in seeds]
    assert False in outcomes  # not everything is refused: what lies behind is met

    @settings(max_examples=30, deadline=None, database=SEEDS, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def meet(value: object) -> None:
        refused(target, value)

    meet()
