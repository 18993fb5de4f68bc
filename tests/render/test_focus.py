"""What a step, a path or a highlight does to a picture."""

from xml.etree import ElementTree

import pytest
from chainrule.errors import ViewInvalidError
from chainrule.layout import Engine, make_engine
from chainrule.render import ViewOptions, draw

from tests.render.build import seed_graph

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def engine() -> Engine:
    return make_engine()


def nodes(engine: Engine, **options: object) -> dict[str, set[str]]:
    return _classes("node", engine, **options)


def _classes(kind: str, engine: Engine, **options: object) -> dict[str, set[str]]:
    root = ElementTree.fromstring(draw(seed_graph(), "svg", ViewOptions(**options), engine).content)  # type: ignore[arg-type]
    found = {}
    for group in root.iter(f"{SVG}g"):
        styles = set(group.get("class", "").split())
        if kind in styles:
            found[group.get(f"data-{kind}", "")] = styles
    return found


def test_a_forward_step_marks_its_node_and_leaves_what_comes_later_pale(engine: Engine) -> None:
    shown = nodes(engine, step=2)
    assert {"current", "forward"} <= shown["n2"]
    pale = {key for key, styles in shown.items() if "pale" in styles}
    assert pale == {"n3", "n4", "n5", "n6", "n7"}


def test_a_gradient_is_written_when_its_node_has_run(engine: Engine) -> None:
    # Five steps forward (x, pow, mul, sum, div); the sixth is the first one backward.
    texts = {}
    for step in (6, 7):
        root = ElementTree.fromstring(draw(seed_graph(), "svg", ViewOptions(step=step), engine).content)
        [card] = [g for g in root.iter(f"{SVG}g") if g.get("data-node") == "n5"]
        texts[step] = [text.text for text in card.iter(f"{SVG}text")]
    assert "0.0833" not in texts[6]
    assert "0.0833" in texts[7]


def test_nothing_moves_from_step_to_step(engine: Engine) -> None:
    engine.place("digraph { warm -> up [id=e] }")
    draw(seed_graph(), "svg", ViewOptions(step=1), engine)
    before = engine.layouts
    for step in range(2, 11):
        draw(seed_graph(), "svg", ViewOptions(step=step), engine)
    assert engine.layouts == before


def test_a_step_past_the_end_is_refused(engine: Engine) -> None:
    with pytest.raises(ViewInvalidError, match="1 to 10"):
        nodes(engine, step=11)


def test_a_path_leaves_the_rest_pale(engine: Engine) -> None:
    shown = nodes(engine, path=("g", "z"))
    assert {key for key, styles in shown.items() if "pale" not in styles} == {"n4", "n5", "n7"}
    lines = _classes("edge", engine, path=("g", "z"))
    assert {key for key, styles in lines.items() if "strong" in styles} == {"e4", "e5"}


def test_a_variable_is_highlighted_by_name(engine: Engine) -> None:
    shown = nodes(engine, highlight=("g",))
    assert [key for key, styles in shown.items() if "marked" in styles] == ["n4"]


@pytest.mark.parametrize("options", [{"highlight": ("q",)}, {"path": ("x", "q")}])
def test_an_unknown_node_is_refused(engine: Engine, options: dict[str, object]) -> None:
    with pytest.raises(ViewInvalidError, match="no variable or node 'q'"):
        nodes(engine, **options)


def test_the_tints_are_the_same_in_every_step(engine: Engine) -> None:
    tints = []
    for step in (1, 10):
        root = ElementTree.fromstring(draw(seed_graph(), "svg", ViewOptions(step=step), engine).content)
        [card] = [g for g in root.iter(f"{SVG}g") if g.get("data-node") == "n0"]
        tints.append([rect.get("class") for rect in card.iter(f"{SVG}rect") if "cell" in rect.get("class", "")][:9])
    assert tints[0] == tints[1]
