"""What is folded, what is shown, and that nothing is lost between them."""

import textwrap

import pytest
from chainrule.errors import ViewInvalidError
from chainrule.graph.model import Graph
from chainrule.scene.build import make_scene
from chainrule.scene.model import Scene, SceneOptions

from tests.golden.examples import graph_of
from tests.graph.build import Builder, chain, function, iteration, module
from tests.graph.program import trace


def drawn_ids(scene: Scene) -> set[str]:
    """Every node that a box stands for."""
    found: set[str] = set()
    for box in scene.boxes:
        found |= {box.node.id} if box.node else set(box.fold.members if box.fold else ())
    return found


def blocks(count: int, size: int) -> Graph:
    """A model of equal blocks, each with a parameter."""
    made = Builder()
    last = made.leaf("x")
    for number in range(count):
        scope = [module("net", "Net"), module(f"net.{number}")]
        weight = made.leaf(f"net.{number}.weight", scope, parameter=True)
        last = made.node("MulBackward0", [last, weight], scope=scope)
        for _ in range(size - 1):
            last = made.node("TanhBackward0", [last], scope=scope)
    return made.graph(made.node("SumBackward0", [last]))


def test_a_small_graph_is_shown_whole() -> None:
    graph = chain(10)
    scene = make_scene(graph)
    assert [box.id for box in scene.boxes] == [node.id for node in graph.nodes]
    assert [link.edges for link in scene.links] == [(edge,) for edge in graph.edges]
    assert scene.frames == ()
    assert scene.notices == ()


def test_x_times_x_has_two_links() -> None:
    made = Builder()
    x = made.leaf("x")
    made.node("MulBackward0", [x, x])
    scene = make_scene(made.graph())
    assert [(link.source, link.target) for link in scene.links] == [("n1", "n0"), ("n1", "n0")]
    assert len({link.id for link in scene.links}) == 2


def test_equal_blocks_fold_alike_and_say_how_many() -> None:
    scene = make_scene(blocks(12, 30))
    folds = [box.fold for box in scene.boxes if box.fold]
    assert [fold.path for fold in folds] == [f"net.{number}" for number in range(12)]
    assert {fold.repeat for fold in folds} == {12}
    assert {fold.operations for fold in folds} == {30}
    assert folds[3].label == "net.3 Block"
    assert len(folds[3].parameters) == 1
    assert len(folds[3].inputs) == len(folds[3].outputs) == 1


def test_every_node_is_drawn_or_inside_a_fold() -> None:
    graph = blocks(40, 50)
    scene = make_scene(graph)
    assert drawn_ids(scene) == {node.id for node in graph.nodes}


@pytest.mark.parametrize("length", [149, 150, 200, 1000, 10_000])
def test_a_chain_without_scope_stays_within_the_boxes(length: int) -> None:
    graph = chain(length)
    scene = make_scene(graph)
    assert len(scene.boxes) <= 150
    assert drawn_ids(scene) == {node.id for node in graph.nodes}
    assert scene.boxes[0].id == "n0"
    assert scene.boxes[-1].id == graph.roots[0].node


def test_every_fold_can_be_opened_down_to_the_nodes() -> None:
    graph = chain(5000)
    opened: tuple[str, ...] = ()
    for _ in range(10):
        scene = make_scene(graph, SceneOptions(open=opened, boxes=30))
        fold = next((box.fold for box in scene.boxes if box.fold and "n2500" in box.fold.members), None)
        if fold is None:
            break
        opened = (fold.path,)
    assert "n2500" in {box.id for box in scene.boxes}
    assert len(scene.boxes) < 150


def test_opening_a_scope_frames_it_and_leaves_the_others_folded() -> None:
    scene = make_scene(blocks(12, 30), SceneOptions(open=("net.3",)))
    assert [frame.path for frame in scene.frames] == ["net"]
    assert [frame.path for frame in scene.frames[0].frames] == ["net.3"]
    assert scene.frames[0].frames[0].label == "net.3 Block"
    assert len([box for box in scene.boxes if box.fold and box.fold.scope]) == 11


def test_a_closed_scope_stays_folded_where_there_is_room() -> None:
    scene = make_scene(blocks(3, 3), SceneOptions(closed=("net.1",)))
    assert [box.fold.path for box in scene.boxes if box.fold] == ["net.1"]


