"""A Sphinx extension: the directive ``chainrule`` draws the autograd graph of the program in it, in RST and MyST.

Settings in conf.py: ``chainrule_server`` (an address; empty draws on this machine), ``chainrule_mode`` (static, link or
iframe), ``chainrule_on_error`` (fail or warn), ``chainrule_theme``.
"""

from html import escape
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata, OptionSpec

from chainrule.integrations.figure import Fault, FigureOrder, RefusedError, read_order
from chainrule.integrations.renderer import open_renderer
from chainrule.program.request import REQUEST_OPTIONS
from chainrule.render.iframe import write_iframe
from chainrule.render.options import OPTIONS
from chainrule.version import __version__

LOG = logging.getLogger(__name__)
MODES = ("static", "link", "iframe")
VIEW_OPTIONS = tuple(name for name in OPTIONS if name != "scale")

LATEX_HEIGHT = r"\csname spx@image@maxheight\endcsname=0.85\textheight"
"""What a picture may take of a page, so that its caption stands below it."""


class ProgramFailedError(ExtensionError):
    """A program of the document failed, and the settings say that the build fails with it."""

    category = "Chainrule"


class chainrule(nodes.General, nodes.Element):  # noqa: N801 # docutils names its visitors after the class
    """The place of a graph in a document."""


class Chainrule(SphinxDirective):
    """The directive; its content is the program, or its argument a file that holds it."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[OptionSpec] = {
        **dict.fromkeys((*REQUEST_OPTIONS, *VIEW_OPTIONS), directives.unchanged_required),
        "mode": lambda text: directives.choice(text, MODES),
        "show-source": directives.flag,
        "raises": directives.flag,
        "alt": directives.unchanged,
        "align": lambda text: directives.choice(text, ("left", "center", "right")),
        "caption": directives.unchanged,
        "class": directives.class_option,
        "name": directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        """Return the place of the graph, with the program before it where that is asked for."""
        source, path, first = self._program()
        options = {name: text for name, text in self.options.items() if name in (*REQUEST_OPTIONS, *VIEW_OPTIONS)}
        if self.config.chainrule_theme:
            options.setdefault("theme", self.config.chainrule_theme)
        try:
            order = read_order(source, options)
        except ValueError as error:
            raise self.error(f"chainrule: {error}") from None
        place = chainrule(
            "",
            order=order,
            alt=self.options.get("alt", f"Autograd graph of: {source.strip()}"),
            mode=self.options.get("mode", self.config.chainrule_mode),
            raises="raises" in self.options,
            path=path,
            first=first,
            classes=self.options.get("class", []),
        )
        self.set_source_info(place)
        figure: nodes.Element = place
        if "caption" in self.options or "align" in self.options:
            figure = nodes.figure("", place, align=self.options.get("align", "default"))
            if "caption" in self.options:
                inline, messages = self.parse_inline(self.options["caption"])
                figure += nodes.caption("", "", *inline, *messages)
        self.add_name(figure)
        if "show-source" not in self.options:
            return [figure]
        return [nodes.literal_block(source, source, language="python"), figure]

    def _program(self) -> tuple[str, str, int]:
        """Return the program, the file that it stands in, and the line before its first there."""
        if not self.arguments:
            path, _ = self.get_source_info()
            return "\n".join(self.content) + "\n", path, self.content_offset
        if self.content:
            raise self.error("chainrule: give either a file or a program, not both")
        relative, absolute = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(relative)
        try:
            return Path(absolute).read_text(encoding="utf-8"), absolute, 0
        except OSError as error:
            raise self.error(f"chainrule: {self.arguments[0]} cannot be read: {error.strerror}") from None


def visit_html(self: Any, node: chainrule) -> None:
    """Write the graph for a browser."""
    server = self.builder.config.chainrule_server
    order: FigureOrder = node["order"]
    classes = " ".join(["chainrule", *node["classes"]])
    names = f'{classes}" id="{node["ids"][0]}' if node["ids"] else classes
    alt = escape(node["alt"])
    if node["mode"] == "static":
        name = _file(self.builder, node, "svg")
        if name is not None:
            address = f"{self.builder.imgpath}/{name}"
            self.body.append(f'<img class="{names}" src="{address}" alt="{alt}">')
    elif not server:
        raise ProgramFailedError(f"{node['path']}: the mode {node['mode']} needs chainrule_server")
    elif node["mode"] == "link":
        self.body.append(f'<img class="{names}" src="{escape(order.url(server))}" alt="{alt}" loading="lazy">')
    else:
        named = {"class": classes} | ({"id": node["ids"][0]} if node["ids"] else {})
        self.body.append(write_iframe(order.frame_url(server), title=node["alt"], **named))
    raise nodes.SkipNode


def visit_latex(self: Any, node: chainrule) -> None:
    """Write the graph for LaTeX: a PDF."""
    name = _file(self.builder, node, "pdf")
    if name is not None:
        picture = f"{{{LATEX_HEIGHT}\\sphinxincludegraphics[]{{{name}}}}}"
        in_figure = isinstance(node.parent, nodes.figure)
        target = "".join(self.hypertarget(one) for one in node["ids"])
        self.body.append(picture if in_figure else f"\n\n{target}\\noindent{picture}\n\n")
    raise nodes.SkipNode


def visit_text(self: Any, node: chainrule) -> None:
    """Write the graph as words."""
    content = _draw(node, "text")
    self.new_state()
    self.add_text(content.decode() if content is not None else "")
    self.end_state(wrap=False)
    raise nodes.SkipNode


def _file(builder: Any, node: chainrule, picture_format: str) -> str | None:
    """Return the name of the picture's file, drawn unless it is there; None where the program failed."""
    order = _order(node, picture_format)
    name = f"chainrule-{order.key}.{picture_format}"
    folder = Path(builder.outdir) / (builder.imagedir if picture_format == "svg" else "")
    if not (folder / name).exists():
        content = _draw(node, picture_format, builder.config)
        if content is None:
            return None
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return name


def _order(node: chainrule, picture_format: str) -> FigureOrder:
    order: FigureOrder = node["order"]
    return FigureOrder(order.program, picture_format, order.view)


def _draw(node: chainrule, picture_format: str, config: Any = None) -> bytes | None:
    config = config or node.document.settings.env.config
    try:
        figure = open_renderer(config.chainrule_server).draw(_order(node, picture_format))
    except RefusedError as error:
        _report(node, error.faults, config)
        return None
    if figure.faults and not node["raises"]:
        _report(node, figure.faults, config)
    return figure.content


def _report(node: chainrule, faults: tuple[Fault, ...], config: Any) -> None:
    messages = [f"{node['path']}:{node['first'] + (fault.line or 1)}: {fault.message}" for fault in faults]
    if config.chainrule_on_error == "fail":
        raise ProgramFailedError("\n".join(messages))
    for fault, message in zip(faults, messages, strict=True):
        place, _, _ = message.partition(f": {fault.message}")
        LOG.warning("chainrule: %s", fault.message, location=place)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Tell Sphinx what there is."""
    app.add_config_value("chainrule_server", "", "html")
    app.add_config_value("chainrule_mode", "static", "html", types=frozenset({str}))
    app.add_config_value("chainrule_on_error", "fail", "env")
    app.add_config_value("chainrule_theme", "", "env")
    app.add_node(
        chainrule,
        html=(visit_html, None),
        latex=(visit_latex, None),
        text=(visit_text, None),
    )
    app.add_directive("chainrule", Chainrule)
    return {"version": __version__, "parallel_read_safe": True, "parallel_write_safe": False}
