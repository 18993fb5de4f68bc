"""What part of a program's text an instruction is for, in the eyes of a person who reads it."""

import ast
import linecache
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from opcode import opname
from types import CodeType

from chainrule.graph.source_text import SourceLines

Point = tuple[int, int]
"""A line, from 1, and a column in bytes of UTF-8, from 0, as Python's compiler counts."""
Extent = tuple[Point, Point]
"""A beginning and an end, which is exclusive."""

_STORES = frozenset("STORE_SUBSCR STORE_SLICE STORE_ATTR DELETE_SUBSCR DELETE_ATTR UNPACK_SEQUENCE UNPACK_EX".split())
_ITERATES = frozenset("GET_ITER FOR_ITER GET_AITER GET_ANEXT SEND END_ASYNC_FOR".split())
ADVANCES = frozenset({"FOR_ITER", "GET_ANEXT", "SEND"})
"""Instructions that ask an iterator for what comes next."""
_COUNTED = frozenset({"FOR_ITER", "GET_ANEXT"})
_AWAITS = frozenset({"SEND", "END_ASYNC_FOR"})
"""What comes after the instruction that is counted."""
_COMPARES = frozenset({"COMPARE_OP", "IS_OP", "CONTAINS_OP"})
_ENTERS = frozenset({"BEFORE_WITH", "BEFORE_ASYNC_WITH"})
_EXITS = frozenset({"CALL"})
_FAILS = frozenset({"WITH_EXCEPT_START"})
_FORMATS = frozenset({"FORMAT_VALUE"})
_FAMILIES = (
    (_ITERATES, _COUNTED),
    (_COMPARES, _COMPARES),
    (_ENTERS, _ENTERS),
    (_EXITS, _EXITS),
    (_FAILS, _FAILS),
    (_FORMATS, _FORMATS),
)
"""Kinds of instructions of which several have one place, and those that are counted to tell the first, second, ..."""
_BESIDE = frozenset({"CACHE", "EXTENDED_ARG", "NOP", "COPY", "SWAP", "TO_BOOL"})
"""What stands between an instruction that computes something and one that asks whether that is true."""
_CLASS = re.compile(rb"class\s+[^\s(:\[]+")


@dataclass(frozen=True, slots=True)
class _Compiled:
    """What the compiler made of a function."""

    places: list[Extent | None]
    """Of each instruction, as the compiler tells it."""
    bytecode: bytes

    def name(self, index: int) -> str:
        """Return the name of an instruction."""
        return opname[self.bytecode[2 * index]]

    def follows(self, index: int, first: str, second: str) -> bool:
        """Return whether there is an instruction of one name, and the next is of another."""
        after = index + 1
        while after < len(self.places) and self.name(after) == "CACHE":
            after += 1
        return self.name(index) == first and after < len(self.places) and self.name(after) == second

    def start(self, index: int) -> int:
        """Return the instruction that a cache belongs to.

        A call stands at its last one once Python has made it quick.
        """
        while index > 0 and self.name(index) == "CACHE":
            index -= 1
        return index