@pytest.mark.parametrize("options", [SceneOptions(open=("nte.1",)), SceneOptions(closed=("nte.1",))])
def test_an_unknown_path_is_refused_with_a_suggestion(options: SceneOptions) -> None:
    with pytest.raises(ViewInvalidError, match=r"did you mean .*net\.1"):
        make_scene(blocks(3, 3), options)


def test_opening_more_than_there_is_room_for_says_so() -> None:
    scene = make_scene(blocks(48, 20), SceneOptions(open=("*",), most_boxes=200))
    assert len(scene.boxes) <= 200
    assert any("no room" in notice for notice in scene.notices)


def test_open_everything_shows_every_node() -> None:
    graph = blocks(10, 30)
    scene = make_scene(graph, SceneOptions(open=("*",)))
    assert {box.id for box in scene.boxes} == {node.id for node in graph.nodes}


def loop(steps: int) -> Graph:
    """Two weights shared by every iteration of a loop."""
    made = Builder()
    weight, bias = made.leaf("W"), made.leaf("b")
    last = made.leaf("h")
    for step in range(1, steps + 1):
        scope = [iteration("t", step)]
        last = made.node("AddmmBackward0", [bias, last, weight], scope=scope)
        last = made.node("TanhBackward0", [last], scope=scope)
    return made.graph()


def test_a_leaf_with_many_uses_is_drawn_at_each() -> None:
    scene = make_scene(loop(20), SceneOptions(open=("*",)))
    copies = [box for box in scene.boxes if box.node and box.node.id == "n0"]
    assert [box.copy for box in copies] == list(range(1, 21))
    assert [box.id for box in copies][:2] == ["n0.1", "n0.2"]
    assert sum(link.target.startswith("n0.") for link in scene.links) == 20


def test_a_leaf_with_few_uses_is_drawn_once() -> None:
    scene = make_scene(loop(6))
    assert [box.copy for box in scene.boxes if box.node and box.node.id == "n0"] == [0]


def test_many_iterations_fold_in_runs() -> None:
    graph = loop(200)
    scene = make_scene(graph)
    assert len(scene.boxes) <= 150
    assert len(scene.links) <= 400
    assert drawn_ids(scene) == {node.id for node in graph.nodes}


def test_two_loops_over_the_same_name_stay_apart() -> None:
    made = Builder()
    last = made.leaf("x")
    for _ in range(2):
        for step in (1, 2):
            for _ in range(2):
                last = made.node("MulBackward0", [last], scope=[iteration("i", step)])
    scene = make_scene(made.graph())
    assert [frame.path for frame in scene.frames] == ["i:1", "i:2", "i:1~2", "i:2~2"]


def test_a_leaf_made_outside_a_function_stays_outside_its_frame() -> None:
    made = Builder()
    x = made.leaf("x")
    inner = made.node("MulBackward0", [x], scope=[function("f")])
    made.node("SumBackward0", [inner], scope=[function("f")])
    scene = make_scene(made.graph())
    assert scene.frames[0].boxes == ("n1", "n2")


def test_hidden_constants_and_detached_operations_take_their_sources_along() -> None:
    made = Builder()
    x = made.leaf("x")
    two, three = made.constant(), made.constant()
    aside = made.node("aten.mul", [x, three], kind="detached")
    made.node("MulBackward0", [x, two, aside])
    graph = made.graph()
    assert {box.id for box in make_scene(graph, SceneOptions(constants=False)).boxes} == {x, aside, "n4"}
    assert {box.id for box in make_scene(graph, SceneOptions(detached=False)).boxes} == {x, two, "n4"}


def test_lines_fold_where_there_is_no_scope() -> None:
    made = Builder()
    last = made.leaf("x")
    for line in range(1, 21):
        for _ in range(20):
            last = made.node("MulBackward0", [last], line=line)
    scene = make_scene(made.graph())
    labels = [box.fold.label for box in scene.boxes if box.fold]
    assert "line 7" in labels


def test_the_same_graph_gives_the_same_scene() -> None:
    assert make_scene(loop(60)) == make_scene(loop(60))


def test_an_empty_graph_gives_an_empty_scene() -> None:
    assert make_scene(Graph()) == Scene((), ())


def depth_of(scene: Scene) -> int:
    """How deep frames stand in each other."""
    depth, frames = 0, list(scene.frames)
    while frames:
        depth += 1
        frames = [inner for frame in frames for inner in frame.frames]
    return depth


