"""Random programs give the same with the tape as without: output, warnings, exceptions, values, gradients, flags.

``CHAINRULE_RANDOM_PROGRAMS=5000`` runs so many of them; ``CHAINRULE_RANDOM_PROGRAMS=from:10000,5000`` others.
"""

import gc
import os
from collections.abc import Iterator

import pytest
import torch
from chainrule.tape import Tape

from tests.tape.unchanged.observed import FILENAME, Observed, observe
from tests.tape.unchanged.programs import program

pytestmark = pytest.mark.thorough

AT_ONCE = 50


def seeds() -> range:
    """Return the seeds of the programs."""
    first, _, count = os.environ.get("CHAINRULE_RANDOM_PROGRAMS", "500").removeprefix("from:").rpartition(",")
    return range(int(first or 0), int(first or 0) + int(count))


@pytest.fixture(scope="module", autouse=True)
def _little_work() -> Iterator[None]:
    """Keep the collector, which the tape asks, from looking at all of PyTorch each time, and threads from waiting."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    _taped(program(0))
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
    torch.set_num_threads(threads)


@pytest.mark.parametrize("start", seeds()[::AT_ONCE])
def test_nothing_that_a_program_can_see_differs_under_the_tape(start: int) -> None:
    for seed in range(start, min(start + AT_ONCE, seeds().stop)):
        source = program(seed)
        assert _taped(source) == observe(source, None), f"program {seed}:\n{source}"


def _taped(source: str) -> Observed:
    return observe(source, Tape(filename=FILENAME, source=source))
