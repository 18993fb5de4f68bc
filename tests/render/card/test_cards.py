"""What stands on the cards of all kinds of nodes."""

import re
from typing import Literal
from xml.etree import ElementTree

import pytest
import torch
from chainrule.errors import LayoutDeadlineError
from chainrule.graph.history import EMPTY, History
from chainrule.graph.model import Graph, NoGradient
from chainrule.layout import Engine, make_engine
from chainrule.layout.graphviz.wasm import WasmBackend
from chainrule.render import ViewOptions, draw
from chainrule.render.picture.edges import LABEL_SIZE

from tests.graph.build import module
from tests.render.build import Builder, tensor

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def engine() -> Engine:
    return make_engine()


def picture(graph: Graph, engine: Engine, **options: object) -> ElementTree.Element:
    return ElementTree.fromstring(draw(graph, "svg", ViewOptions(**options), engine).content)  # type: ignore[arg-type]


def card(root: ElementTree.Element, node: str) -> ElementTree.Element:
    [found] = [g for g in root.iter(f"{SVG}g") if g.get("data-box") == node]
    return found


def words(group: ElementTree.Element) -> list[str]:
    return [text.text or "" for text in group.iter(f"{SVG}text")]


def styles(group: ElementTree.Element) -> list[str]:
    return [" ".join(mark.get("class", "").split()) for mark in group if "class" in mark.attrib]


def bars(group: ElementTree.Element) -> list[float]:
    """The heights of a histogram's bars."""
    [path] = [mark for mark in group if mark.get("class") == "bar-value"]
    return [float(bar) for bar in re.findall(r"v-([0-9.]+)", path.get("d", ""))]


def one_operation(value: object, gradient: object = None, **more: object) -> Graph:
    made = Builder()
    x = made.leaf("x", 1.0, 1.0)
    made.add("SinBackward0", [(x, 1.0)], value, gradient, **more)  # type: ignore[arg-type]
    return made.graph()


def test_a_large_tensor_is_a_histogram_with_its_range_and_mean(engine: Engine) -> None:
    values = torch.linspace(-2, 6, 400).reshape(20, 20)
    group = card(picture(one_operation(values, torch.zeros(20, 20)), engine), "n1")
    said = words(group)
    assert "-2" in said
    assert "6" in said
    assert "mean 2" in said or "mean 2.0000" in said
    assert len(bars(group)) == 16


def test_a_histogram_counts_the_elements_itself_where_they_are_listed(engine: Engine) -> None:
    values = torch.tensor([0.0] * 30 + [1.0] * 10)
    group = card(picture(one_operation(values), engine), "n1")
    heights = bars(group)
    assert len(heights) == 2
    assert heights[0] / heights[1] == pytest.approx(3, rel=0.05)


def test_numbers_that_are_not_finite_stand_out(engine: Engine) -> None:
    root = picture(one_operation([1.0, float("nan"), float("inf")], [1.0, 1.0, -float("inf")]), engine)
    group = card(root, "n1")
    assert {"NaN", "∞", "-∞"} <= set(words(group))
    assert styles(group).count("cell alarm") == 3


def test_a_histogram_says_how_many_are_not_finite(engine: Engine) -> None:
    values = torch.ones(50)
    values[:3] = float("nan")
    values[3] = float("inf")
    assert "3 NaN, 1 ∞" in words(card(picture(one_operation(values), engine), "n1"))


def test_a_tensor_with_nothing_finite_has_no_bars(engine: Engine) -> None:
    group = card(picture(one_operation(torch.full((50,), float("nan"))), engine), "n1")
    assert "nothing finite" in words(group)
    assert "bar-value" not in styles(group)


def test_the_first_nan_is_marked_on_its_node(engine: Engine) -> None:
    group = card(picture(one_operation(float("nan"), flags=["first_nan"]), engine), "n1")
    assert "first NaN" in words(group)
    assert "first" in group.get("class", "").split()


def both(history: History) -> History:
    """What a pass left, left by a second one too."""
    return History((number, tensor) for number in (1, 2) for tensor in history)


