"""Pictures of programs, functions, tensors and graphs."""

import tempfile
import webbrowser
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args, overload

from chainrule.errors import ViewInvalidError
from chainrule.graph.model import Graph
from chainrule.library.background import shared_engine
from chainrule.library.tracing import Subject, Wanted, traced
from chainrule.render import ViewOptions
from chainrule.render import draw as render
from chainrule.render.formats.registry import FORMATS, format_of_suffix
from chainrule.render.inline import inline_image

TextFormat = Literal["svg", "html", "dot", "mermaid", "text", "json", "series", "csv"]
BinaryFormat = Literal["png", "pdf", "safetensors"]


class GraphPicture:
    """A graph to be looked at: shows itself in a notebook, and can be saved or opened.

    Args:
        graph: what is drawn.
        options: what is shown of it, and how.
        source: the program's text, for the sub-expressions on the cards.
    """

    def __init__(self, graph: Graph, options: ViewOptions, source: str = "") -> None:
        self.graph = graph
        self._options = options
        self._source = source
        self.svg = self._draw("svg").decode()

    def save(self, path: str | Path) -> Path:
        """Write the picture to a file, in the format of its suffix (svg, png, pdf, html, dot, mmd, txt, json,
        safetensors, series, csv).

        Raises:
            ValueError: no format has that suffix.
            OSError: the file cannot be written.
        """
        target = Path(path)
        target.write_bytes(self._draw(format_of_suffix(target.suffix)))
        return target

    def open(self) -> Path:
        """Show the picture in the browser, as a page of its own; return the file that it was written to."""
        path = self.save(Path(tempfile.mkdtemp(prefix="chainrule-")) / "graph.html")
        webbrowser.open(path.as_uri())
        return path

    def _draw(self, picture_format: str) -> bytes:
        return render(self.graph, picture_format, self._options, shared_engine(), self._source).content

    def __str__(self) -> str:
        return self._draw("text").decode()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self.graph.nodes)} nodes: .save(path), .open(), or print it>"

    def _repr_html_(self) -> str:
        return inline_image(self.svg.encode(), str(self))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self._repr_html_(), "image/svg+xml": self.svg, "text/plain": str(self)}


@overload
def draw(subject: Subject | Graph, format: TextFormat = "svg", **options: Any) -> str: ...
@overload
def draw(subject: Subject | Graph, format: BinaryFormat, **options: Any) -> bytes: ...


def draw(
    subject: Subject | Graph,
    format: TextFormat | BinaryFormat = "svg",
    *,
    inputs: Mapping[str, object] | None = None,
    seed: int = 0,
    root: str | None = None,
    gradient: object = None,
    source: str = "",
    **view: object,
) -> str | bytes:
    """Return a picture of a graph, or of what has one: a program, a function, a tensor.

    >>> import chainrule
    >>> chainrule.draw("x * x", inputs={"x": 3.0}, theme="dark")[:4]
    '<svg'
    >>> graph = chainrule.trace("x * x", inputs={"x": 3.0})
    >>> chainrule.draw(graph, "png")[1:4]
    b'PNG'

    Args:
        subject: a Graph, or what `trace` takes.
        format: "svg", "html", "dot", "mermaid", "text", "json", "series" or "csv" (training loops, pass by pass), which
            give text; "png", "pdf" or "safetensors" (values and gradients, for PyTorch), which give bytes.
        inputs: as for `trace`.
        seed: as for `trace`.
        root: as for `trace`.
        gradient: as for `trace`.
        source: the text of the program of a Graph, for the sub-expressions on its cards.
        view: what is shown, and how: ``view="values"``, ``theme="dark"``, ``direction="LR"``, ``pass_=1``, ``step=3``,
            ``highlight=["x"]``, ``path=("x", "loss")`` and the others that the page /api lists.

    Raises:
        ViewInvalidError: an option does not exist, or names what this graph does not have; says what would do.
        PictureError: the graph cannot be drawn.
        TraceError: the program or function raised; and all else that `trace` raises.
    """
    options = read_view(view)
    whole = format in FORMATS and FORMATS[format].question == "tensors"
    found = traced(subject, Wanted(inputs or {}, seed, root, gradient, whole=whole))
    drawing = render(found.graph, format, options, shared_engine(), source or found.source)
    return drawing.content if format in get_args(BinaryFormat) else drawing.content.decode()


def show(
    subject: Subject | Graph,
    *,
    inputs: Mapping[str, object] | None = None,
    seed: int = 0,
    root: str | None = None,
    gradient: object = None,
    source: str = "",
    **view: object,
) -> GraphPicture:
    """Return the picture of a graph as something to look at: a notebook shows it, and elsewhere it is saved or opened.

    >>> import chainrule, torch
    >>> x = torch.tensor([1.0, 2.0], requires_grad=True)
    >>> loss = (x * x).sum()
    >>> picture = chainrule.show(loss, view="gradients")
    >>> picture.save("loss.svg").read_text()[:4]
    '<svg'
    >>> x.grad is None
    True

    Values of an existing tensor's graph are shown as far as a variable or PyTorch itself still holds them; those of a
    function or a program are all there.

    Args:
        subject: a Graph, or what `trace` takes.
        inputs: as for `trace`.
        seed: as for `trace`.
        root: as for `trace`.
        gradient: as for `trace`.
        source: as for `draw`.
        view: as for `draw`.

    Raises:
        TraceError: the program or function raised; ``show(error.graph)`` shows how far it came. All else is as for
            `draw`.
    """
    options = read_view(view)
    found = traced(subject, Wanted(inputs or {}, seed, root, gradient))
    return GraphPicture(found.graph, options, source or found.source)


def read_view(view: Mapping[str, object]) -> ViewOptions:
    """Return the options of a picture that are given as Python values.

    >>> read_view({"pass_": 1, "highlight": ["x", "y"], "widths": True}).highlight
    ('x', 'y')

    Raises:
        ViewInvalidError: an option does not exist, or has a value that cannot be used.
    """
    return ViewOptions.from_query(
        {name.rstrip("_"): _written(name, value) for name, value in view.items() if value is not None}
    )


def _written(name: str, value: object) -> str:
    if isinstance(value, list | tuple):
        return (".." if name == "path" else ",").join(str(part) for part in value)
    if isinstance(value, bool | int | float | str):
        return str(value)
    raise ViewInvalidError(name, f"a {type(value).__name__} is no option of a picture")