def framed(scene: Scene) -> list[str]:
    """The boxes in any frame."""
    found: list[str] = []
    frames = list(scene.frames)
    while frames:
        found.extend(box for frame in frames for box in frame.boxes)
        frames = [inner for frame in frames for inner in frame.frames]
    return found


def test_a_function_that_calls_itself_a_thousand_times_is_drawn_in_few_frames() -> None:
    made = Builder()
    last = made.leaf("x")
    for depth in range(1, 60):
        last = made.node("MulBackward0", [last], scope=[function("f")] * depth)
    scene = make_scene(made.graph())
    assert depth_of(scene) == 8
    assert sorted(framed(scene)) == sorted(box.id for box in scene.boxes if box.id != "n0")

    made = Builder()
    last = made.leaf("x")
    for depth in range(1, 1000):
        last = made.node("MulBackward0", [last], scope=[function("f")] * depth)
    assert len(make_scene(made.graph()).boxes) <= 150


def test_frames_have_ids_of_their_own() -> None:
    scene = make_scene(blocks(3, 3))
    frames = [scene.frames[0], *scene.frames[0].frames]
    assert len({frame.id for frame in frames}) == 4


def test_a_constant_used_inside_a_scope_and_outside_does_not_split_its_frame() -> None:
    made = Builder()
    weight = made.leaf("w")
    shared = made.constant()
    first = made.node("TBackward0", [weight], scope=[module("net", "Net")])
    second = made.node("MmBackward0", [first, shared], scope=[module("net", "Net")])
    made.node("SubBackward0", [second, shared])
    scene = make_scene(made.graph())
    assert [(frame.path, frame.boxes) for frame in scene.frames] == [("net", (first, second))]


def test_a_leaf_that_nothing_uses_is_drawn() -> None:
    made = Builder()
    made.leaf("unused", [module("net", "Net")], parameter=True)
    made.node("MulBackward0", [made.leaf("x")])
    assert [box.id for box in make_scene(made.graph()).boxes] == ["n1", "n2", "n0"]
    lone = Builder()
    lone.leaf("x")
    assert [box.id for box in make_scene(lone.graph("n0")).boxes] == ["n0"]


def test_recursion_is_counted_in_paths_and_labels() -> None:
    made = Builder()
    last = made.leaf("x")
    for depth in (1, 2, 3):
        for _ in range(2):
            last = made.node("MulBackward0", [last], scope=[function("f")] * depth)
    scene = make_scene(made.graph(), SceneOptions(closed=("f*3",)))
    assert [box.fold.label for box in scene.boxes if box.fold] == ["f(), level 3"]


def test_a_module_called_in_a_loop_goes_by_its_own_name_the_first_time() -> None:
    made = Builder()
    last = made.leaf("x")
    for step in range(1, 31):
        scope = [iteration("t", step), module("cell", "LSTMCell")]
        for _ in range(4):
            last = made.node("TanhBackward0", [last], scope=scope)
        last = made.node("MulBackward0", [last], scope=scope[:1])
    scene = make_scene(made.graph(), SceneOptions(open=("cell",)))
    assert [(frame.path, [inner.path for inner in frame.frames]) for frame in scene.frames] == [("t:1", ["cell"])]
    again = make_scene(made.graph(), SceneOptions(open=("t:2/cell",)))
    assert [inner.path for frame in again.frames for inner in frame.frames] == ["t:2/cell"]


def test_a_single_operation_with_its_constant_has_no_frame() -> None:
    made = Builder()
    last = made.leaf("x")
    for step in (1, 2):
        last = made.node("MulBackward0", [last, made.constant()], scope=[iteration("i", step)])
    scene = make_scene(made.graph())
    assert scene.frames == ()
    assert len(scene.boxes) == 5


@pytest.mark.parametrize("room", [6, 10, 20, 50, 149])
def test_few_boxes_are_few_whatever_the_graph(room: int) -> None:
    made = Builder()
    last = made.leaf("x")
    for step in range(1, 101):
        last = made.node("MulBackward0", [last, made.constant()], line=3)
        last = made.node("AddBackward0", [last, made.constant()], scope=[iteration("i", step)])
    for graph in (chain(300), blocks(30, 20), loop(100), made.graph()):
        scene = make_scene(graph, SceneOptions(boxes=room))
        assert len(scene.boxes) <= room
        assert drawn_ids(scene) == {node.id for node in graph.nodes}