def test_the_first_nan_gradient_is_marked_in_the_pass_where_it_comes_up_and_its_room_stays(engine: Engine) -> None:
    graph = one_operation(1.0, flags=["first_nan_gradient"])
    (only,) = graph.passes
    passes = [only.model_copy(update={"index": index, "first_nan": ["n1"] if index == 2 else []}) for index in (1, 2)]
    nodes = [
        node.model_copy(
            update={
                "outputs": [output.model_copy(update={"gradients": both(output.gradients)}) for output in node.outputs]
            }
        )
        for node in graph.nodes
    ]
    edges = [edge.model_copy(update={"contributions": both(edge.contributions)}) for edge in graph.edges]
    twice = graph.model_copy(update={"passes": passes, "nodes": nodes, "edges": edges})
    first, second = (picture(twice, engine, pass_index=index) for index in (1, 2))
    assert "first NaN gradient" not in words(card(first, "n1"))
    assert "first NaN gradient" in words(card(second, "n1"))
    assert first.get("height") == second.get("height")


@pytest.mark.parametrize(
    ("flag", "badge"),
    [("in_place", "in place"), ("view", "view"), ("custom", "custom"), ("checkpoint", "checkpoint")],
)
def test_flags_are_badges(engine: Engine, flag: str, badge: str) -> None:
    assert badge in words(card(picture(one_operation(1.0, flags=[flag]), engine), "n1"))


def test_a_root_has_a_second_outline(engine: Engine) -> None:
    root = picture(one_operation(1.0, 1.0, flags=["root"]), engine)
    assert "inner" in styles(card(root, "n1"))
    assert "inner" not in styles(card(root, "n0"))


def test_kinds_differ_in_shape(engine: Engine) -> None:
    made = Builder()
    x = made.leaf("x", 1.0, 1.0)
    c = made.constant(3)
    d = made.add("aten.mul", [x], 3.0, kind="detached")
    made.add("MulBackward0", [(x, 1.0), c, d], 3.0, 1.0)
    root = picture(made.graph(), engine)
    shapes = {}
    for node in ("n0", "n1", "n2", "n3"):
        [outline] = [mark for mark in card(root, node) if mark.get("class") == "card"]
        radius, height = float(outline.get("rx", "0")), float(outline.get("height", "0"))
        shapes[node] = "pill" if radius == height / 2 else radius
    assert shapes["n1"] == "pill"
    assert len(set(shapes.values())) == 4


def test_a_parameter_has_its_corners_cut(engine: Engine) -> None:
    made = Builder()
    w = made.leaf("net.weight", [1.0], [1.0], parameter=True)
    made.add("SumBackward0", [(w, [1.0])], 1.0, 1.0)
    [outline] = [mark for mark in card(picture(made.graph(), engine), "n0") if mark.get("class") == "card"]
    assert outline.tag == f"{SVG}path"
    assert outline.get("d", "").count("L") == 3


def test_each_output_of_a_node_has_its_value_and_gradient(engine: Engine) -> None:
    made = Builder()
    x = made.leaf("x", [1.0, 2.0], [3.0, 4.0])
    s = made.add("SplitBackward0", [(x, [3.0, 4.0])], outputs=[([1.0], [3.0]), ([2.0], [4.0])])
    made.add("MulBackward0", [(s, [3.0], 0), (s, [4.0], 1)], 2.0, 1.0)
    root = picture(made.graph(), engine)
    assert {"2 outputs", "value 0", "grad 0", "value 1", "grad 1"} <= set(words(card(root, "n1")))
    lines = {g.get("data-edge"): words(g) for g in root.iter(f"{SVG}g") if "data-edge" in g.attrib}
    assert lines["e1"] == ["0"]
    assert lines["e2"] == ["1"]
    assert lines["e0"] == []


def test_more_outputs_than_there_is_room_for_are_counted(engine: Engine) -> None:
    graph = one_operation(None, outputs=[(float(i), None) for i in range(7)])
    assert "and 3 more outputs" in words(card(picture(graph, engine), "n1"))


