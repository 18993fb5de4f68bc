"""A graph as a picture: the scene, the cards' content, Graphviz's geometry, and marks upon it."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, replace

from chainrule.errors import LayoutDeadlineError, ViewInvalidError
from chainrule.graph.index import GraphIndex
from chainrule.graph.model import Graph, Tensor
from chainrule.graph.source_text import SourceLines
from chainrule.interest import go_on
from chainrule.layout import Engine, Geometry, Room, Size
from chainrule.layout.measure import text
from chainrule.layout.measure.forms import GridForm
from chainrule.layout.place.arrange import arrange
from chainrule.render.card.content import Author, Content
from chainrule.render.card.heat import scale_of
from chainrule.render.focus import Focus, focus_of
from chainrule.render.options import ViewOptions
from chainrule.render.picture.alt_text import describe_graph, title_of_graph
from chainrule.render.picture.edges import LABEL_CELLS, flow_of
from chainrule.render.picture.legend import NOTE_CELLS, draw_legend, legend_size
from chainrule.render.picture.message import message_picture
from chainrule.render.picture.paint import Painter, frame_title
from chainrule.render.primitives import MarkGroup, Picture
from chainrule.scene.build import make_scene
from chainrule.scene.model import Frame, Scene, SceneOptions
from chainrule.scene.structure import refit, structure_of

MARGIN = 20.0
"""Room around a picture [px]."""
COARSE = 40
"""Boxes of the second try, where the first takes too long to lay out."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is drawn and where, before any mark is made."""

    scene: Scene
    contents: Mapping[str, Content]
    geometry: Geometry
    notices: tuple[str, ...]


def compose(graph: Graph, options: ViewOptions, engine: Engine, source: str = "") -> Picture:
    """Return a graph's picture as marks.

    Args:
        graph: what is drawn.
        options: how.
        engine: what places it.
        source: the program, for the sub-expressions on the cards.

    Raises:
        ViewInvalidError: an option names what this graph does not have.
        LayoutDeadlineError: layout took too long, the coarser second try included.
        PictureError: Graphviz failed.
    """
    index = GraphIndex.of(graph)
    go_on()
    focus = focus_of(index, options)
    pass_index = shown_pass(index, options, focus)
    if not graph.nodes:
        return message_picture(
            "There is no graph to draw",
            "Autograd recorded nothing: no tensor of this program requires a gradient. Make one with "
            "requires_grad=True, for example x = torch.tensor([1., 2.], requires_grad=True).",
            options.font_scale,
        )
    author = Author(index, options, pass_index, SourceLines(source), focus)
    plan = _plan(index, options, author, engine)
    title, description = title_of_graph(graph), describe_graph(index, pass_index)
    return _paint(graph, plan, options, focus, pass_index, title, description)


def shown_pass(index: GraphIndex, options: ViewOptions, focus: Focus) -> int | None:
    """Return the pass that is shown; None where no pass ran.

    A step of a pass shows that pass; without a step or a pass asked for, it is the last one that ran to its end.

    Raises:
        ViewInvalidError: there is no such pass.
    """
    count = len(index.graph.passes)
    if focus.moment is not None and focus.moment.step.pass_index is not None:
        return focus.moment.step.pass_index
    if options.pass_index is not None:
        if not 1 <= options.pass_index <= count:
            known = "no pass ran" if not count else "there is one pass" if count == 1 else f"there are {count} passes"
            raise ViewInvalidError("pass", f"{options.pass_index} does not exist; {known}")
        return options.pass_index
    return index.shown_pass


def _plan(index: GraphIndex, options: ViewOptions, author: Author, engine: Engine) -> Plan:
    key, scene = _kept_scene(index, options, engine)
    try:
        return _place(key, scene, options, author, engine, ())
    except LayoutDeadlineError as error:
        if len(scene.boxes) <= COARSE:
            raise _too_slow(index.graph, scene, engine) from error
    key, coarse = _kept_scene(index, replace(options, open=(), boxes=COARSE), engine)
    notice = f"Laying out {len(scene.boxes)} boxes took too long: this is a coarser picture."
    try:
        return _place(key, coarse, options, author, engine, (notice,))
    except LayoutDeadlineError as error:
        raise _too_slow(index.graph, coarse, engine) from error


def _too_slow(graph: Graph, scene: Scene, engine: Engine) -> LayoutDeadlineError:
    return LayoutDeadlineError(
        f"{len(scene.boxes)} boxes and {len(scene.links)} lines, standing for {len(graph.nodes)} nodes and "
        f"{len(graph.edges)} edges, could not be laid out within {engine.seconds:g} s. Ask for fewer boxes "
        "(boxes=20), or put parts of the program into functions, which fold."
    )


def scene_of(graph: Graph | GraphIndex, options: ViewOptions) -> Scene:
    """Fold, copy and hide as the options say.

    Raises:
        ViewInvalidError: a path to open or to close is not there.
    """
    return make_scene(graph, _scene_options(options))


