"""From geometry and graph to SVG and the other formats."""

from chainrule.render.drawing import Drawing, draw, error_picture
from chainrule.render.options import ViewOptions

__all__ = ["Drawing", "ViewOptions", "draw", "error_picture"]
