"""The operands of the expression that a frame of the program is computing, as far as they can be looked up."""

import ast
import linecache
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType, FrameType
from typing import Any

import torch

UNKNOWN = object()
"""What stands for an operand that cannot be looked up without running the program."""
Positions = tuple[int | None, int | None, int | None, int | None]
"""Line, end line, column and end column, as Python's compiler counts."""


@dataclass(frozen=True, slots=True)
class Returned:
    """What a call gave that stands at that place and was made just now."""

    positions: Positions


class Operands:
    """Finds the operands of one program's expressions.

    Args:
        filename: what the program was compiled as.
        source: its text; left out, Python's ``linecache`` is asked for it.
    """

    def __init__(self, filename: str, source: str | None) -> None:
        self._filename = filename
        self._source = source
        self._table: dict[Positions, tuple[ast.expr, ...]] | None = None
        self._positions: dict[CodeType, list[Positions]] = {}

    def may_give(self, frame: FrameType, number: object) -> bool:
        """Tell whether a number can be what the current expression of a frame takes.

        It can be where an operand is a name, attribute or item that holds that very object, a call that may return
        it, or a module that may keep it. What arithmetic makes of other numbers is another number.
        """
        operands = self._of(frame)
        return operands is None or any(_may_give(operand, frame, number) for operand in operands)

    def data(self, frame: FrameType) -> Iterator[Any]:
        """Give the entries of the first argument of the call that a frame is making, one after the other."""
        operands = self._of(frame) or ()
        for operand in operands[1:2]:
            for part in operand.elts if isinstance(operand, ast.List | ast.Tuple) else (operand,):
                if isinstance(part, ast.Call):
                    yield Returned(_positions(part))
                else:
                    yield from flat(_look_up(part, frame))

    def positions(self, code: CodeType, instruction: int) -> Positions:
        """Give the place of an instruction."""
        positions = self._positions.get(code)
        if positions is None:
            positions = self._positions[code] = list(code.co_positions())
        return positions[instruction // 2]

    def _of(self, frame: FrameType) -> tuple[ast.expr, ...] | None:
        if self._table is None:
            text = "".join(linecache.getlines(self._filename)) if self._source is None else self._source
            self._table = _operands(text)
        return self._table.get(self.positions(frame.f_code, frame.f_lasti))


def _operands(text: str) -> dict[Positions, tuple[ast.expr, ...]]:
    found: dict[Positions, tuple[ast.expr, ...]] = {}
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return found
    for node in ast.walk(tree):
        operands: tuple[ast.expr, ...]
        if isinstance(node, ast.BinOp):
            operands = (node.left, node.right)
        elif isinstance(node, ast.AugAssign):
            operands = (node.target, node.value)
        elif isinstance(node, ast.Compare):
            operands = (node.left, *node.comparators)
        elif isinstance(node, ast.Call):
            operands = (node.func, *node.args, *(keyword.value for keyword in node.keywords))
        else:
            continue
        found[_positions(node)] = operands
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.end_lineno is not None:
            # The call of a method over several lines has an instruction that begins at the method's name.
            line, column = node.func.end_lineno, (node.func.end_col_offset or 0) - len(node.func.attr.encode())
            found.setdefault((line, node.end_lineno, column, node.end_col_offset), operands)
    return found


def _positions(node: ast.expr | ast.stmt) -> Positions:
    return node.lineno, node.end_lineno, node.col_offset, node.end_col_offset


def flat(numbers: Any) -> Iterator[Any]:
    """Give the entries of lists and tuples of any depth, without recursion."""
    waiting = [numbers]
    while waiting:
        one = waiting.pop()
        if type(one) in (list, tuple):
            waiting.extend(reversed(one))
        else:
            yield one


def _may_give(operand: ast.expr, frame: FrameType, number: object) -> bool:
    if isinstance(operand, ast.Call | ast.Await | ast.Starred):
        return True
    if isinstance(operand, ast.IfExp):
        return _may_give(operand.body, frame, number) or _may_give(operand.orelse, frame, number)
    if isinstance(operand, ast.List | ast.Tuple):
        return any(_may_give(element, frame, number) for element in operand.elts)
    value = _look_up(operand, frame)
    return value is number or isinstance(value, torch.nn.Module)


def _look_up(operand: ast.expr, frame: FrameType) -> Any:
    """Give what an operand is bound to, running nothing of the program."""
    if isinstance(operand, ast.Constant):
        return operand.value
    if isinstance(operand, ast.NamedExpr):
        return _look_up(operand.target, frame)
    if isinstance(operand, ast.UnaryOp) and isinstance(operand.op, ast.USub):
        value = _look_up(operand.operand, frame)
        return -value if type(value) in (int, float) else UNKNOWN
    if isinstance(operand, ast.Name):
        local = frame.f_locals
        return local[operand.id] if operand.id in local else frame.f_globals.get(operand.id, UNKNOWN)
    if isinstance(operand, ast.Attribute):
        return _attribute(_look_up(operand.value, frame), operand.attr)
    if isinstance(operand, ast.Subscript):
        return _item(_look_up(operand.value, frame), _look_up(operand.slice, frame))
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
