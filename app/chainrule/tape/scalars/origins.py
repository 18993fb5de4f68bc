"""Where the numbers of the program's expressions come from."""

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from types import FrameType
from typing import Any

import torch

from chainrule.tape.record.operations import Read
from chainrule.tape.scalars.arithmetic import Plain, computed, function_of, is_plain, operator_of
from chainrule.tape.scalars.operands import Operands, Positions, places_of, positions_of
from chainrule.tape.scalars.variables import UNKNOWN, look_up
from chainrule.tape.where.frames import FrameCall

_DEEPEST = 8
"""Names that are followed one after the other."""
_CONVERSIONS = (float, int, bool, complex)


@dataclass(frozen=True, slots=True)
class Origin:
    """A number, and the reads that it was made of."""

    value: Plain
    reads: tuple[Read, ...] = ()
    """Empty where it was made of none, as far as can be told."""
    expression: ast.expr | None = None
    """What made it of them; None where it is the very number that was read."""
    name: str | None = field(default=None, compare=False)
    """The variable that holds it."""


@dataclass(slots=True)
class Site:
    """A place of the program that reads numbers, in one run of its function."""

    read: Read
    single: bool
    """Whether it gave one number, and not a list of them."""
    count: int = 1
    """How often it did."""


@dataclass(frozen=True, slots=True)
class _View:
    """How one expression is looked at."""

    frame: FrameType
    call: FrameCall
    after: int
    """Reads that the expression itself makes are later than this record."""
    depth: int = 0
    """How many names were followed to what they were assigned."""


