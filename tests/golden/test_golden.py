"""The pictures of the examples are the golden ones, byte for byte."""

import pytest
from chainrule.layout import Engine, make_engine

from tests.golden.examples import FOLDER, NAMES, picture_of


@pytest.fixture(scope="module")
def engine() -> Engine:
    return make_engine()


@pytest.mark.parametrize("name", NAMES)
def test_the_picture_of_an_example_is_the_golden_one(name: str, engine: Engine) -> None:
    golden = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    drawn = picture_of(name, engine).decode()
    assert drawn.splitlines() == golden.splitlines(), "look at the picture, and if it is right: make golden"


def test_there_is_no_golden_picture_without_its_example() -> None:
    assert {path.stem for path in FOLDER.glob("*.svg")} == set(NAMES)
