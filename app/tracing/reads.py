"""Numbers that the program reads from tensors (``item()``, ``float()``, ``tolist()``), and where it uses them again."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from inspect import CO_NEWLOCALS
from types import FrameType
from typing import Any

from app.tracing.frames import FrameCall, Place
from app.tracing.operands import Operands, Positions, Returned, flat
from app.tracing.records import Argument, Read, Record, Value
from app.tracing.snapshot import Snapshot

_SHARED = range(-5, 257)
"""Integers that CPython has one object for, whoever made them."""
_LARGEST = 2**63 - 1
_CANDIDATES = 8
"""Reads of equal numbers that are told apart at most."""
_DTYPES = {int: "int64", float: "float64", complex: "complex128"}
_OWN = __name__.rpartition(".")[0]


class Reads:
    """Finds the read that a number among an operation's arguments comes from.

    PyTorch hands a copy of the number to the operation. It is taken for what was read where both are equal, an operand
    of the program's expression can be the very number that was read, something more than variables holds that at this
    moment (the call itself does), and no literal and no other variable around the call is equal to it. Where that
    leaves a doubt, the number stays a constant.

    Args:
        filename: what the program was compiled as.
        source: its text; left out, ``linecache`` is asked for it.
    """

    def __init__(self, filename: str, source: str | None) -> None:
        self._filename = filename
        self._operands = Operands(filename, source)
        self.joined = False
        """Whether a number was joined to its read."""
        self._known: dict[str, list[Read]] = {}
        self._latest: dict[tuple[FrameCall, Positions], Read] = {}
        """What each call that stands somewhere in a function's run read last, where that can be told from others."""

    def note(self, record: Record, number: Any) -> None:
        """Note the one number that the program got from an operation, and keep it alive."""
        where = self._where(record.place)
        if where is not None:
            self._latest.pop(where, None)
        if _is_telling(number):
            snapshot = Snapshot((), _DTYPES[type(number)], 1, None, None, None, number)
            record.outputs = (Value(snapshot, record, 0, _no_tensor, 0),)
            read = Read(number, record, 2)
            self._add(read)
            if where is not None:
                self._latest[where] = read

    def note_list(self, record: Record, numbers: list[Any]) -> None:
        """Note the numbers, in lists of any depth, that the program got from an operation."""
        where = self._where(record.place)
        if where is not None:
            self._latest.pop(where, None)
        for number in flat(numbers):
            if _is_telling(number):
                read = Read(number, record, 1)
                self._add(read)
                if where is not None:
                    self._latest[where] = read

    def candidate(self, number: object) -> Read | None:
        """Give the latest read of an equal number."""
        if not self._known:
            return None
        known = self._known.get(repr(number))
        return known[-1] if known else None

    def confirmed(self, arguments: tuple[Argument, ...]) -> tuple[Argument, ...]:
        """Give the arguments with the one read that each number must come from, or with none."""
        if all(argument.read is None for argument in arguments):
            return arguments
        return tuple([self._confirmed(argument) for argument in arguments])

    def of_data(self, place: Place) -> list[Read]:
        """Give the reads that made the data of the ``torch.tensor`` that the program calls now, which are sure."""
        frame = next(self._frames_around(), None)
        if not self._known or frame is None or frame.f_code.co_filename != self._filename or not place.calls:
            return []
        found = []
        for given in self._operands.data(frame):
            read = self._of(given)
            if isinstance(given, Returned):
                read = self._latest.get((place.calls[-1], given.positions))
            if read is not None:
                found.append(read)
        self.joined = self.joined or bool(found)
        return found

    def _of(self, number: object) -> Read | None:
        known = self._known.get(repr(number), []) if _is_telling(number) else []
        return next((read for read in known if read.number is number), None)

    def _where(self, place: Place) -> tuple[FrameCall, Positions] | None:
        if not place.calls:
            return None
        call = place.calls[-1]
        return call, self._operands.positions(call.code, place.instructions[-1])

    def _add(self, read: Read) -> None:
        known = self._known.setdefault(repr(read.number), [])
        known[:] = [*(one for one in known if _others(one) > 0), read][-_CANDIDATES:]

    def _confirmed(self, argument: Argument) -> Argument:
        if argument.read is None:
            return argument
        frames = list(self._frames_around())
        known = self._known[repr(argument.read.number)]
        used = [read for read in known if self._is_used(read, known, frames)]
        self.joined = self.joined or len(used) == 1
        return replace(argument, read=used[0] if len(used) == 1 else None)

    def _is_used(self, read: Read, known: list[Read], frames: list[FrameType]) -> bool:
        holders = 0
        for space, weight in _spaces(frames):
            for name in [name for name, held in space.items() if _equal(held, read)]:
                if space[name] is read.number:
                    holders += weight(name)
                elif not any(space[name] is other.number for other in known):
                    return False
        if any(_equal(literal, read) for frame in frames for literal in frame.f_code.co_consts):
            return False
        if _others(read) <= holders:
            return False
        innermost = next((frame for frame in frames if frame.f_code.co_filename == self._filename), None)
        return innermost is None or self._operands.may_give(innermost, read.number)

    def _frames_around(self) -> Iterator[FrameType]:
        """Give the frames between the operation and the program, and the program's."""
        frame: FrameType | None = sys._getframe(1)
        entered = False
        while frame is not None:
            is_program = frame.f_code.co_filename == self._filename
            if is_program or (not entered and not str(frame.f_globals.get("__name__", "")).startswith(_OWN)):
                yield frame
            entered = entered or is_program
            frame = frame.f_back


def _no_tensor() -> None:
    """Stand for the tensor of a value that is a Python number."""


def _is_telling(number: Any) -> bool:
    """Tell whether a number is an object of its own, and one that JSON carries."""
    return type(number) in _DTYPES and not (type(number) is int and (number in _SHARED or abs(number) > _LARGEST))


def _others(read: Read) -> int:
    """Count what holds a number beside the tape and this call."""
    return sys.getrefcount(read.number) - read.held - 1


def _spaces(frames: list[FrameType]) -> Iterator[tuple[dict[str, Any], Any]]:
    """List the variables of frames, with how many references each holds."""
    seen: set[int] = set()
    for frame in frames:
        code = frame.f_code
        if code.co_flags & CO_NEWLOCALS:
            # A function's variable is held by its frame and by the copy that f_locals makes; one of an outer function
            # by that copy alone, and by a cell which is counted there.
            free = frozenset(code.co_freevars)
            yield frame.f_locals, lambda name, free=free: 1 if name in free else 2
        if id(frame.f_globals) not in seen:
            seen.add(id(frame.f_globals))
            yield frame.f_globals, lambda name: 1


def _equal(held: object, read: Read) -> bool:
    return type(held) is type(read.number) and repr(held) == repr(read.number)
