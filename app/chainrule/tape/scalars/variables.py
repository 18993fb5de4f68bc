"""What a part of the program's text is bound to while it runs, found without running anything of it."""

import ast
from types import FrameType
from typing import Any

UNKNOWN = object()
"""What stands for a part that cannot be looked up without running the program."""


def look_up(expression: ast.expr, frame: FrameType) -> Any:
    """Return what a name, attribute or item is bound to in a frame, or ``UNKNOWN``."""
    if isinstance(expression, ast.Name):
        for space in (frame.f_locals, frame.f_globals, frame.f_builtins):
            if expression.id in space:
                return space[expression.id]
    if isinstance(expression, ast.Constant):
        return expression.value
    if isinstance(expression, ast.UnaryOp) and isinstance(expression.op, ast.USub):
        value = look_up(expression.operand, frame)
        return -value if type(value) in (int, float) else UNKNOWN
    if isinstance(expression, ast.Attribute):
        return _attribute(look_up(expression.value, frame), expression.attr)
    if isinstance(expression, ast.Subscript):
        return _item(look_up(expression.value, frame), look_up(expression.slice, frame))
    return UNKNOWN


def _attribute(value: Any, name: str) -> Any:
    for owner in (value, type(value)):
        try:
            space = object.__getattribute__(owner, "__dict__")
        except AttributeError:
            continue
        if name in space:
            return space[name]
    return UNKNOWN


def _item(value: Any, index: Any) -> Any:
    if type(value) in (list, tuple) and type(index) is int and -len(value) <= index < len(value):
        return value[index]
    if type(value) is dict and type(index) in (int, str, bool):
        return value.get(index, UNKNOWN)
    return UNKNOWN
