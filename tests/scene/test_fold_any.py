"""What holds of every scene, whatever the graph."""

from graphlib import TopologicalSorter

from chainrule.graph import Graph, Scope
from chainrule.scene.build import make_scene
from chainrule.scene.model import Frame, Scene, SceneOptions
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.graph.build import Builder, function, iteration, module


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Programs with calls that nest: modules, functions and loops, shared leaves and constants, detached operations."""
    made = Builder()
    values = [made.leaf("x"), made.leaf("net.w", parameter=True), made.constant()]
    stack: list[Scope] = []
    calls: dict[str, int] = {}
    for _ in range(draw(st.integers(0, 120))):
        move = draw(st.sampled_from(["op", "op", "op", "op", "enter", "leave", "leaf", "constant", "detached"]))
        if move == "enter" and len(stack) < 6:
            name = draw(st.sampled_from(["f", "net", "net.0", "i"]))
            calls[name] = calls.get(name, 0) + 1
            make = {"f": function, "i": iteration}.get(name)
            stack.append(make(name, calls[name]) if make else module(name, call=calls[name]))
        elif move == "leave" and stack:
            stack.pop()
        elif move == "leaf":
            values.append(made.leaf(f"w{len(values)}", list(stack), parameter=draw(st.booleans())))
        elif move == "constant":
            values.append(made.constant())
        else:
            taken = draw(st.lists(st.sampled_from(values[-8:] + values[:3]), min_size=1, max_size=3))
            kind = "detached" if move == "detached" else "function"
            line = draw(st.sampled_from([None, 1, 2, 3]))
            values.append(made.node("MulBackward0", taken, kind=kind, scope=list(stack), line=line))
    return made.graph()


OPTIONS = st.builds(
    SceneOptions,
    boxes=st.sampled_from([8, 20, 150]),
    links=st.sampled_from([20, 400]),
    repeated=st.sampled_from([10, 60]),
    copies_above=st.sampled_from([1, 6]),
)


def boxes_of(scene: Scene) -> dict[str, set[str]]:
    return {box.id: {box.node.id} if box.node else set(box.fold.members if box.fold else ()) for box in scene.boxes}


@settings(max_examples=25, deadline=None)
@given(graph=graphs(), options=OPTIONS)
def test_nothing_is_lost_and_nothing_is_drawn_twice(graph: Graph, options: SceneOptions) -> None:
    scene = make_scene(graph, options)
    boxes = boxes_of(scene)
    assert len(boxes) == len(scene.boxes)
    assert set().union(*boxes.values()) == {node.id for node in graph.nodes}
    sources = {node.id for node in graph.nodes if node.kind in ("leaf", "constant")}
    operations = [key for inside in boxes.values() for key in inside - sources]
    assert len(operations) == len(set(operations))


@settings(max_examples=25, deadline=None)
@given(graph=graphs(), options=OPTIONS)
def test_every_edge_is_a_link_or_inside_a_fold(graph: Graph, options: SceneOptions) -> None:
    scene = make_scene(graph, options)
    boxes = boxes_of(scene)
    linked = [edge.id for link in scene.links for edge in link.edges]
    assert len(linked) == len(set(linked))
    for link in scene.links:
        assert all(edge.source in boxes[link.source] and edge.target in boxes[link.target] for edge in link.edges)
    inside = {
        edge.id for edge in graph.edges if any({edge.source, edge.target} <= members for members in boxes.values())
    }
    assert set(linked) | inside == {edge.id for edge in graph.edges}


@settings(max_examples=25, deadline=None)
@given(graph=graphs(), options=OPTIONS)
def test_folding_makes_no_cycle(graph: Graph, options: SceneOptions) -> None:
    scene = make_scene(graph, options)
    order = TopologicalSorter({box.id: set() for box in scene.boxes})
    for link in scene.links:
        order.add(link.source, link.target)
    order.prepare()


@settings(max_examples=25, deadline=None)
@given(graph=graphs(), options=OPTIONS)
def test_frames_hold_boxes_of_the_scene_each_in_one_frame(graph: Graph, options: SceneOptions) -> None:
    scene = make_scene(graph, options)
    frames: list[Frame] = list(scene.frames)
    for frame in frames:
        frames.extend(frame.frames)
    held = [box for frame in frames for box in frame.boxes]
    assert len(held) == len(set(held))
    assert set(held) <= set(boxes_of(scene))
    assert len({frame.id for frame in frames}) == len(frames)


@settings(max_examples=20, deadline=None)
@given(graph=graphs(), options=OPTIONS)
def test_every_fold_opens_by_its_path_and_every_frame_closes_by_its_own(graph: Graph, options: SceneOptions) -> None:
    scene = make_scene(graph, SceneOptions(boxes=8))
    folds = [box.fold for box in scene.boxes if box.fold]
    for fold in folds[:3]:
        opened = make_scene(graph, SceneOptions(boxes=8, open=(fold.path,)))
        assert fold.path not in {box.fold.path for box in opened.boxes if box.fold}
        assert len(opened.boxes) > len(scene.boxes)
    whole = make_scene(graph, options)
    for frame in whole.frames[:2]:
        closed = make_scene(
            graph,
            SceneOptions(
                boxes=options.boxes,
                links=options.links,
                repeated=options.repeated,
                copies_above=options.copies_above,
                closed=(frame.path,),
            ),
        )
        assert frame.path in {box.fold.path for box in closed.boxes if box.fold}


@settings(max_examples=25, deadline=None)
@given(graph=graphs())
def test_the_same_graph_gives_the_same_scene(graph: Graph) -> None:
    again = Graph.model_validate_json(graph.model_dump_json())
    assert make_scene(graph) == make_scene(again)
