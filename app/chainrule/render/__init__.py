"""From geometry and graph to SVG and the other formats.

What draws is imported when it is first asked for: the options and the list of formats are needed by many who draw
nothing.
"""

from typing import TYPE_CHECKING, Any

from chainrule.render.options import ViewOptions

if TYPE_CHECKING:
    from chainrule.render.drawing import Drawing, draw, error_picture

__all__ = ["Drawing", "ViewOptions", "draw", "error_picture"]


def __getattr__(name: str) -> Any:
    """Return a name of `chainrule.render.drawing`."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from chainrule.render import drawing

    return getattr(drawing, name)