def test_what_is_small_inside_an_opened_scope_is_open_too() -> None:
    made = Builder()
    last = made.leaf("x")
    for number in range(12):
        block = [module("net", "Net"), module(f"net.{number}")]
        for name, size in (("small", 4), ("large", 47)):
            for _ in range(size):
                last = made.node("TanhBackward0", [last], scope=[*block, module(f"net.{number}.{name}", name)])
    scene = make_scene(made.graph(), SceneOptions(open=("net.3",)))
    [net] = scene.frames
    [block] = net.frames
    assert [frame.path for frame in block.frames] == ["net.3.small"]
    assert [box.fold.path for box in scene.boxes if box.fold and box.id in block.boxes] == ["net.3.large"]


def test_a_scope_that_holds_nothing_but_another_opens_through_it() -> None:
    made = Builder()
    last = made.leaf("x")
    for call in range(1, 31):
        for _ in range(4):
            last = made.node("TanhBackward0", [last], scope=[iteration("t", call), module("cell")])
    scene = make_scene(made.graph(), SceneOptions(open=("t:2",)))
    assert [inner.path for frame in scene.frames for inner in frame.frames] == ["t:2/cell"]


def test_many_leaves_that_nothing_uses_fold_too() -> None:
    made = Builder()
    for number in range(100):
        made.leaf(f"w{number}")
    made.node("MulBackward0", [made.leaf("x")])
    assert len(make_scene(made.graph(), SceneOptions(boxes=20)).boxes) <= 20


TWELVE = """
layer = torch.nn.TransformerEncoderLayer(4, 2, 8, dropout=0.0, batch_first=True)
net = torch.nn.TransformerEncoder(layer, 12)
loss = net(torch.randn(1, 3, 4)).sum()
loss.backward()
"""


def test_the_first_block_is_equal_to_the_others_though_its_input_requires_no_gradient() -> None:
    folds = [box.fold for box in make_scene(trace(TWELVE)).boxes if box.fold and box.fold.scope]
    assert [fold.repeat for fold in folds] == [12] * 12


def test_a_block_of_other_shapes_or_operations_is_not_counted_with_the_others() -> None:
    made = Builder()
    last = made.leaf("x")
    for number, (op, shape) in enumerate([("Sin", [3]), ("Sin", [3]), ("Cos", [3]), ("Sin", [2])]):
        scope = [module(f"net.{number}")]
        last = made.node("TanhBackward0", [last], scope=scope, shape=[3])
        last = made.node(f"{op}Backward0", [last], scope=scope, shape=shape)
    closed = tuple(f"net.{number}" for number in range(4))
    scene = make_scene(made.graph(), SceneOptions(closed=closed))
    assert [box.fold.repeat for box in scene.boxes if box.fold] == [2, 2, 1, 1]


def test_the_operations_of_one_call_are_not_taken_for_a_loop() -> None:
    program = """
    net = torch.nn.MultiheadAttention(4, 2, batch_first=True)
    x = torch.randn(1, 3, 4, requires_grad=True)
    net(x, x, x)[0].sum().backward()
    """
    graph = trace(textwrap.dedent(program))
    paths = [box.fold.path for box in make_scene(graph, SceneOptions(boxes=10)).boxes if box.fold]
    assert paths
    assert not any("loop" in path for path in paths)


def unused(count: int) -> Graph:
    made = Builder()
    made.node("SumBackward0", [made.leaf("x")])
    for number in range(count):
        made.leaf(f"layer.{number}", parameter=True)
    return made.graph("n1")


def test_many_leaves_that_nothing_uses_are_one_fold_that_opens() -> None:
    [fold] = [box.fold for box in make_scene(unused(12)).boxes if box.fold]
    assert (fold.path, fold.label) == ("unused", "12 leaves that nothing uses")
    assert len(fold.members) == 12
    assert not any(box.fold for box in make_scene(unused(12), SceneOptions(open=("unused",))).boxes)


def test_a_few_leaves_that_nothing_uses_are_shown() -> None:
    assert not any(box.fold for box in make_scene(unused(3)).boxes)


def test_a_run_around_a_single_call_is_called_after_it() -> None:
    folds = [box.fold for box in make_scene(graph_of("dead_relu"), SceneOptions(boxes=4)).boxes if box.fold]
    assert [fold.label for fold in folds] == ["hidden Linear", "out Linear and 2 more"]
