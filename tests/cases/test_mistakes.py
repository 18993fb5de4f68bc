"""Mistakes in several people's styles are told by their kind and line, and every fix that is offered works."""

import pytest
from chainrule.protocol.proof import apply_fix, is_mended

from tests.cases.mistakes import COUNTER, MISTAKES
from tests.diagnose.diagnosed import problems, run


@pytest.mark.parametrize(("source", "slug", "line"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_told_by_its_kind_and_line(source: str, slug: str, line: int) -> None:
    answer = run(source)
    found = [one for one in answer.problems if one.slug == slug]
    assert [one.span.line for one in found if one.span is not None] == [line]
    others = [one.slug for one in answer.problems if one.severity != "notice" and one.slug != slug]
    assert others == []
    for fix in found[0].fixes:
        fixed = apply_fix(source, fix)
        assert is_mended(answer, found[0], run(fixed)) or slug == "nothing-requires-grad", fixed


@pytest.mark.parametrize("source", COUNTER.values(), ids=COUNTER.keys())
def test_what_is_like_a_mistake_and_none_is_silent(source: str) -> None:
    assert [one.slug for one in problems(source) if one.severity != "notice" or one.fixes] == []
