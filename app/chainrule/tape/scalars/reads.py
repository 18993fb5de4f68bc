"""Numbers that the program reads from tensors (``item()``, ``float()``, ``tolist()``), and where it uses them again."""

import ast
import sys
from collections.abc import Callable
from dataclasses import replace
from types import FrameType
from typing import Any

from chainrule.tape.record.operations import Argument, ListRead, Read, Record, Value
from chainrule.tape.scalars.arithmetic import Plain, is_plain
from chainrule.tape.scalars.operands import Operands, Positions, flat, positions_of
from chainrule.tape.scalars.origins import Origin, Origins
from chainrule.tape.scalars.variables import look_up
from chainrule.tape.tensors.decimals import python_number
from chainrule.tape.tensors.snapshot import Snapshot
from chainrule.tape.where.frames import FrameCall, Place

_SHARED = range(-5, 257)
"""Integers that CPython has one object for, whoever made them."""
_PURGE_AT = 1_000
"""Numbers that are remembered before those that nobody has any more are looked for."""
_DTYPES = {bool: "bool", int: "int64", float: "float64", complex: "complex128"}
_OWN = "chainrule.tape."
_OPERATORS = "torch._tensor"
"""Where PyTorch writes operators of tensors in Python: it hands on what it was given."""

Make = Callable[[type, Place, tuple[Argument, ...]], Record]


