"""Programs that are right, as tutorials and papers have them: no error, no warning and no fix."""

from pathlib import Path

import pytest

from tests.diagnose.diagnosed import problems

CORRECT = sorted((Path(__file__).parent / "correct").glob("*.txt"))


@pytest.mark.parametrize("path", CORRECT, ids=lambda path: path.stem)
def test_a_correct_program_is_told_of_no_mistake(path: Path) -> None:
    found = problems(path.read_text(encoding="utf-8"))
    assert [(one.slug, one.detail) for one in found if one.severity != "notice" or one.fixes] == []


def test_there_are_enough_of_them() -> None:
    assert len(CORRECT) >= 60
