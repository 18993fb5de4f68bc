"""Where parts, pills and frames stand."""

import json
import re
from itertools import combinations

import pytest
from chainrule.errors import PictureError
from chainrule.layout import Area, Direction, Engine, Geometry, Room, Size, make_dot, make_engine
from chainrule.layout.place.arrange import arrange
from chainrule.layout.place.rank_offsets import settle
from chainrule.scene.model import Box, Frame, Link, Scene

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


def inside(area: Area, size: Size) -> bool:
    right, foot = area.x + area.width, area.y + area.height
    return min(area.x, area.y) >= -0.5 and right <= size.width + 0.5 and foot <= size.height + 0.5


def test_boxes_without_lines_stand_beside_the_graph_and_cost_no_layout() -> None:
    lone = tuple(Box(f"m{index}", GRAPH.nodes[0]) for index in range(9))
    crowd = Scene(scene().boxes + lone, scene().links)
    engine = make_engine()
    geometry = arrange(crowd, Room({box.id: Size(300, 100) for box in crowd.boxes}), engine)
    assert set(geometry.boxes) == {box.id for box in crowd.boxes}
    assert not any(overlap(one, other) for one, other in combinations(geometry.boxes.values(), 2))
    assert all(inside(area, geometry.size) for area in geometry.boxes.values())
    assert engine.layouts == 1


def iterations(count: int, framed: bool) -> Scene:
    parts = [(Box(f"a{i}", GRAPH.nodes[0]), Box(f"b{i}", GRAPH.nodes[2])) for i in range(count)]
    links = tuple(Link(f"e{i}", f"b{i}", f"a{i}", (GRAPH.edges[0],)) for i in range(count))
    ids = [(a.id, b.id) for a, b in parts]
    scopes = tuple(Frame(f"s{i}", module(f"net.{i}"), f"net.{i}", own) for i, own in enumerate(ids))
    frames = (Frame("s", module("net"), "net", (), scopes),) if framed else ()
    return Scene(tuple(box for part in parts for box in part), links, frames)


@pytest.mark.parametrize("framed", [False, True])
@pytest.mark.parametrize("direction", ["TB", "LR"])
def test_unconnected_parts_fill_a_page_and_not_a_strip(framed: bool, direction: Direction) -> None:
    crowd = iterations(16, framed)
    sizes = {box.id: Size(240, 90) for box in crowd.boxes}
    geometry = arrange(crowd, Room(sizes, direction=direction, frame_titles={"s": "net"}), make_engine())
    assert not any(overlap(one, other) for one, other in combinations(geometry.boxes.values(), 2))
    assert all(inside(area, geometry.size) for area in (*geometry.boxes.values(), *geometry.frames.values()))
    assert 1 / 3 < geometry.size.width / geometry.size.height < 3
    for link in crowd.links:
        start, tip = geometry.boxes[link.target], geometry.routes[link.id].tip
        end = geometry.boxes[link.source]
        assert tip is not None
        assert end.x - 1 <= tip[0] <= end.x + end.width + 1
        assert end.y - 1 <= tip[1] <= end.y + end.height + 1
        assert (start.y < end.y) if direction == "TB" else (start.x < end.x)
    for number in range(16 if framed else 0):
        frame, box = geometry.frames[f"s{number}"], geometry.boxes[f"a{number}"]
        assert frame.x <= box.x
        assert frame.y <= box.y
        assert not any(overlap(frame, geometry.frames[f"s{other}"]) for other in range(16) if other != number)


def test_all_parts_together_have_the_time_of_one_layout() -> None:
    class Slow:
        name = "slow"
        given: list[float] = []

        def run(self, dot: str, output: str, seconds: float) -> bytes:
            self.given.append(seconds)
            names = re.findall(r"([ab]\d+) \[", dot)
            boxes = [{"name": name, "pos": "10,10", "width": "1", "height": "1"} for name in names]
            ways = [{"id": f"e{names[0][1:]}", "pos": "e,1,1 1,1 2,2 3,3 4,4"}]
            return json.dumps({"bb": "0,0,90,90", "objects": boxes, "edges": ways}).encode()

    backend = Slow()
    crowd = iterations(5, framed=False)
    arrange(crowd, Room({box.id: Size(72, 72) for box in crowd.boxes}), Engine(backend, 3.0, 10))
    assert len(backend.given) == 5
    assert backend.given == sorted(backend.given, reverse=True)
    assert backend.given[0] <= 3.0


def test_equal_requests_are_packed_alike() -> None:
    crowd = iterations(7, framed=True)
    room = Room({box.id: Size(100 + 7 * len(box.id), 90) for box in crowd.boxes}, frame_titles={"s": "net"})
    assert arrange(crowd, room, make_engine()) == arrange(crowd, room, make_engine())


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