@pytest.mark.parametrize(("reason", "told"), [("detached", "none: detached"), ("no_pass", "none: backward failed")])
def test_a_leaf_without_gradient_says_why(engine: Engine, reason: Literal["detached", "no_pass"], told: str) -> None:
    graph = one_operation(1.0, 1.0)
    leaf = graph.nodes[0].model_copy(update={"no_gradient": NoGradient(reason=reason)})
    leaf = leaf.model_copy(update={"outputs": [leaf.outputs[0].model_copy(update={"gradients": EMPTY})]})
    graph = graph.model_copy(update={"nodes": [leaf, *graph.nodes[1:]]})
    assert told in words(card(picture(graph, engine), "n0"))


def two_passes() -> Graph:
    made = Builder(passes=2)
    x = made.leaf("x", 2.0, 3.0, 5.0, accumulated=[3.0, 8.0])
    made.add("MulBackward0", [(x, 3.0)], 6.0, 1.0)
    return made.graph()


def test_a_pass_shows_its_own_gradient_and_what_has_accumulated(engine: Engine) -> None:
    first = words(card(picture(two_passes(), engine, pass_index=1), "n0"))
    second = words(card(picture(two_passes(), engine), "n0"))
    assert first[-4:] == ["grad", "3", ".grad", "3"]
    assert second[-4:] == ["grad", "5", ".grad", "8"]


def test_a_picture_opens_on_the_last_pass_that_ran_to_its_end(engine: Engine) -> None:
    graph = two_passes()
    failed = graph.passes[1].model_copy(update={"error": "Trying to backward through the graph a second time"})
    graph = graph.model_copy(update={"passes": [graph.passes[0], failed]})
    assert words(card(picture(graph, engine), "n0"))[-4:] == ["grad", "3", ".grad", "3"]
    assert words(card(picture(graph, engine, pass_index=2), "n0"))[-4:] == ["grad", "5", ".grad", "8"]


def test_nothing_moves_from_pass_to_pass() -> None:
    fresh = make_engine()
    for number in (1, 2):
        picture(two_passes(), fresh, pass_index=number)
    assert fresh.layouts == 1


def test_an_edge_that_carried_nothing_is_dashed_and_one_that_cannot_is_thin(engine: Engine) -> None:
    made = Builder()
    x, y, c = made.leaf("x", 1.0, 1.0), made.leaf("y", 1.0), made.constant(2)
    made.add("MulBackward0", [(x, 1.0), (y, None), c], 1.0, 1.0)
    root = picture(made.graph(), engine)
    kinds = {g.get("data-edge"): g.get("class") for g in root.iter(f"{SVG}g") if "data-edge" in g.attrib}
    assert kinds == {"e0": "edge flow", "e1": "edge still", "e2": "edge take"}


@pytest.mark.parametrize(("labels", "said"), [("values", "0.25"), ("norms", "norm 0.25"), ("slots", "0")])
def test_lines_say_what_was_asked(engine: Engine, labels: str, said: str) -> None:
    made = Builder()
    x = made.leaf("x", 1.0, 0.25)
    made.add("MulBackward0", [(x, 0.25)], 1.0, 1.0)
    root = picture(made.graph(), engine, labels=labels)
    [line] = [g for g in root.iter(f"{SVG}g") if g.get("data-edge") == "e0"]
    assert words(line) == [said]


def test_a_line_is_as_wide_as_its_gradient_is_large(engine: Engine) -> None:
    made = Builder()
    x, y = made.leaf("x", 1.0, 100.0), made.leaf("y", 1.0, 1.0)
    made.add("MulBackward0", [(x, 100.0), (y, 1.0)], 1.0, 1.0)
    root = picture(made.graph(), engine, widths=True)
    kinds = {g.get("data-edge"): g.get("class", "").split() for g in root.iter(f"{SVG}g") if "data-edge" in g.attrib}
    assert "w5" in kinds["e0"]
    assert "w1" in kinds["e1"]


