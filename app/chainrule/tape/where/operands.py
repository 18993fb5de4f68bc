"""The operands of what a frame of the program is at, and what they are bound to, found without running anything."""

import ast
import sys
from functools import cached_property
from types import CodeType, FrameType
from typing import Any

from chainrule.tape.where.instructions import InstructionSpans
from chainrule.tape.where.parts import Extent, extent

UNKNOWN = object()
"""What stands for a part that cannot be looked up without running the program."""

_OWN = "chainrule.tape."
_OPERATORS = "torch._tensor"
"""Where PyTorch writes operators of tensors in Python: they hand on what they were given."""


class Operands:
    """Finds the operands of one program's operators and calls.

    Args:
        extents: tells what instructions are for.
    """

    def __init__(self, extents: InstructionSpans) -> None:
        self._extents = extents

    def at(self, code: CodeType, instruction: int) -> list[ast.expr]:
        """Return the operands of the operator, or the arguments of the call, that a frame is at.

        The object that a method is called on comes last. There are none where the instruction is for something else,
        and where ``*`` hides how many there are.
        """
        place = self.extent(code, instruction)
        return [] if place is None else self._by_extent.get(place, [])

    def extent(self, code: CodeType, instruction: int) -> Extent | None:
        """Return where the expression stands that a frame is at."""
        return self._extents.of(code, instruction)

    @cached_property
    def _by_extent(self) -> dict[Extent, list[ast.expr]]:
        found: dict[Extent, list[ast.expr]] = {}
        for node in self._extents.syntax.nodes:
            match node:
                case ast.BinOp(left=one, right=other) | ast.AugAssign(target=one, value=other):
                    found[extent(node)] = [one, other]
                case ast.Compare(left=one, comparators=[other]):
                    found[extent(node)] = [one, other]
                case ast.Call(func=function, args=parts, keywords=named):
                    if all(one.arg for one in named) and not any(isinstance(part, ast.Starred) for part in parts):
                        called_on = [function.value] if isinstance(function, ast.Attribute) else []
                        found[extent(node)] = [*parts, *(one.value for one in named), *called_on]
        return found


def frames_around(filename: str) -> tuple[FrameType | None, FrameType | None]:
    """Return the program's innermost frame, and that of the library function in Python that it called, the innermost.

    Args:
        filename: what the program was compiled as.
    """
    frame: FrameType | None = sys._getframe(1)
    library = None
    while frame is not None and frame.f_code.co_filename != filename:
        name = str(frame.f_globals.get("__name__", ""))
        if library is None and name != _OPERATORS and not name.startswith(_OWN):
            library = frame
        frame = frame.f_back
    return frame, library


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