class InstructionSpans:
    """Finds what the instructions of one program are for.

    Python's compiler gives most instructions the very expression that they compute. Some it gives a statement with all
    its body, only the end of an expression, or the target of an assignment alone.

    Args:
        filename: what the program was compiled as.
        source: its text; left out, Python's ``linecache`` is asked for it.
    """

    def __init__(self, filename: str, source: str | None = None) -> None:
        text = "".join(linecache.getlines(filename)) if source is None else source
        self.text = SourceLines(text)
        self.lines = [line.encode("utf-8", "replace") for line in self.text.lines]
        """In bytes, as the compiler counts columns."""
        self._compiled: dict[CodeType, _Compiled] = {}
        self._starts: dict[Point, list[Point]] = {}
        """Where the expressions and statements begin that end at each point."""
        self._headers: dict[Extent, Extent] = {}
        """What tells a statement that has a body."""
        self._assignments: dict[Extent, Extent] = {}
        """The statements of targets that are alone in theirs."""
        self._parts: dict[tuple[Extent, frozenset[str]], list[Extent]] = {}
        """What the first, second, ... of some instructions with one place are for."""
        self.tree = _parsed(text)
        for node in ast.walk(self.tree):
            if isinstance(node, ast.expr | ast.stmt):
                self._note(node)

    def of(self, code: CodeType, instruction: int) -> Extent | None:
        """Return what an instruction is for; None where the compiler left no place.

        Args:
            code: what the frame runs.
            instruction: its offset in bytes.
        """
        compiled = self._of(code)
        places, name_of = compiled.places, compiled.name
        if not 0 <= instruction // 2 < len(places):
            return None
        index = compiled.start(instruction // 2)
        if compiled.follows(index, "TO_BOOL", "UNARY_NOT"):
            pass  # ``not`` asks in an instruction of its own, since Python 3.13
        elif _asks(name_of(index)):
            # Whether something is true is asked of what has just been computed.
            while index > 0 and (_asks(name_of(index)) or name_of(index) in _BESIDE):
                index -= 1
        place, name = places[index], name_of(index)
        if place is None:
            return None
        if name in _STORES:
            place = self._assignments.get(place, place)
        for family, counted in _FAMILIES:
            if name in family and (parts := self._parts.get((place, family))):
                before = sum(places[at] == place and name_of(at) in counted for at in range(index))
                if name in _AWAITS and (before := before - 1) < 0:
                    return place  # a comprehension is awaited as a whole
                return parts[before % len(parts)]
        return self._whole(self._headers.get(place, place))

    def start(self, code: CodeType, instruction: int) -> int:
        """Return the number of the instruction that an offset in bytes belongs to."""
        return self._of(code).start(instruction // 2)

    def name(self, code: CodeType, instruction: int) -> str:
        """Return the name of an instruction."""
        return self._of(code).name(self.start(code, instruction))

    def first_like(self, code: CodeType, instruction: int) -> int:
        """Return the number of the first instruction at the same place as another."""
        places = self._of(code).places
        return places.index(places[instruction // 2])

    def around(self, code: CodeType) -> Extent | None:
        """Return what holds all the instructions of a function."""
        told = [place for place in self._of(code).places if place is not None and place[1] > place[0]]
        return (min(start for start, _ in told), max(end for _, end in told)) if told else None

    def _whole(self, place: Extent) -> Extent:
        """Return the expression that a place is the end of: the calls of a chain over several lines begin at a name."""
        start, end = place
        starts = self._starts.get(end, ())
        if start not in starts:
            start = max((point for point in starts if point <= start), default=start)
        return start, end

    def _of(self, code: CodeType) -> "_Compiled":
        compiled = self._compiled.get(code)
        if compiled is None:
            places = [self._place(*position) for position in code.co_positions()]
            compiled = self._compiled[code] = _Compiled(places, code.co_code)
        return compiled

    def _place(self, line: int | None, end_line: int | None, column: int | None, end: int | None) -> Extent | None:
        if line is not None and end_line is not None and column is not None and end is not None:
            return (line, column), (end_line, end)
        if line is None or not 0 < line <= len(self.lines):
            return None
        text = self.lines[line - 1]
        return (line, len(text) - len(text.lstrip())), (line, len(text))

    def _note(self, node: ast.expr | ast.stmt) -> None:
        place = extent(node)
        self._starts.setdefault(place[1], []).append(place[0])
        match node:
            case ast.For() | ast.AsyncFor():
                self._headers[place] = extent(node.iter)
            case ast.With() | ast.AsyncWith():
                items = [extent(item.context_expr) for item in node.items]
                self._headers[place] = items[0][0], items[-1][1]
                self._parts[place, _ENTERS] = items
                self._parts[place, _EXITS] = self._parts[place, _FAILS] = items[::-1]
            case ast.ClassDef():
                self._headers[place] = place[0], self._end_of_header(node)
            case ast.Assign(targets=[target]) | ast.Delete(targets=[target]):
                self._assignments[extent(target)] = place
            case ast.AugAssign(target=target) | ast.AnnAssign(target=target, value=ast.expr()):
                self._assignments[extent(target)] = place
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                self._parts[place, _ITERATES] = [extent(generator.iter) for generator in node.generators]
            case ast.JoinedStr():  # until Python 3.12, which tells the braces of each part instead
                self._parts.setdefault((place, _FORMATS), list(_formatted(node, place)))
            case ast.FormattedValue() if sys.version_info >= (3, 12):
                self._headers[place] = extent(node.value)
            case ast.Compare() if len(node.ops) > 1:
                operands = [extent(operand) for operand in (node.left, *node.comparators)]
                pairs = pairwise(operands)
                self._parts[place, _COMPARES] = [(one[0], two[1]) for one, two in pairs]

    def _end_of_header(self, node: ast.ClassDef) -> Point:
        line, column = node.lineno, node.col_offset
        named = _CLASS.match(self.lines[line - 1], column) if line <= len(self.lines) else None
        ends = [extent(part)[1] for part in (*node.bases, *(keyword.value for keyword in node.keywords))]
        if not ends:
            return (line, named.end()) if named else extent(node)[1]
        line, column = max(ends)
        closed = self.lines[line - 1].find(b")", column)
        return line, closed + 1 if closed >= 0 else column


def _parsed(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module(body=[], type_ignores=[])


def extent(node: ast.expr | ast.stmt) -> Extent:
    """Return where a part of a program begins and ends."""
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)


def _formatted(node: ast.JoinedStr, place: Extent) -> Iterator[Extent]:
    """List what stands in the braces of an f-string, what says how to format something before it."""
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            how = part.format_spec
            if isinstance(how, ast.JoinedStr) and extent(how) == place:
                yield from _formatted(how, place)
            yield extent(part.value)


def _asks(name: str) -> bool:
    """Return whether an instruction asks whether something is true."""
    return name == "TO_BOOL" or ("JUMP" in name and "IF" in name)
