"""A graph as an SVG: the scene, the cards' content, Graphviz's geometry, and the template that draws it."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from app import paths
from app.errors import ViewInvalidError
from app.graph.fold import make_scene
from app.graph.model import Graph, Tensor
from app.graph.scene import Box, Frame, Link, Scene, SceneOptions
from app.layout import Engine, Geometry, make_dot, text
from app.layout.dot import FRAME_TITLE
from app.render import cards, edges
from app.render.content import KIND_WORDS, Author, Content, Source, title_of
from app.render.describe import describe_graph, name_of, title_of_graph
from app.render.heat import Scale, scale_of
from app.render.legend import draw_legend, legend_size
from app.render.marks import Group, Mark, Picture, Rect, Text
from app.render.message import message_picture
from app.render.options import Theme, ViewOptions
from app.render.theme import stylesheet

MARGIN = 20.0
"""Room around a picture [px]."""


def draw_svg(graph: Graph, options: ViewOptions, engine: Engine, source: str = "") -> bytes:
    """Return a graph's picture as SVG.

    Raises:
        ViewInvalidError: an option names what this graph does not have.
        PictureError: the graph cannot be laid out.
    """
    if options.style == "classic":
        raise ViewInvalidError("style", "classic is not drawn yet")
    return write_svg(compose(graph, options, engine, source), options.theme, options.font_scale)


def write_svg(picture: Picture, theme: Theme = "auto", scale: float = 1.0) -> bytes:
    """Return a picture as a standalone SVG, without reference to anything outside it."""
    styles = Markup(stylesheet(theme))  # ours, with nothing of the program in it
    return _template(paths.TEMPLATES).render(picture=picture, scale=scale, stylesheet=styles).encode()


def compose(graph: Graph, options: ViewOptions, engine: Engine, source: str = "") -> Picture:
    """Return a graph's picture as marks.

    Args:
        graph: what is drawn.
        options: how.
        engine: what places it.
        source: the program, for the sub-expressions on the cards.

    Raises:
        ViewInvalidError: an option names what this graph does not have.
        PictureError: the graph cannot be laid out.
    """
    position = pass_position(graph, options)
    if not graph.nodes:
        return message_picture(
            "There is no graph to draw",
            "Autograd recorded nothing: no tensor of this program requires a gradient. Make one with "
            "requires_grad=True, for example x = torch.tensor([1., 2.], requires_grad=True).",
        )
    scene = make_scene(
        graph,
        SceneOptions(
            open=options.open,
            closed=options.closed,
            boxes=options.boxes,
            constants=options.constants,
            detached=options.detached,
        ),
    )
    author = Author(graph, options, position, Source(tuple(source.splitlines())))
    contents = {box.id: author.write(box) for box in scene.boxes}
    geometry = _place(scene, contents, options, engine)
    return _assemble(graph, scene, contents, geometry, options, position)


def pass_position(graph: Graph, options: ViewOptions) -> int | None:
    """Return the place of the pass that is shown, from 0; None where no pass ran.

    Raises:
        ViewInvalidError: there is no such pass.
    """
    count = len(graph.passes)
    if options.pass_index is not None:
        if not 1 <= options.pass_index <= count:
            known = "no pass ran" if not count else "there is one pass" if count == 1 else f"there are {count} passes"
            raise ViewInvalidError("pass", f"{options.pass_index} does not exist; {known}")
        return options.pass_index - 1
    ran = [index for index, one in enumerate(graph.passes) if one.order]
    return ran[-1] if ran else None


def _place(scene: Scene, contents: dict[str, Content], options: ViewOptions, engine: Engine) -> Geometry:
    sizes = {key: content.size for key, content in contents.items()}
    titles = {frame.id: _frame_title(frame) for frame in _frames(scene.frames)}
    room = 0 if options.labels == "none" else edges.LABEL_CELLS
    return engine.place(make_dot(scene, sizes, options.direction, room, titles))


def _assemble(
    graph: Graph,
    scene: Scene,
    contents: dict[str, Content],
    geometry: Geometry,
    options: ViewOptions,
    position: int | None,
) -> Picture:
    scales = _scales(contents)
    gridded = [kind for kind in scales if _has_cells(contents, kind)]
    notes = _notes(graph, scene, options, position)
    foot_width, foot_height = legend_size(gridded, notes)
    width = max(geometry.size.width, foot_width) + 2 * MARGIN
    left = (width - geometry.size.width) / 2
    groups = [_frame(frame, geometry, left) for frame in _frames(scene.frames)]
    groups += [_edge(link, geometry, left, options, position) for link in scene.links]
    groups += [_box(box, contents[box.id], geometry, left, scales) for box in scene.boxes]
    height = geometry.size.height + 2 * MARGIN
    if foot_height:
        shown = {kind: scales[kind] for kind in gridded}
        legend = tuple(draw_legend(shown, notes, MARGIN, height))
        groups.append(Group("legend", "", legend))
        height += foot_height + MARGIN * 0.6
    return Picture(width, height, title_of_graph(graph), describe_graph(graph, position), tuple(groups))


def _scales(contents: dict[str, Content]) -> dict[str, Scale]:
    scales = {}
    for kind in ("value", "gradient"):
        shown = [
            row.content
            for content in contents.values()
            for row in content.rows
            if row.block.kind == kind and isinstance(row.content, Tensor)
        ]
        scales[kind] = scale_of(kind, shown)
    return scales


def _has_cells(contents: dict[str, Content], kind: str) -> bool:
    return any(
        row.block.kind == kind and isinstance(row.content, Tensor) and bool(row.content.shape)
        for content in contents.values()
        for row in content.rows
    )


def _notes(graph: Graph, scene: Scene, options: ViewOptions, position: int | None) -> list[str]:
    notes = []
    if position is not None and len(graph.passes) > 1 and options.view in ("both", "gradients"):
        notes.append(f"pass {position + 1} of {len(graph.passes)}")
    return notes + [text.shorten(notice, 90) for notice in scene.notices]


def _frame(frame: Frame, geometry: Geometry, left: float) -> Group:
    area = geometry.frames[frame.id]
    marks: tuple[Mark, ...] = (
        Rect(0, 0, area.width, area.height, "frame", 10),
        Text(12, 18, _frame_title(frame), FRAME_TITLE - 1, "soft bold"),
    )
    return Group("scope", "", marks, area.x + left, area.y + MARGIN, (("scope", text.clean(frame.path)),))


def _frame_title(frame: Frame) -> str:
    return text.shorten(frame.label or frame.scope.name, 40)


def _frames(frames: tuple[Frame, ...]) -> list[Frame]:
    found, stack = [], list(reversed(frames))
    while stack:
        frame = stack.pop()
        found.append(frame)
        stack.extend(reversed(frame.frames))
    return found


def _edge(link: Link, geometry: Geometry, left: float, options: ViewOptions, position: int | None) -> Group:
    flow = edges.flow_of(link, position)
    marks = tuple(edges.draw_route(geometry.routes[link.id], edges.label_of(link, flow, options)))
    first = link.edges[0]
    data = (
        ("edge", " ".join(edge.id for edge in link.edges)),
        ("source", first.source if len(link.edges) == 1 else link.source),
        ("target", first.target if len(link.edges) == 1 else link.target),
    )
    return Group(f"edge {flow.style}", "", marks, left, MARGIN, data)


def _box(box: Box, content: Content, geometry: Geometry, left: float, scales: dict[str, Scale]) -> Group:
    area = geometry.boxes[box.id]
    marks = cards.draw_content(content, scales)
    styles = ["node"]
    data = [("box", box.id)]
    if box.node is not None:
        node = box.node
        styles += [node.kind, *(flag for flag in ("root", "view", "parameter") if flag in node.flags)]
        styles += ["first"] if content.alarms else []
        label = cards.label_of(content, f"{name_of(node)}, {title_of(node)}, {KIND_WORDS[node.kind]}")
        data.insert(0, ("node", node.id))
    else:
        assert box.fold is not None
        styles.append("fold")
        label = cards.label_of(content, f"{text.clean(box.fold.label)}, folded")
        data = [("node", box.id), *data, ("fold", text.clean(box.fold.path))]
    return Group(" ".join(styles), label, marks, area.x + left, area.y + MARGIN, tuple(data), focusable=True)


def _pixels(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


@cache
def _template(folder: Path) -> Template:
    environment = Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    environment.filters["px"] = _pixels
    return environment.get_template("graph.svg")
