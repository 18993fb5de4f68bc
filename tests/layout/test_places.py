"""What is moved after Graphviz has placed a scene."""

from itertools import combinations

import pytest

from app.errors import PictureError
from app.graph.scene import Box, Frame, Link, Scene
from app.layout import Area, Direction, Geometry, Size, lone_boxes, make_dot, make_engine, settle, shelve, without
from tests.graph.build import module
from tests.render.build import seed_graph

GRAPH = seed_graph()


def scene() -> Scene:
    boxes = tuple(Box(node.id, node) for node in GRAPH.nodes)
    return Scene(boxes, tuple(Link(edge.id, edge.source, edge.target, (edge,)) for edge in GRAPH.edges))


def placed(direction: Direction) -> tuple[Geometry, Geometry]:
    """Where Graphviz puts the seed graph, and where its pills settle."""
    sizes = {node.id: Size(50, 30) if node.kind == "constant" else Size(200, 180) for node in GRAPH.nodes}
    geometry = make_engine().place(make_dot(scene(), sizes, direction))
    return geometry, settle(geometry, scene(), ["n1", "n3", "n6"], direction)


def overlap(one: Area, other: Area) -> bool:
    wide = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    high = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return wide > 0.5 and high > 0.5


@pytest.mark.parametrize("direction", ["TB", "BT", "LR", "RL"])
def test_a_pill_moves_towards_its_user_and_onto_nothing(direction: Direction) -> None:
    before, after = placed(direction)
    axis = "y" if direction in ("TB", "BT") else "x"
    sign = 1 if direction in ("TB", "LR") else -1
    assert (getattr(after.boxes["n1"], axis) - getattr(before.boxes["n1"], axis)) * sign > 20
    assert not any(overlap(one, other) for one, other in combinations(after.boxes.values(), 2))
    assert {key: area for key, area in after.boxes.items() if key not in ("n1", "n3", "n6")} == {
        key: area for key, area in before.boxes.items() if key not in ("n1", "n3", "n6")
    }


@pytest.mark.parametrize("direction", ["TB", "BT", "LR", "RL"])
def test_the_line_of_a_pill_runs_from_its_new_place_to_the_card(direction: Direction) -> None:
    _, after = placed(direction)
    pill, route = after.boxes["n1"], after.routes["e1"]
    x, y = route.points[0]
    assert pill.x - 0.5 <= x <= pill.x + pill.width + 0.5
    assert pill.y - 0.5 <= y <= pill.y + pill.height + 0.5
    card, tip = after.boxes["n2"], route.tip
    assert tip is not None
    assert card.x - 1 <= tip[0] <= card.x + card.width + 1
    assert card.y - 1 <= tip[1] <= card.y + card.height + 1


def test_boxes_without_lines_are_set_in_rows() -> None:
    lone = tuple(Box(f"m{index}", GRAPH.nodes[0]) for index in range(9))
    crowd = Scene(scene().boxes + lone, scene().links)
    assert lone_boxes(crowd) == tuple(box.id for box in lone)
    sizes = {box.id: Size(300, 100) for box in crowd.boxes}
    geometry = make_engine().place(make_dot(without(crowd, lone_boxes(crowd)), sizes))
    shelved = shelve(geometry, lone_boxes(crowd), sizes)
    assert set(shelved.boxes) == {box.id for box in crowd.boxes}
    assert not any(overlap(one, other) for one, other in combinations(shelved.boxes.values(), 2))
    assert all(area.x + area.width <= shelved.size.width + 0.5 for area in shelved.boxes.values())
    assert all(area.y + area.height <= shelved.size.height + 0.5 for area in shelved.boxes.values())
    assert len({area.y for key, area in shelved.boxes.items() if key.startswith("m")}) > 1


def test_a_few_lone_boxes_and_those_in_frames_stay_with_graphviz() -> None:
    lone = tuple(Box(f"m{index}", GRAPH.nodes[0]) for index in range(3))
    assert lone_boxes(Scene(lone[:2], ())) == ()
    inner = Frame("s1", module("net.0"), "net.0", ("m2",))
    frame = Frame("s0", module("net"), "net", ("m0", "m1"), (inner,))
    assert lone_boxes(Scene(lone, (), (frame,))) == ()


def test_frames_hold_their_boxes() -> None:
    inner = Frame("s1", module("net.0"), "net.0", ("n4",))
    framed = Scene(scene().boxes, scene().links, (Frame("s0", module("net"), "net", ("n2",), (inner,)),))
    sizes = {node.id: Size(200, 80) for node in GRAPH.nodes}
    geometry = make_engine().place(make_dot(framed, sizes, frame_titles={"s0": "net", "s1": "net.0"}))
    for outer, held in (("s0", geometry.frames["s1"]), ("s0", geometry.boxes["n2"]), ("s1", geometry.boxes["n4"])):
        area = geometry.frames[outer]
        assert area.x <= held.x
        assert area.y + 12 <= held.y
        assert held.x + held.width <= area.x + area.width
        assert held.y + held.height <= area.y + area.height


@pytest.mark.parametrize("name", ['n0"', "n0:s", "n0\\", "a b", "", "n\n0", "<b>", "n" * 300])
def test_what_is_not_an_id_is_refused(name: str) -> None:
    hostile = Scene((Box(name, GRAPH.nodes[0]),), ())
    with pytest.raises(PictureError, match="is not an id"):
        make_dot(hostile, {name: Size(10, 10)})
