"""The few kinds of marks that every picture is made of; places are in pixels within their group.

They are tuples because a picture has thousands of them, and tuples are made several times faster than dataclasses.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

Anchor = Literal["start", "middle", "end"]


class Rect(NamedTuple):
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float
    style: str
    """Classes of the stylesheet."""
    radius: float = 0.0


class Text(NamedTuple):
    """One line of text."""

    x: float
    y: float
    """The baseline."""
    content: str
    size: float
    style: str
    anchor: Anchor = "start"
    length: float | None = None
    """The width it is fitted to, where the font may lack its characters."""


class Path(NamedTuple):
    """Lines and curves, in SVG's path language."""

    d: str
    style: str


Mark = Rect | Text | Path


class MarkGroup(NamedTuple):
    """Marks that are one thing to the reader: a node, an edge, a frame."""

    style: str
    label: str
    """What a screen reader says."""
    marks: tuple[Mark, ...]
    x: float = 0.0
    y: float = 0.0
    data: tuple[tuple[str, str], ...] = ()
    """``data-`` attributes, without that prefix."""
    focusable: bool = False
    scale: float = 1.0
    """How large the marks are drawn, beside what they say."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A whole picture."""

    width: float
    height: float
    title: str
    description: str
    groups: tuple[MarkGroup, ...]
    """In the order of drawing."""
