"""Every format of picture, once: what addresses, negotiation, files, the command line and documents know of it.

A format is drawn by a function of its own module, which is imported when the format is first drawn: asking which
formats there are costs nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pkgutil import resolve_name
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol, cast

from chainrule.protocol.program import Question

if TYPE_CHECKING:
    from chainrule.graph.model import Graph
    from chainrule.layout import Engine
    from chainrule.render.options import Theme, ViewOptions
    from chainrule.render.primitives import Picture


class Drawer(Protocol):
    """What draws a graph in one format."""

    def __call__(self, graph: "Graph", options: "ViewOptions", engine: "Engine", source: str = "") -> bytes:
        """Return the content of the file.

        Raises:
            ViewInvalidError: an option names what this graph does not have.
            PictureError: the graph cannot be drawn.
        """


class MessageDrawer(Protocol):
    """What draws a message, such as what is wrong with a request, in a format that an <img> shows."""

    def __call__(self, picture: "Picture", theme: "Theme") -> bytes:
        """Return the content of the file."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format of picture."""

    name: str
    """As it stands in an address: ``/svg/<payload>``."""
    media_type: str
    text: str
    """What it is, in a few words."""
    drawer: str
    """Its `Drawer`, as ``module:function``."""
    suffix: str = ""
    """Of a file, where it is not the name."""
    more_suffixes: tuple[str, ...] = ()
    """Other suffixes by which a file is known to be one."""
    message_drawer: str = ""
    """Its `MessageDrawer`, where an <img> shows the format: what went wrong comes as a picture too."""
    has_scripts: bool = False
    """Whether a file brings scripts along, which the server lets run apart from everything else of its own."""
    is_picture: bool = True
    """False where it holds what was recorded, and no picture of it."""
    question: Question | None = None
    """What is to be asked about a program first."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Return every suffix of a file, the usual one first."""
        return (self.suffix or self.name, *self.more_suffixes)

    @property
    def draw(self) -> Drawer:
        """Return what draws a graph."""
        return cast(Drawer, resolve_name(self.drawer))

    @property
    def draw_message(self) -> MessageDrawer:
        """Return what draws a message; only where there is a `message_drawer`."""
        return cast(MessageDrawer, resolve_name(self.message_drawer))


_MODULES = "chainrule.render.formats"
_ALL = (
    Format(
        "svg", "image/svg+xml", "standalone SVG", f"{_MODULES}.svg:draw_svg", message_drawer=f"{_MODULES}.svg:write_svg"
    ),
    Format("png", "image/png", "pixels", f"{_MODULES}.png:draw_png", message_drawer=f"{_MODULES}.png:write_png"),
    Format("pdf", "application/pdf", "one page of the picture's size", f"{_MODULES}.pdf:draw_pdf"),
    Format("dot", "text/vnd.graphviz", "DOT, for Graphviz", f"{_MODULES}.dot:draw_dot", more_suffixes=("gv",)),
    Format("mermaid", "text/vnd.mermaid", "a Mermaid flowchart", f"{_MODULES}.mermaid:draw_mermaid", suffix="mmd"),
    Format("json", "application/json", "the graph as JSON", f"{_MODULES}.text_json:draw_json", is_picture=False),
    Format(
        "safetensors",
        "application/vnd.safetensors",
        "values and gradients, for PyTorch",
        f"{_MODULES}.tensors:draw_tensors",
        is_picture=False,
        question="tensors",
    ),
    Format(
        "series",
        "application/vnd.chainrule.series+json",
        "training loops as JSON: loss, norms and learning rates, pass by pass",
        f"{_MODULES}.series:draw_series",
        is_picture=False,
    ),
    Format(
        "csv",
        "text/csv",
        "the same as a table, a row for each pass",
        f"{_MODULES}.series:draw_csv",
        is_picture=False,
    ),
    Format(
        "html",
        "text/html",
        "one page that works offline",
        f"{_MODULES}.html:draw_html",
        more_suffixes=("htm",),
        has_scripts=True,
    ),
    Format("text", "text/plain", "an indented tree", f"{_MODULES}.text_json:draw_text", suffix="txt"),
)

FORMATS: dict[str, Format] = {one.name: one for one in _ALL}
"""By name; the first is the usual one."""


def media_types(*, pictures_only: bool = False) -> Mapping[str, Format]:
    """Return the formats by media type, for content negotiation."""
    return MappingProxyType({one.media_type: one for one in FORMATS.values() if one.is_picture or not pictures_only})


def format_of_suffix(suffix: str) -> str:
    """Return the format of files with a suffix.

    >>> format_of_suffix(".gv")
    'dot'

    Raises:
        ValueError: no format has it; says which there are.
    """
    known = {known: one.name for one in FORMATS.values() for known in one.suffixes}
    name = suffix.removeprefix(".").lower()
    if name not in known:
        raise ValueError(f"no format has the suffix {suffix!r}; there are {', '.join(sorted(known))}")
    return known[name]