@pytest.mark.parametrize(
    ("view", "labels"),
    [("both", {"value", "grad"}), ("values", {"value"}), ("gradients", {"grad"}), ("structure", set())],
)
def test_a_view_shows_its_rows_only(engine: Engine, view: str, labels: set[str]) -> None:
    said = set(words(card(picture(one_operation(1.0, 1.0), engine, view=view), "n1")))
    assert said & {"value", "grad"} == labels


def test_saved_tensors_are_shown_on_demand(engine: Engine) -> None:
    saved = {"_saved_self": tensor([[1.0, 2.0]]), "_saved_dim": [0, 1], "keep": True, "p": 0.5, "none": None, "z": "s"}
    graph = one_operation(1.0, 1.0, saved=saved)
    assert "self" not in words(card(picture(graph, engine), "n1"))
    said = words(card(picture(graph, engine, saved=True), "n1"))
    for word in ("self", "1×2 float32", "dim", "0, 1", "keep", "True", "p", "0.5", "and 1 more saved"):
        assert word in said, word


def test_constants_are_left_out_on_demand(engine: Engine) -> None:
    made = Builder()
    x, c = made.leaf("x", 1.0, 1.0), made.constant(2)
    made.add("MulBackward0", [(x, 1.0), c], 2.0, 1.0)
    root = picture(made.graph(), engine, constants=False)
    assert [g.get("data-node") for g in root.iter(f"{SVG}g") if "data-node" in g.attrib] == ["n0", "n2"]


def folded(engine: Engine) -> ElementTree.Element:
    made = Builder()
    inside = [module("net", "Net"), module("net.0", "Linear")]
    x = made.leaf("x", [1.0], [1.0])
    w = made.leaf("net.0.weight", [[2.0]], [[3.0]], parameter=True, scope=inside)
    t = made.add("TBackward0", [(w, [[3.0]])], [[2.0]], [[3.0]], scope=inside)
    h = made.add("MmBackward0", [(x, [1.0]), (t, [[3.0]])], [2.0], [1.0], scope=inside)
    made.add("SumBackward0", [(h, [1.0])], 2.0, 1.0)
    return picture(made.graph(), engine, closed=("net.0",))


def test_a_fold_says_what_is_inside_and_the_norms_of_its_gradients(engine: Engine) -> None:
    root = folded(engine)
    [fold] = [g for g in root.iter(f"{SVG}g") if g.get("class", "").startswith("node fold")]
    said = words(fold)
    for word in ("net.0", "Linear", "2 operations · 1 leaf", "in   x [1]", "out  [1]", "grad weight", "norm 3"):
        assert word in said, word
    assert fold.get("data-fold")
    assert styles(fold).count("behind") == 2


def test_a_fold_carries_the_alarms_of_what_it_holds(engine: Engine) -> None:
    made = Builder()
    inside = [module("net", "Net")]
    x = made.leaf("x", [-1.0], [1.0])
    h = made.add("SqrtBackward0", [(x, [1.0])], [float("nan")], [1.0], scope=inside, flags=["first_nan"])
    y = made.add("ExpBackward0", [(h, [1.0])], [float("nan")], [1.0], scope=inside)
    made.add("SumBackward0", [(y, [1.0])], float("nan"), 1.0)
    [fold] = [g for g in picture(made.graph(), engine, closed=("net",)).iter(f"{SVG}g") if g.get("data-fold")]
    assert "first NaN" in words(fold)
    assert (fold.get("class") or "").split() == ["node", "fold", "first"]
    assert "first NaN" in (fold.get("aria-label") or "")


def test_an_open_scope_has_a_frame_with_its_name(engine: Engine) -> None:
    names = [g for g in folded(engine).iter(f"{SVG}g") if g.get("class") == "scope-name"]
    assert [words(g) for g in names] == [["net Net"]]


class Slow:
    """Graphviz that is too slow for more than so many boxes."""

    name = "slow"

    def __init__(self, most: int) -> None:
        self.most = most

    def run(self, dot: str, output: str, seconds: float) -> bytes:
        if dot.count("height=") > self.most:
            raise LayoutDeadlineError(f"Graphviz was stopped after {seconds:g} s.")
        return WasmBackend(1 << 28).run(dot, output, seconds)