def _scene_options(options: ViewOptions) -> SceneOptions:
    return SceneOptions(
        open=options.open,
        closed=options.closed,
        boxes=options.boxes,
        constants=options.constants,
        detached=options.detached,
    )


def _kept_scene(index: GraphIndex, options: ViewOptions, engine: Engine) -> tuple[Hashable, Scene]:
    """Return a scene, and under what it is kept."""
    key = structure_of(index), _scene_options(options)
    return key, refit(engine.scenes.get(key, lambda: scene_of(index, options)), index)


def _place(
    key: Hashable, scene: Scene, options: ViewOptions, author: Author, engine: Engine, notices: tuple[str, ...]
) -> Plan:
    contents = {box.id: author.write(box) for box in scene.boxes}
    go_on()
    scale = options.font_scale
    sizes = {box: _grown(content.size, scale) for box, content in contents.items()}
    cells = 0 if options.labels == "none" else LABEL_CELLS

    def make() -> Geometry:
        titles = {frame.id: frame_title(frame) for frame in all_frames(scene.frames)}
        pills = frozenset(box for box, content in contents.items() if content.card is None)
        return arrange(scene, Room(sizes, pills, options.direction, cells, titles, scale), engine)

    # What has the same structure and sizes stands at the same places: not even DOT is written for other values.
    same = key, options.direction, cells, scale, tuple(sizes.values())
    return Plan(scene, contents, engine.arrangements.get(same, make), notices + scene.notices)


def _grown(size: Size, scale: float) -> Size:
    return size if scale == 1 else Size(size.width * scale, size.height * scale)


def _paint(
    graph: Graph,
    plan: Plan,
    options: ViewOptions,
    focus: Focus,
    pass_index: int | None,
    title: str,
    description: str,
) -> Picture:
    geometry = plan.geometry
    scales = {kind: scale_of(kind, _tinted(plan.contents, kind)) for kind in ("value", "gradient")}
    shown = {kind: scale for kind, scale in scales.items() if _has_grid(plan.contents, kind)}
    notes = _notes(graph, plan, options, focus, pass_index)
    scale = options.font_scale
    foot_width, foot_height = (length * scale for length in legend_size(list(shown), notes))
    width = max(geometry.size.width, foot_width) + 2 * MARGIN
    left = (width - geometry.size.width) / 2
    measured = options.widths or options.labels in ("norms", "values")
    flows = {link.id: flow_of(link, pass_index, measured=measured) for link in plan.scene.links}
    several = frozenset(node.id for node in graph.nodes if len(node.outputs) > 1)
    painter = Painter(several, geometry, options, focus, scales, flows, (left, MARGIN))
    groups = [painter.frame(frame) for frame in all_frames(plan.scene.frames)]
    groups += [painter.link(link) for link in plan.scene.links]
    groups += [painter.frame_name(frame) for frame in all_frames(plan.scene.frames)]
    groups += [painter.box(box, plan.contents[box.id]) for box in plan.scene.boxes]
    height = geometry.size.height + 2 * MARGIN
    if foot_height:
        groups.append(MarkGroup("legend", "", tuple(draw_legend(shown, notes)), MARGIN, height, scale=scale))
        height += foot_height + MARGIN * 0.6
    return Picture(width, height, title, description, tuple(groups))


def _tinted(contents: Mapping[str, Content], kind: str) -> Iterator[Tensor]:
    """Yield the tensors of a kind that are shown as cells, and so are tinted."""
    for content in contents.values():
        for row in content.rows:
            tensor = row.hidden if isinstance(row.content, str) else row.content
            if row.block.kind == kind and tensor is not None and isinstance(row.block.form, GridForm):
                yield tensor


def _has_grid(contents: Mapping[str, Content], kind: str) -> bool:
    blocks = (row.block for content in contents.values() for row in content.rows)
    return any(block.kind == kind and isinstance(block.form, GridForm) for block in blocks)


def _notes(graph: Graph, plan: Plan, options: ViewOptions, focus: Focus, pass_index: int | None) -> list[str]:
    notes = []
    if focus.note():
        notes.append(focus.note())
    elif pass_index is not None and len(graph.passes) > 1 and options.view in ("both", "gradients"):
        notes.append(f"pass {pass_index} of {len(graph.passes)}")
    if options.is_after_update:
        notes.append(_update_note(graph, pass_index))
    return notes + [text.shorten(notice, NOTE_CELLS) for notice in plan.notices]


def _update_note(graph: Graph, pass_index: int | None) -> str:
    """Return which optimizer stepped after a pass, in words."""
    steps = [one.name or one.type for one in graph.optimizers for step in one.updates if step.after == pass_index]
    return f"after the step of {', '.join(dict.fromkeys(steps))}" if steps else "after the pass"


def all_frames(frames: tuple[Frame, ...]) -> list[Frame]:
    """Return frames and those inside them, the outer ones first."""
    found, stack = [], list(reversed(frames))
    while stack:
        frame = stack.pop()
        found.append(frame)
        stack.extend(reversed(frame.frames))
    return found
