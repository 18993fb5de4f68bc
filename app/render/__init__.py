"""From geometry and graph to SVG and the other formats."""

from app.render.drawing import Drawing, draw, error_picture
from app.render.options import ViewOptions

__all__ = ["Drawing", "ViewOptions", "draw", "error_picture"]
