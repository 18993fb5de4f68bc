"""A graph as one HTML file that works offline: the picture, details of each box, the steps."""

import base64
import hashlib
import json
from functools import cache

from markupsafe import Markup

from chainrule import assets
from chainrule.graph.index import GraphIndex
from chainrule.graph.model import Graph
from chainrule.graph.source_text import lines_of
from chainrule.layout import Engine
from chainrule.render.focus import focus_of
from chainrule.render.formats.details import facts_of
from chainrule.render.formats.svg import draw_svg
from chainrule.render.options import ViewOptions
from chainrule.render.picture.alt_text import describe_graph, title_of_graph
from chainrule.render.picture.compose import scene_of, shown_pass
from chainrule.render.templates import template
from chainrule.render.theme import page_stylesheet


def draw_html(graph: Graph, options: ViewOptions, engine: Engine, source: str = "") -> bytes:
    """Return a graph as one HTML file: it pans, zooms, tells about the box that is chosen, and goes through the steps.

    Nothing is loaded from anywhere, and its policy lets it load nothing. Without scripts the picture is there.

    Raises:
        ViewInvalidError: an option names what this graph does not have.
        PictureError: the graph cannot be laid out.
    """
    svg = draw_svg(graph, options, engine, source).decode()
    index = GraphIndex.of(graph)
    scene = scene_of(index, options)
    pass_index = shown_pass(index, options, focus_of(index, options))
    script = _file("standalone.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    page = template("standalone.html").render(
        title=title_of_graph(graph),
        description=describe_graph(index, pass_index),
        theme={"auto": "", "print": "light"}.get(options.theme, options.theme),
        policy=f"default-src 'none'; style-src 'unsafe-inline'; font-src data:; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'",
        # Drawn by us with the program's text escaped, or files of ours.
        svg=Markup(svg),
        fonts=Markup(_fonts()),
        style=Markup(page_stylesheet() + _file("standalone.css")),
        script=Markup(script),
        facts=Markup(_json(facts_of(index, scene, pass_index))),
        lines=lines_of(source.encode("utf-8", "replace").decode()),
    )
    return page.encode()


def _json(value: object) -> str:
    """JSON that no text within can end the element around."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e").replace("\u2028", "\\u2028")


@cache
def _fonts() -> str:
    rules = []
    for weight, number in (("Regular", 400), ("Bold", 700)):
        data = base64.b64encode((assets.STATIC / "fonts" / f"JetBrainsMonoNL-{weight}.woff2").read_bytes()).decode()
        rules.append(
            f'@font-face{{font-family:"JetBrains Mono NL";font-weight:{number};'
            f'src:url("data:font/woff2;base64,{data}") format("woff2")}}'
        )
    return "\n".join(rules)


@cache
def _file(name: str) -> str:
    return (assets.TEMPLATES / name).read_text(encoding="utf-8").strip()
