"""Graphviz behind one interface."""

import shutil
import threading

import pytest
from chainrule.errors import LayoutDeadlineError, PictureError
from chainrule.layout import Engine, Geometry, Size, make_dot, make_engine
from chainrule.scene.model import Box, Link, Scene
from chainrule.settings import Settings

from tests.render.build import seed_graph

SMALL = "digraph { node [shape=box fixedsize=true width=1 height=0.5] a -> b [id=e0] a -> b [id=e1] b -> c [id=e2] }"


def slow_graph(nodes: int = 400) -> str:
    lines = [f"n{i} -> n{(i * 7 + j * 13) % nodes} [id=e{i}_{j}]" for i in range(nodes) for j in range(8)]
    return f"digraph {{ {';'.join(lines)} }}"


NATIVE = pytest.param(
    "native", marks=pytest.mark.skipif(shutil.which("dot") is None, reason="there is no `dot` on PATH to compare with")
)


@pytest.fixture(params=["wasm", NATIVE])
def engine(request: pytest.FixtureRequest) -> Engine:
    return make_engine(str(request.param))


def order(geometry: Geometry) -> list[str]:
    return sorted(geometry.boxes, key=lambda name: geometry.boxes[name].y)


def test_boxes_and_lines_are_placed_the_same_way_by_every_engine(engine: Engine) -> None:
    geometry = engine.place(SMALL)
    assert order(geometry) == ["a", "b", "c"]
    assert set(geometry.routes) == {"e0", "e1", "e2"}
    assert geometry.boxes["a"].width == pytest.approx(72)
    assert geometry.boxes["a"].height == pytest.approx(36)
    route = geometry.routes["e2"]
    assert route.tip is not None
    assert route.tip[1] == pytest.approx(geometry.boxes["c"].y, abs=0.5)


def test_what_was_placed_once_is_not_placed_again(engine: Engine) -> None:
    assert engine.place(SMALL) is engine.place(SMALL)
    assert engine.layouts == 1


def test_old_geometries_are_forgotten() -> None:
    engine = make_engine(Settings(layouts_kept=1))
    engine.place(SMALL)
    engine.place("digraph { a -> b [id=e0] }")
    engine.place(SMALL)
    assert engine.layouts == 3


def test_a_layout_is_stopped_at_its_deadline_and_the_next_one_runs(engine: Engine) -> None:
    engine.seconds = 0.05
    with pytest.raises(LayoutDeadlineError, match=r"0\.05 s"):
        engine.place(slow_graph())
    engine.seconds = 5.0
    assert order(engine.place(SMALL)) == ["a", "b", "c"]


def test_a_layout_over_its_memory_fails_and_the_next_one_runs() -> None:
    engine = make_engine(Settings(layout_memory_bytes=17 << 20, layout_seconds=60))
    with pytest.raises(PictureError, match=r"bytes|memory"):
        engine.place(slow_graph(2500))
    assert order(engine.place(SMALL)) == ["a", "b", "c"]


def test_a_graph_that_does_not_parse_is_refused(engine: Engine) -> None:
    with pytest.raises(PictureError, match="refused"):
        engine.place("digraph { a -> ")


def test_each_layout_that_is_run_is_told_with_its_outcome_and_time() -> None:
    told: list[tuple[str, str, float]] = []
    engine = make_engine(observe=lambda stage, outcome, seconds: told.append((stage, outcome, seconds)))
    engine.place(SMALL)
    engine.place(SMALL)  # from memory
    with pytest.raises(PictureError):
        engine.place("digraph { a -> ")
    assert [(stage, outcome) for stage, outcome, _ in told] == [("layout", "ok"), ("layout", "failed")]
    assert all(seconds > 0 for _, _, seconds in told)


def test_threads_have_deadlines_of_their_own() -> None:
    engine = make_engine()
    found: dict[int, Geometry] = {}

    def place(number: int) -> None:
        for turn in range(10):
            found[number] = engine.place(f"digraph {{ a{number} -> b{turn} [id=e0] }}")

    threads = [threading.Thread(target=place, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [0, 1, 2, 3]
    assert engine.layouts == 40


def test_graphviz_draws_its_own_picture(engine: Engine) -> None:
    assert b"<svg" in engine.picture(SMALL)


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(ValueError, match="wasm or native"):
        make_engine("magic")


def test_native_without_a_dot_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(PictureError, match="no `dot` on PATH"):
        make_engine("native").place(SMALL)


def test_every_engine_gives_a_graph_the_same_order(engine: Engine) -> None:
    graph = seed_graph()
    boxes = tuple(Box(node.id, node) for node in graph.nodes)
    scene = Scene(boxes, tuple(Link(edge.id, edge.source, edge.target, (edge,)) for edge in graph.edges))
    geometry = engine.place(make_dot(scene, {box.id: Size(120, 60) for box in boxes}))
    assert set(geometry.routes) == {edge.id for edge in graph.edges}
    ranks: dict[float, set[str]] = {}
    for key, area in geometry.boxes.items():
        ranks.setdefault(round(area.y), set()).add(key)
    assert [ranks[y] for y in sorted(ranks)] == [{"n0", "n1"}, {"n2", "n3"}, {"n4"}, {"n5", "n6"}, {"n7"}]
