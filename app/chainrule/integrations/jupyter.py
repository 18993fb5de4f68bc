"""Graphs in a notebook, of its own tensors: ``%load_ext chainrule.integrations.jupyter``.

``%%chainrule`` runs its cell and shows the graph of what it did; ``show(loss)`` shows the graph that a tensor hangs on.
Both run in the notebook's own process: the code is its author's.
"""

import linecache
from functools import cache
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, cell_magic, magics_class
from IPython.display import display

from chainrule.errors import ChainruleError
from chainrule.graph import Graph
from chainrule.integrations.inline import inline_image
from chainrule.layout import Engine, make_engine
from chainrule.limits import Limits
from chainrule.render import ViewOptions, draw
from chainrule.tape.existing import graph_of
from chainrule.tape.script import trace_cell


class NotebookPicture:
    """A drawn graph: shows itself in a notebook, and as words where pictures cannot be shown."""

    def __init__(self, graph: Graph, options: ViewOptions, source: str = "") -> None:
        self.graph = graph
        self._options = options
        self._source = source
        self.svg = self._draw("svg").decode()

    def save(self, path: str | Path) -> Path:
        """Write the picture to a file, in the format of its suffix (svg, png, pdf, html, dot, json)."""
        target = Path(path)
        target.write_bytes(self._draw(target.suffix.removeprefix(".")))
        return target

    def _draw(self, picture_format: str) -> bytes:
        return draw(self.graph, picture_format, self._options, _engine(), self._source).content

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        words = self._draw("text").decode()
        html = inline_image(self.svg.encode(), words)
        return {"text/html": html, "image/svg+xml": self.svg, "text/plain": words}


@cache
def _engine() -> Engine:
    return make_engine()


def show(tensor: object, **view: object) -> NotebookPicture:
    """Return the picture of the graph that a tensor hangs on.

    Gradients come from one pass that changes no ``.grad`` and frees nothing. Values of tensors that no variable holds
    are shown where the cell ran under ``%%chainrule``.

    Args:
        tensor: one with a grad_fn, such as a loss.
        view: the options of a picture, such as ``theme="dark"``.

    Raises:
        TypeError: it is no tensor.
        ValueError: it has no grad_fn.
        ViewInvalidError: an option does not exist.
    """
    options = ViewOptions.from_query({name: str(value) for name, value in view.items()})
    return NotebookPicture(graph_of(tensor, _variables(InteractiveShell.instance().user_ns)), options)


@magics_class
class ChainruleMagics(Magics):
    """The magics of the extension."""

    @cell_magic
    def chainrule(self, line: str, cell: str) -> None:
        """Run the cell and show the graph of what it did: ``%%chainrule view=values theme=dark``."""
        try:
            options = ViewOptions.from_query(_options(line))
        except ChainruleError as error:
            raise ValueError(str(error)) from None
        shell = self.shell
        assert shell is not None  # a magic is called by a shell
        filename = f"<chainrule-{shell.execution_count}>"
        linecache.cache[filename] = (len(cell), None, cell.splitlines(keepends=True), filename)
        trace = trace_cell(cell, shell.user_ns, Limits(), filename)
        display(NotebookPicture(trace.graph, options, cell))
        if trace.error is not None:
            raise trace.error


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Add the magic and ``show`` to a notebook."""
    shell.register_magics(ChainruleMagics)
    shell.push({"show": show}, interactive=False)


def _options(line: str) -> dict[str, str]:
    options = {}
    for word in line.split():
        name, equals, value = word.partition("=")
        if not equals:
            raise ValueError(f"%%chainrule takes options of the form view=values, not {word!r}")
        options[name.lstrip("-")] = value
    return options


def _variables(names: dict[str, Any]) -> dict[str, object]:
    return {name: value for name, value in names.items() if not name.startswith("_") and name not in ("In", "Out")}
