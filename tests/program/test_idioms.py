"""The check is not in a student's way."""

import pytest
from chainrule.limits import Limits
from chainrule.program import check
from chainrule.protocol.program import Program

from tests.program.idioms import IDIOMS


@pytest.mark.parametrize("source", IDIOMS.values(), ids=IDIOMS.keys())
def test_an_idiom_of_pytorchs_users_passes(source: str) -> None:
    program = check(Program(source), Limits()).program
    assert program.source == source
    assert program.inputs == {}
