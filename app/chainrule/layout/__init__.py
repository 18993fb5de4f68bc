"""From a graph to positions: label text and sizes, DOT, the Graphviz engine."""

from chainrule.layout.geometry import Area, Geometry, Point, Route, Size
from chainrule.layout.graphviz.dot import Direction, make_dot
from chainrule.layout.graphviz.engine import Engine, make_engine
from chainrule.layout.place.arrange import Room, arrange

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
