"""Warnings told where the program is, not where the tape stands between PyTorch and the program.

A warning belongs to a place that is found by counting frames: PyTorch's kernels warn of the innermost frame, its Python
code of one so many frames outside. Under a tape frames of the tape's own stand in between, and a warning of a kernel
would be told of the tape: once, since Python tells a warning once of a place.

>>> import warnings
>>> import torch
>>> from chainrule.tape import Tape
>>> with warnings.catch_warnings(record=True) as caught, Tape():
...     warnings.simplefilter("always")
...     _ = torch.ones(1).std()
>>> "degrees of freedom" in str(caught[0].message), caught[0].filename.endswith(".py")
(True, False)
"""

import sys
import threading
import warnings
from functools import wraps
from pathlib import Path
from types import FrameType
from typing import Any

_TAPE = str(Path(__file__).resolve().parents[1])
_telling = threading.local()


def telling(original: Any) -> Any:
    """Return what stands in for ``warnings._showwarnmsg``, which tells every warning that is not to be ignored."""

    @wraps(original)
    def tell(message: warnings.WarningMessage) -> None:
        place = None if getattr(_telling, "again", False) else _place_of(message, sys._getframe(1))
        if place is None:
            original(message)
            return
        _telling.again = True
        try:
            # Whether it was told of that place before is asked anew there.
            _tell_of(place, message)
        finally:
            _telling.again = False

    return tell


def _tell_of(frame: FrameType, message: warnings.WarningMessage) -> None:
    scope = frame.f_globals
    warnings.warn_explicit(
        message.message,
        message.category,
        frame.f_code.co_filename,
        frame.f_lineno,
        scope.get("__name__", "<sys>"),
        scope.setdefault("__warningregistry__", {}),
        source=message.source,
    )


def _place_of(message: warnings.WarningMessage, frame: FrameType | None) -> FrameType | None:
    """Return the frame that a warning would be told of without the tape; None where that is the one it is told of.

    Args:
        message: the warning.
        frame: the innermost one.
    """
    while frame is not None and frame.f_globals.get("__name__") == "warnings":
        frame = frame.f_back
    innermost, own, counted = frame, 0, 0
    while frame is not None:
        counted += 1
        own += _is_own(frame)
        if (frame.f_code.co_filename, frame.f_lineno) == (message.filename, message.lineno):
            return _outside(innermost, counted) if own else None
        frame = frame.f_back
    return None


def _outside(frame: FrameType | None, count: int) -> FrameType | None:
    """Return the frame that is so many outside, the first included, where the tape's own are not counted."""
    while frame is not None:
        count -= not _is_own(frame)
        if not count:
            return frame
        frame = frame.f_back
    return None


def _is_own(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(_TAPE)
