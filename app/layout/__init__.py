"""From a graph to positions: label text and sizes, DOT, the Graphviz engine."""

from app.layout.dot import Direction, make_dot
from app.layout.engine import Engine, make_engine
from app.layout.geometry import Area, Geometry, Point, Route, Size
from app.layout.settle import settle
from app.layout.shelf import lone_boxes, shelve, without

__all__ = [
    "Area",
    "Direction",
    "Engine",
    "Geometry",
    "Point",
    "Route",
    "Size",
    "lone_boxes",
    "make_dot",
    "make_engine",
    "settle",
    "shelve",
    "without",
]
