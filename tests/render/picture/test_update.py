"""The optimizer's step in a picture: what each parameter was, and what it became."""

import re

import pytest
from chainrule.errors import ViewInvalidError
from chainrule.layout import Engine, make_engine
from chainrule.render import ViewOptions
from chainrule.render.drawing import draw

from tests.graph.program import CUBES, trace

LOOP = (
    "w = torch.tensor(2.0, requires_grad=True)\nfrozen = torch.tensor(3.0, requires_grad=True)\n"
    "opt = torch.optim.SGD([w], lr=0.25)\nfor i in range(3):\n    opt.zero_grad()\n    loss = (w - 1) ** 2 * frozen\n"
    "    loss.backward()\n    opt.step()\n"
)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return make_engine()


def words(source: str, engine: Engine, **query: str) -> list[str]:
    svg = draw(trace(source), "svg", ViewOptions.from_query(query), engine).content.decode()
    return re.findall(r">([^<>\n]+)</text>", svg)


def test_leaves_say_what_they_became(engine: Engine) -> None:
    found = words(LOOP, engine, **{"pass": "1", "step": "optimizer"})
    assert found.count("became") == 2
    assert found[found.index("became") + 1] == "0.5"  # 2 - 0.25 * 2 * (2 - 1) * 3
    assert "unchanged" in found
    assert "after the step of opt" in found


def test_without_it_nothing_of_the_step_is_drawn(engine: Engine) -> None:
    assert "became" not in words(LOOP, engine, **{"pass": "1"})


def test_a_program_without_an_optimizer_is_drawn_too(engine: Engine) -> None:
    assert "after the pass" in words(CUBES, engine, step="optimizer")


def test_another_word_is_refused_with_what_would_do() -> None:
    with pytest.raises(ViewInvalidError, match="neither a whole number nor optimizer"):
        ViewOptions.from_query({"step": "backward"})
    assert ViewOptions.from_query({"step": "Optimizer"}).is_after_update
    assert ViewOptions.from_query({"step": "3"}).step_number == 3
