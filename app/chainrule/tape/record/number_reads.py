"""Python numbers that the program reads from tensors, and the operations that take the very same object."""

import ast
from dataclasses import replace
from types import FrameType
from typing import Any

import torch

from chainrule.graph.tensors.decimals import json_number
from chainrule.tape.record.operations import Argument, ListRead, Read, Record, Value
from chainrule.tape.tensors.snapshot import Snapshot
from chainrule.tape.where.frames import FrameCall, Place
from chainrule.tape.where.instructions import InstructionSpans
from chainrule.tape.where.operands import UNKNOWN, Operands, frames_around, look_up
from chainrule.tape.where.parts import Extent, extent

REMEMBERED = 4_096
"""Numbers that are remembered, and places that read them [each]; the oldest is forgotten first."""
_SHARED = range(-5, 257)
"""Integers that CPython has one object for, whoever made them."""
_LARGEST = 2**63
_DTYPES = {bool: "bool", int: "int64", float: "float64", complex: "complex128"}


class NumberReads:
    """Finds the reads that the numbers among an operation's arguments are the very objects of.

    PyTorch hands a copy of a number to the operation, so it is looked for among the operands of what the program's
    frame is at. One of them is a number that was read where a name, attribute or item has that object now, or where it
    is the call that has just read it. It is taken for the operation's number where that is equal to it and no other
    operand can be. All else is a constant: also what the program makes of numbers that it read.

    Args:
        filename: what the program was compiled as.
        extents: tells what instructions are for.
    """

    def __init__(self, filename: str, extents: InstructionSpans) -> None:
        self._filename = filename
        self._operands = Operands(extents)
        self._objects: dict[int, Read] = {}
        """Reads of numbers that no other object is, by id: a read keeps its number, so no other gets the id."""
        self._calls: dict[tuple[FrameCall, Extent | None], Read] = {}
        """What each expression has read since an operation last took it, by the run of its frame."""
        self._numbers: set[tuple[type, str]] = set()
        """Every number that was read: an operation that takes none of them need not be looked at."""
        self._has_any = False
        self.joined = False
        """Whether a number was joined to its read."""

    def note(self, record: Record, number: Any) -> None:
        """Note the one number that the program got from an operation."""
        if type(number) in _DTYPES and (type(number) is not int or abs(number) < _LARGEST):
            snapshot = Snapshot((), _DTYPES[type(number)], 1, None, None, None, number)
            record.outputs = (Value(snapshot, record, 0, lambda: None, 0),)
            self._note(record, number, [number])

    def note_list(self, record: Record, numbers: Any) -> None:
        """Note the numbers, in lists of any depth, that the program got from an operation."""
        self._note(record, numbers if type(numbers) in _DTYPES else None, _flat(numbers))

    def sources(self, arguments: tuple[Argument, ...], place: Place) -> tuple[Argument, ...]:
        """Return the arguments with the read that each number comes from, where that is sure.

        Args:
            arguments: of the operation that is about to run.
            place: where the program is.
        """
        keys = [_key(argument.number) for argument in arguments if argument.value is None]
        if not keys or self._numbers.isdisjoint(keys) or not place.calls:
            return arguments
        program, library = frames_around(self._filename)
        parts = self._operands.at(place.calls[-1].code, place.instructions[-1])
        operands = [(part, self._operand(part, program, place)) for part in parts] if program else []
        tensors = sum(value is UNKNOWN or isinstance(value, torch.Tensor) for _, (value, _) in operands)
        if library is None and tensors > len(arguments) - len(keys):
            return arguments  # what an unknown operand is may be this number too
        found = []
        for argument in arguments:
            key = _key(argument.number)
            same = [(part, read) for part, (value, read) in operands if _key(json_number(value)) == key]
            reads = {read for _, read in same}
            read = reads.pop() if argument.value is None and len(reads) == 1 else None
            if read and (_has_object(library, read.number) if library else len(same) == keys.count(key)):
                self._name(read, same[0][0], place)
                found.append(replace(argument, read=read))
            else:
                found.append(argument)
        return tuple(found)

    def sources_of_data(self, place: Place) -> list[Read]:
        """Return the reads of the numbers that the program makes a tensor of with ``torch.tensor``."""
        program, library = frames_around(self._filename)
        if not self._has_any or not place.calls or program is None or library is not None:
            return []
        found: list[Read] = []
        waiting = list(self._operands.at(place.calls[-1].code, place.instructions[-1])[:1])
        while waiting:
            part = waiting.pop(0)
            if isinstance(part, ast.List | ast.Tuple):
                waiting[:0] = part.elts
                continue
            value, read = self._operand(part, program, place)
            if read is not None:
                self._name(read, part, place)
            reads = [read] if read else [self._objects.get(id(number)) for number in _flat(value)]
            found += [one for one in reads if one is not None]
        self.joined = self.joined or bool(found)
        return found

    def _operand(self, part: ast.expr, frame: FrameType, place: Place) -> tuple[object, Read | None]:
        """Return what an operand of the program is now, or UNKNOWN, and the read that gave it."""
        if isinstance(part, ast.Call):
            read = self._calls.pop((place.calls[-1], extent(part)), None)
            return (UNKNOWN, None) if read is None or not _is_reading(part) else (read.number, read)
        if isinstance(part, ast.List | ast.Tuple):
            return None, None
        value = look_up(part.target if isinstance(part, ast.NamedExpr) else part, frame)
        return value, self._objects.get(id(value))

    def _note(self, record: Record, number: Any, numbers: list[Any]) -> None:
        self._has_any = True
        for one in numbers:
            self._numbers.add(_key(json_number(one)))
            if type(one) in (float, complex) or (type(one) is int and one not in _SHARED):
                _remember(self._objects, id(one), Read(one, record))
        if record.place.calls and frames_around(self._filename)[1] is None:
            call, instruction = record.place.calls[-1], record.place.instructions[-1]
            _remember(self._calls, (call, self._operands.extent(call.code, instruction)), Read(number, record))

    def _name(self, read: Read, part: ast.expr, place: Place) -> None:
        """Give a read that an operation takes the name of the variable that holds it; a list has no element's name."""
        self.joined = True
        name = part.id if isinstance(part, ast.Name) else part.target.id if isinstance(part, ast.NamedExpr) else None
        if name is not None and not isinstance(read.record.operator.op, ListRead):
            (value,) = read.record.outputs
            value.names = {**(value.names or {}), (name, place.calls[-1].above is not None): read.record.index}


def _remember(kept: dict[Any, Read], key: Any, read: Read) -> None:
    kept.pop(key, None)
    kept[key] = read
    if len(kept) > REMEMBERED:
        del kept[next(iter(kept))]


def _is_reading(call: ast.Call) -> bool:
    """Return whether a call gives what it read, and not something that it made of it."""
    match call.func:
        case ast.Attribute(attr="item" | "tolist") | ast.Name(id="float" | "int" | "bool" | "complex"):
            return True
    return False


def _has_object(frame: FrameType, number: object) -> bool:
    """Return whether what is equal to a number in a function is the very object."""
    equal = [value for value in (*frame.f_locals.values(), *frame.f_code.co_consts) if _key(value) == _key(number)]
    return bool(equal) and all(value is number for value in equal) and number not in _SHARED


def _flat(numbers: Any) -> list[Any]:
    """List the entries of lists and tuples of any depth, without recursion."""
    found = [numbers]
    while any(type(one) in (list, tuple) for one in found):
        found = [entry for one in found for entry in (one if type(one) in (list, tuple) else (one,))]
    return found


def _key(number: object) -> tuple[type, str]:
    return type(number), repr(number)
