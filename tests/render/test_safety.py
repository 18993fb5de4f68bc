"""Nothing of a program's text becomes anything but text in a picture."""

from dataclasses import replace

import pytest
from chainrule.layout import Engine, make_engine
from chainrule.layout.graphviz.wasm import WasmBackend
from chainrule.render import ViewOptions, draw, error_picture

from tests.render.build import SEED_SOURCE, seed_graph
from tests.render.hostile import STRINGS, check_svg, hostile_graph


@pytest.fixture(scope="module")
def engine() -> Engine:
    return make_engine()


@pytest.mark.parametrize("theme", ["auto", "light", "dark", "print"])
def test_a_picture_is_made_of_a_few_known_things(engine: Engine, theme: str) -> None:
    check_svg(draw(seed_graph(), "svg", ViewOptions.from_query({"theme": theme}), engine, SEED_SOURCE).content)


@pytest.mark.parametrize("word", STRINGS, ids=range(len(STRINGS)))
def test_hostile_names_stay_text(engine: Engine, word: str) -> None:
    options = ViewOptions(saved=True, labels="slots")
    source = "\n".join([word.replace("\n", " ")] * 3)
    graph = hostile_graph(word)
    for shown in (options, replace(options, boxes=2)):
        check_svg(draw(graph, "svg", shown, engine, source).content)


@pytest.mark.parametrize("word", STRINGS, ids=range(len(STRINGS)))
def test_hostile_messages_stay_text(word: str) -> None:
    check_svg(error_picture(word, f"{word}\n{word}").content)


def test_no_word_of_the_program_reaches_graphviz(engine: Engine) -> None:
    asked: list[str] = []

    class Listener:
        name = "wasm"

        def run(self, dot: str, output: str, seconds: float) -> bytes:
            asked.append(dot)
            return WasmBackend(1 << 28).run(dot, output, seconds)

    draw(hostile_graph("evil"), "svg", ViewOptions(saved=True), Engine(Listener(), 5.0, 1), "evil\n" * 3)
    [dot] = asked
    assert "evil" not in dot