class Origins:
    """Follows the numbers of expressions back to where the program read them from tensors.

    A name, attribute or item that holds the very object that was read comes from there. Python has one object for each
    small integer and truth value, and arithmetic makes new ones: there, and for calls, the text tells. An operand that
    reads a number was just evaluated; a name that one assignment alone binds has what its right side was, and that
    gives the number again when it is computed anew. Everything else is unknown.

    Args:
        operands: of the program's expressions.
    """

    def __init__(self, operands: Operands) -> None:
        self._operands = operands
        self._sites: dict[tuple[FrameCall | None, Positions], Site] = {}
        self._objects: dict[int, Read] = {}
        """Numbers that are objects of their own, by id: the reads hold them."""

    def note_site(self, call: FrameCall, positions: Positions, read: Read, single: bool) -> None:
        """Note that a place of a function's run has read a number."""
        place = _run(call), positions
        known = self._sites.get(place)
        self._sites[place] = Site(read, single, 1 if known is None else known.count + 1)

    def forget_site(self, call: FrameCall, positions: Positions) -> None:
        """Note that a place has read something that cannot be told."""
        self._sites.pop((_run(call), positions), None)

    def note_object(self, read: Read) -> None:
        """Note a number that no other object is."""
        self._objects[id(read.number)] = read

    def keep_objects(self, keep: Callable[[Read], bool]) -> int:
        """Forget the numbers that are not to be kept, and count the others."""
        self._objects = {key: read for key, read in self._objects.items() if keep(read)}
        return len(self._objects)

    def of_object(self, number: object) -> Read | None:
        """Return the read that a number is the very object of."""
        read = self._objects.get(id(number))
        return read if read is not None and read.number is number else None

    def site(self, call: FrameCall, expression: ast.expr, after: int) -> Site | None:
        """Return what an expression has just read: later than a record."""
        found = self._site(call, expression)
        return None if found is None or found.read.record.index <= after else found

    def of(self, expression: ast.expr, frame: FrameType, call: FrameCall, after: int) -> Origin | None:
        """Tell where the number that an expression has just given comes from.

        Args:
            expression: an operand of what the frame is at.
            frame: a frame of the program.
            call: the same, as it was counted.
            after: reads that the expression itself makes are later than this record.

        Returns:
            None for what is no number, or cannot be told.
        """
        origin = self._of(expression, _View(frame, call, after))
        if origin is not None and isinstance(expression, ast.Name | ast.NamedExpr):
            name = expression.id if isinstance(expression, ast.Name) else expression.target.id
            return replace(origin, name=name)
        return origin

    def _of(self, expression: ast.expr, view: _View) -> Origin | None:
        match expression:
            case ast.Constant(value=value):
                return Origin(value) if is_plain(value) else None
            case ast.Name() | ast.Attribute() | ast.Subscript():
                return self._bound(expression, view)
            case ast.NamedExpr():
                return self._of(expression.value, view)
            case ast.Call():
                return self._called(expression, view)
            case ast.UnaryOp():
                return self._made(expression, operator_of(expression.op), [expression.operand], view)
            case ast.BinOp():
                return self._made(expression, operator_of(expression.op), [expression.left, expression.right], view)
            case ast.Compare(left=left, ops=[only], comparators=[right]):
                return self._made(expression, operator_of(only), [left, right], view)
        return None

    def _bound(self, expression: ast.expr, view: _View) -> Origin | None:
        value = look_up(expression, view.frame)
        if not is_plain(value):
            return None
        read = self.of_object(value)
        if read is not None and view.depth == 0:
            return Origin(value, (read,))
        assigned = self._assigned(expression, view)
        if assigned is not None:
            given = self._of(assigned, _View(view.frame, view.call, -1, view.depth + 1))
            if given is not None and given.reads and _is_same(given.value, value):
                # A number that is an object of its own would be the very object, had it come here as it was read.
                is_other = view.depth == 0 and given.expression is None and any(map(self._is_object, given.reads))
                return None if is_other else given
        # What a name behind a name has now is not what it had then, where that was read more than once.
        return Origin(value) if read is None else None

    def _assigned(self, expression: ast.expr, view: _View) -> ast.expr | None:
        code = view.frame.f_code
        if not isinstance(expression, ast.Name) or view.depth > _DEEPEST:
            return None
        if code.co_name != "<module>" and expression.id not in (*code.co_varnames, *code.co_cellvars):
            return None
        assigned = self._operands.assigned(code, expression.id)
        if assigned is None or _stands_in(self._operands.positions(code, view.frame.f_lasti), positions_of(assigned)):
            return None  # what it is assigned is being computed: it still has what it had before
        return assigned

    def _called(self, expression: ast.Call, view: _View) -> Origin | None:
        function = function_of(look_up(expression.func, view.frame))
        if function is not None and not expression.keywords:
            made = self._made(expression, function, expression.args, view)
            if made is not None:
                return made
        site = self._site(view.call, expression)
        if site is None or not site.single:
            return None
        return Origin(site.read.number, (site.read,)) if self._has_read(expression, site, view) else None

    def _has_read(self, expression: ast.Call, site: Site, view: _View) -> bool:
        """Return whether a call gave what stands there now with its latest read, and not without one."""
        if view.depth == 0:
            return site.read.record.index > view.after
        taken = [expression.func.value] if isinstance(expression.func, ast.Attribute) else expression.args
        known = [value for part in taken if (value := look_up(part, view.frame)) is not UNKNOWN]
        # A name's own assignment has read last what the name has; of what lies behind others only one read is sure.
        return all(isinstance(value, torch.Tensor) for value in known) and (view.depth == 1 or site.count == 1)

    def _made(
        self, expression: ast.expr, function: Callable[..., Any] | None, parts: Iterable[ast.expr], view: _View
    ) -> Origin | None:
        origins = [self._of(part, view) for part in parts]
        known = [origin for origin in origins if origin is not None]
        if function is None or len(known) < len(origins):
            return None
        value = computed(function, [origin.value for origin in known])
        if value is None:
            return None
        reads = tuple(dict.fromkeys(read for origin in known for read in origin.reads))
        if function in _CONVERSIONS and all(_is_same(value, origin.value) for origin in known):
            return Origin(value, reads, known[0].expression)
        return Origin(value, reads, expression)

    def _site(self, call: FrameCall, expression: ast.expr) -> Site | None:
        found = [site for place in places_of(expression) if (site := self._sites.get((_run(call), place)))]
        return found[0] if found else None

    def _is_object(self, read: Read) -> bool:
        return type(read.number) is not complex and self.of_object(read.number) is read


def _run(call: FrameCall) -> FrameCall | None:
    """Return what stands for one run of a function; the top level runs once, if in several parts."""
    return None if call.above is None and call.code.co_name == "<module>" else call


def _is_same(one: Plain, other: Plain) -> bool:
    return type(one) is type(other) and repr(one) == repr(other)


def _stands_in(inner: Positions, outer: Positions) -> bool:
    line, end_line, column, end_column = inner
    first, last, start, end = outer
    if None in (*inner, *outer):
        return True
    return (first, start) <= (line, column) and (end_line, end_column) <= (last, end)