class Reads:
    """Finds the reads that the numbers among an operation's arguments come from.

    PyTorch hands a copy of a number to the operation. It is taken for what was read where it is equal to an operand of
    the program's expression that is known to come from there, and to no other operand; or, within a function of
    PyTorch's in Python, where a variable of that function is the very object. Otherwise it stays a constant.

    Args:
        filename: what the program was compiled as.
        source: its text; left out, ``linecache`` is asked for it.
    """

    def __init__(self, filename: str, source: str | None) -> None:
        self._filename = filename
        self._operands = Operands(filename, source)
        self._origins = Origins(self._operands)
        self._known = 0
        """Numbers that were read and are known."""
        self._purge_at = _PURGE_AT
        self._ran: dict[tuple[FrameCall, int], int] = {}
        """For each instruction of a function's run the last operation with numbers."""
        self._made: dict[tuple[Any, ...], Read] = {}
        """Numbers that the program made of others, by what stands for their making."""
        self.joined = False
        """Whether a number was joined to its read."""

    def note(self, record: Record, number: Any) -> None:
        """Note the one number that the program got from an operation, and keep it alive."""
        if not is_plain(number):
            self._forget(record.place)
            return
        record.outputs = (_value(record, number),)
        read = Read(number, record, 2)
        self._note(read)
        self._note_site(read, record.place, single=True)

    def note_list(self, record: Record, numbers: list[Any]) -> None:
        """Note the numbers, in lists of any depth, that the program got from an operation."""
        self._forget(record.place)
        reads = [Read(number, record, 1) for number in flat(numbers) if is_plain(number)]
        for read in reads:
            self._note(read)
        for read in reads[-1:]:
            self._note_site(read, record.place, single=type(numbers) is not list)

    def sourced(self, arguments: tuple[Argument, ...], place: Place, index: int, make: Make) -> tuple[Argument, ...]:
        """Return the arguments with the read that each number comes from, where that is sure.

        Args:
            arguments: of the operation that is about to run.
            place: where the program is.
            index: the operation's number.
            make: records that the program made a number of a type from others.
        """
        if not self._known or not place.calls or all(argument.value is not None for argument in arguments):
            return arguments
        frames = self._frames_around()
        if frames[-1].f_code.co_filename != self._filename:
            return arguments
        known = self._known_numbers(frames, place, self._after(place, index))
        keys = [_key(argument.number) for argument in arguments if argument.value is None]
        found = []
        for argument in arguments:
            if argument.value is None:
                key = _key(argument.number)
                same = [origin for origin in known if _key(python_number(origin.value)) == key]
                if len(same) == keys.count(key) and all(origin == same[0] for origin in same) and same[0].reads:
                    argument = replace(argument, read=self._read(same[0], place, make))
            found.append(argument)
        return tuple(found)

    def of_data(self, place: Place, index: int, make: Make) -> list[Read]:
        """Return the reads that made the data of the ``torch.tensor`` that the program calls now, which are sure."""
        if not self._known or not place.calls:
            return []
        program, call, after = self._frames_around()[0], place.calls[-1], self._after(place, index)
        if program.f_code.co_filename != self._filename:
            return []
        found: list[Read] = []
        for operand in self._operands.of(program)[:1]:
            for part in operand.elts if isinstance(operand, ast.List | ast.Tuple) else (operand,):
                origin = self._origins.of(part, program, call, after)
                site = self._origins.site(call, part, after) if isinstance(part, ast.Call) else None
                if origin is not None:
                    found += [self._read(origin, place, make)] if origin.reads else []
                elif site is not None:
                    found.append(site.read)
                else:
                    read = map(self._origins.of_object, flat(look_up(part, program)))
                    found += [one for one in read if one is not None]
        self.joined = self.joined or bool(found)
        return found

    def _known_numbers(self, frames: list[FrameType], place: Place, after: int) -> list[Origin]:
        program, inner = frames[-1], frames[0]
        if all(frame.f_globals.get("__name__") == _OPERATORS for frame in frames[:-1]):
            operands = self._operands.of(program)
            known = [self._origins.of(operand, program, place.calls[-1], after) for operand in operands]
            return [origin for origin in known if origin is not None]
        variables = [value for name, value in inner.f_locals.items() if is_plain(value)]
        literals = [Origin(value) for value in inner.f_code.co_consts if is_plain(value)]
        reads = [self._origins.of_object(value) for value in variables]
        return literals + [
            Origin(value) if read is None else Origin(value, (read,))
            for value, read in zip(variables, reads, strict=True)
        ]

    def _after(self, place: Place, index: int) -> int:
        """Return the operation with numbers that ran here before, and note the one that is about to."""
        key = place.calls[-1], place.instructions[-1]
        before = self._ran.get(key, -1)
        self._ran[key] = index
        return before

    def _read(self, origin: Origin, place: Place, make: Make) -> Read:
        self.joined = True
        made_by = origin.expression
        read = origin.reads[0] if made_by is None else self._made_of(origin, made_by, place, make)
        if origin.name is not None and not isinstance(read.record.op, ListRead):
            (value,) = read.record.outputs
            value.names = {**(value.names or {}), (origin.name, place.calls[-1].above is not None): read.record.index}
        return read

    def _made_of(self, origin: Origin, expression: ast.expr, place: Place, make: Make) -> Read:
        call = place.calls[-1]
        key = (call, positions_of(expression), origin.reads, repr(origin.value))
        if key not in self._made:
            instruction = self._operands.instruction(call.code, expression)
            if instruction is not None:
                place = replace(place, instructions=(*place.instructions[:-1], instruction))
            arguments = tuple([Argument("number", at, None, None, read=read) for at, read in enumerate(origin.reads)])
            record = make(type(origin.value), place, arguments)
            record.outputs = (_value(record, origin.value),)
            self._made[key] = Read(origin.value, record, 0)
        return self._made[key]

    def _note_site(self, read: Read, place: Place, *, single: bool) -> None:
        if place.calls:
            self._origins.note_site(place.calls[-1], self._positions(place), read, single)

    def _note(self, read: Read) -> None:
        self._known += 1
        if type(read.number) in (float, complex) or (type(read.number) is int and read.number not in _SHARED):
            self._origins.note_object(read)
            if self._known >= self._purge_at:
                self._purge_at = 2 * max(_PURGE_AT, self._origins.keep_objects(_is_held))
                self._known = max(1, self._purge_at // 2)

    def _forget(self, place: Place) -> None:
        if place.calls:
            self._origins.forget_site(place.calls[-1], self._positions(place))

    def _positions(self, place: Place) -> Positions:
        return self._operands.positions(place.calls[-1].code, place.instructions[-1])

    def _frames_around(self) -> list[FrameType]:
        """Return the frames between the operation and the program, and the program's innermost."""
        found: list[FrameType] = []
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            if found or not str(frame.f_globals.get("__name__", "")).startswith(_OWN):
                found.append(frame)
                if frame.f_code.co_filename == self._filename:
                    break
            frame = frame.f_back
        return found


def _value(record: Record, number: Plain) -> Value:
    return Value(Snapshot((), _DTYPES[type(number)], 1, None, None, None, number), record, 0, _no_tensor, 0)


def _no_tensor() -> None:
    """Stand for the tensor of a value that is a Python number."""


def _is_held(read: Read) -> bool:
    """Return whether anything beside the tape, and this call, has the number."""
    return sys.getrefcount(read.number) > read.held + 1


def _key(number: object) -> tuple[type, str]:
    return type(number), repr(number)
