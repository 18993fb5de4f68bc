"""See the autograd graph that PyTorch built, with the value and the gradient on every node.

>>> import chainrule
>>> graph = chainrule.trace("(x ** 2).sum()", inputs={"x": [1.0, 2.0]})
>>> [node.op for node in graph.nodes if node.kind == "function"]
['PowBackward0', 'SumBackward0']

`trace` gives a graph as data, `draw` a picture, `show` something that a notebook shows and that can be saved. Each
takes the text of a program, a callable, or a tensor. `Tape` records what happens inside a ``with`` block, `Graph` is
what all of them give, and `Client` and `AsyncClient` ask a server over HTTP.

Importing this is cheap: each name brings what it needs when it is first used. Only what runs PyTorch here imports it.
``%load_ext chainrule`` adds ``%%chainrule`` and ``show`` to a notebook.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from chainrule.version import __version__

if TYPE_CHECKING:
    from chainrule.client import AsyncClient, Client
    from chainrule.graph.model import Graph
    from chainrule.library.pictures import draw, show
    from chainrule.library.tracing import trace
    from chainrule.tape.tape import Tape

__all__ = ["AsyncClient", "Client", "Graph", "Tape", "__version__", "draw", "show", "trace"]

_HOMES = {
    "AsyncClient": "chainrule.client",
    "Client": "chainrule.client",
    "Graph": "chainrule.graph.model",
    "Tape": "chainrule.tape.tape",
    "draw": "chainrule.library.pictures",
    "show": "chainrule.library.pictures",
    "trace": "chainrule.library.tracing",
}
"""The module of each name: imported when the name is first asked for."""


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def load_ipython_extension(shell: Any) -> None:
    """Add ``%%chainrule`` and ``show`` to a notebook: what ``%load_ext chainrule`` calls."""
    import_module("chainrule.integrations.jupyter").load_ipython_extension(shell)
