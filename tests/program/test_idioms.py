"""The check is not in a student's way."""

import pytest
from chainrule.limits import Limits
from chainrule.program import check

from tests.program.idioms import IDIOMS


@pytest.mark.parametrize("source", IDIOMS.values(), ids=IDIOMS.keys())
def test_an_idiom_of_pytorchs_users_passes(source: str) -> None:
    program = check(source, None, Limits())
    assert program.source == source
    assert program.inputs == {}
