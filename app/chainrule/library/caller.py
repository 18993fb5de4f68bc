"""The variables of whoever called this package: they name the nodes of a graph."""

import sys
from pathlib import Path
from types import FrameType

_PACKAGE = str(Path(__file__).resolve().parents[1])
_OF_NOTEBOOKS = frozenset({"In", "Out"})


def caller_names() -> dict[str, object]:
    """Return the variables of the nearest frame that is not of this package, those of its module first.

    Names with an underscore in front are left out, and those in which a notebook keeps its cells.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame = frame.f_back
    if frame is None:
        return {}
    names = {**frame.f_globals, **frame.f_locals}
    return {name: value for name, value in names.items() if not name.startswith("_") and name not in _OF_NOTEBOOKS}
