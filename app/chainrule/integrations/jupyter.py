"""Graphs in a notebook, of its own tensors: ``%load_ext chainrule``.

``%%chainrule`` runs its cell and shows the graph of what it did; ``show(loss)`` shows the graph that a tensor hangs on.
Both run in the notebook's own process: the code is its author's.
"""

import linecache

from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, cell_magic, magics_class
from IPython.display import display

from chainrule.errors import ChainruleError
from chainrule.library import GraphPicture, show
from chainrule.limits import Limits
from chainrule.render import ViewOptions
from chainrule.tape.script import trace_cell


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
        display(GraphPicture(trace.graph, options, cell))
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