def long_chain() -> Graph:
    made = Builder()
    last = made.leaf("x", 1.0, 1.0)
    for _ in range(100):
        last = made.add("SinBackward0", [(last, 1.0)], 1.0, 1.0)
    return made.graph()


def test_a_picture_that_takes_too_long_is_drawn_coarser_and_says_so() -> None:
    root = picture(long_chain(), Engine(Slow(60), 1.0, 4))
    nodes = [g for g in root.iter(f"{SVG}g") if "data-node" in g.attrib]
    assert 1 < len(nodes) <= 40
    assert any("took too long: this is a coarser picture" in word for word in words(root))


def test_a_picture_that_still_takes_too_long_is_refused_with_the_counts() -> None:
    with pytest.raises(LayoutDeadlineError, match=r"standing for 101 nodes and 100 edges, could not be laid out"):
        picture(long_chain(), Engine(Slow(0), 1.0, 4))


def corners(root: ElementTree.Element, node: str) -> tuple[float, float, float]:
    """The top and bottom of a card, and how large it is drawn."""
    group = card(root, node)
    _, y, *scale = re.findall(r"[0-9.]+", group.get("transform", ""))
    grown = float(scale[0]) if scale else 1.0
    [outline] = [mark for mark in group if mark.get("class") == "card"]
    return float(y), float(y) + grown * float(outline.get("height", "0")), grown


def test_cards_and_their_text_grow_with_the_font_scale_and_the_room_between_them_stays(engine: Engine) -> None:
    small, large = (picture(one_operation(1.0), engine, font_scale=scale) for scale in (1.0, 2.5))
    (top, foot, _), (below, _, _) = corners(small, "n0"), corners(small, "n1")
    (top_large, foot_large, scale), (below_large, _, _) = corners(large, "n0"), corners(large, "n1")
    assert scale == 2.5
    assert foot_large - top_large == pytest.approx(2.5 * (foot - top))
    assert below_large - foot_large == pytest.approx(below - foot, abs=1)


def test_titles_labels_and_legend_grow_with_the_font_scale(engine: Engine) -> None:
    graph = one_operation([1.0, 2.0], [1.0, 1.0], scope=[module("net"), module("net.0")])
    for text in picture(graph, engine, font_scale=2.0, labels="norms").iter(f"{SVG}text"):
        if (text.text or "").startswith("norm"):
            assert float(text.get("font-size", "0")) == 2 * LABEL_SIZE
    groups = [g for g in picture(graph, engine, font_scale=2.0).iter(f"{SVG}g") if g.get("class") != "edge flow"]
    assert all("scale(2)" in g.get("transform", "") for g in groups if next(g.iter(f"{SVG}text"), None) is not None)


def test_numbers_that_were_too_many_to_list_are_a_histogram(engine: Engine) -> None:
    graph = one_operation(torch.arange(6.0).reshape(2, 3))
    shown = graph.nodes[1].outputs[0]
    assert shown.value is not None
    stats = shown.value.stats.model_copy(update={"histogram": [1, 0, 2, 3]})
    value = shown.value.model_copy(update={"values": None, "stats": stats})
    node = graph.nodes[1].model_copy(update={"outputs": [shown.model_copy(update={"value": value})]})
    group = card(picture(graph.model_copy(update={"nodes": [graph.nodes[0], node]}), engine), "n1")
    assert len(bars(group)) == 3
    assert {"0", "5", "mean 2.5"} <= set(words(group))


def test_the_scale_of_the_tints_counts_what_is_tinted(engine: Engine) -> None:
    made = Builder()
    small = made.leaf("x", [1.0, 2.0], [1.0, 1.0])
    large = made.leaf("y", torch.full((20, 20), 500.0), torch.ones(20, 20))
    made.add("AddBackward0", [(small, [1.0, 1.0]), (large, torch.ones(20, 20))], [3.0, 4.0], [1.0, 1.0])
    [legend] = [g for g in picture(made.graph(), engine).iter(f"{SVG}g") if g.get("class") == "legend"]
    assert "4" in words(legend)
    assert "500" not in words(legend)
