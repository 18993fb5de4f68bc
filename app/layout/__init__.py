"""From a graph to positions: label text and sizes, DOT, the Graphviz engine."""

from app.layout.arrange import Room, arrange
from app.layout.dot import Direction, make_dot
from app.layout.engine import Engine, make_engine
from app.layout.geometry import Area, Geometry, Point, Route, Size

__all__ = [
    "Area",
    "Direction",
    "Engine",
    "Geometry",
    "Point",
    "Room",
    "Route",
    "Size",
    "arrange",
    "make_dot",
    "make_engine",
]
