"""What part of a program's text an instruction is for, in the eyes of a person who reads it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from opcode import opname
from types import CodeType

from chainrule.graph.syntax import Syntax
from chainrule.tape.where.parts import Extent, Family, Parts

ADVANCES = frozenset({"FOR_ITER", "GET_ANEXT", "SEND"})
"""Instructions that ask an iterator for what comes next."""
_STORES = frozenset("STORE_SUBSCR STORE_SLICE STORE_ATTR DELETE_SUBSCR DELETE_ATTR UNPACK_SEQUENCE UNPACK_EX".split())
_AWAITS = frozenset({"SEND", "END_ASYNC_FOR"})
"""What comes after the instruction of its family that is counted."""
_FAMILIES: dict[str, Family] = {
    **dict.fromkeys("GET_ITER FOR_ITER GET_AITER GET_ANEXT SEND END_ASYNC_FOR".split(), "iterates"),
    **dict.fromkeys("COMPARE_OP IS_OP CONTAINS_OP".split(), "compares"),
    **dict.fromkeys("BEFORE_WITH BEFORE_ASYNC_WITH".split(), "enters"),
    "CALL": "exits",
    "WITH_EXCEPT_START": "fails",
    "FORMAT_VALUE": "formats",
}
"""Instructions of which several may have one place."""
_COUNTED = frozenset(_FAMILIES) - {"GET_ITER", "GET_AITER", "SEND", "END_ASYNC_FOR"}
"""Those of which there is one for each part of the whole."""
_BESIDE = frozenset({"CACHE", "EXTENDED_ARG", "NOP", "COPY", "SWAP", "TO_BOOL"})
"""What stands between an instruction that computes something and one that asks whether that is true."""


@dataclass(frozen=True, slots=True)
class _Compiled:
    """What the compiler made of a function."""

    places: Sequence[Extent | None]
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

    def asked(self, index: int) -> int:
        """Return the instruction that computes what another one asks the truth of; any other stays as it is.

        ``if p:`` and ``p and q`` ask in an instruction that stands at the whole statement or expression. What was
        computed just before is what is asked. (``not`` asks in an instruction of its own since Python 3.13, which
        stands at the operand already.)
        """
        if _asks(self.name(index)) and not self.follows(index, "TO_BOOL", "UNARY_NOT"):
            while index > 0 and (_asks(self.name(index)) or self.name(index) in _BESIDE):
                index -= 1
        return index


class InstructionSpans:
    """Finds what the instructions of one program are for.

    Python's compiler gives most instructions the very expression that they compute. Some it gives a statement with all
    its body, only the end of an expression, the target of an assignment alone, or the whole of which they are a part:

    >>> def shown(source, *names):
    ...     syntax = Syntax(source)
    ...     spans, code = InstructionSpans(syntax), compile(syntax.tree, "<program>", "exec")
    ...     for offset in range(0, len(code.co_code), 2):
    ...         if opname[code.co_code[offset]] in names:
    ...             (line, column), (end_line, end_column) = spans.of(code, offset)
    ...             print(syntax.cut(syntax.in_characters(line, column, end_line, end_column)))
    >>> shown("z = 0 < x < y", "COMPARE_OP")  # the compiler tells the whole chain twice
    0 < x
    x < y
    >>> shown("for i in xs:\\n    pass", "FOR_ITER")  # and here the statement with its body
    xs
    >>> shown("x[0] = 1", "STORE_SUBSCR")  # and here the target
    x[0] = 1
    >>> shown("(x\\n .sin())", "CALL")  # and here the end alone, from the name of the method on
    x
     .sin()

    Args:
        syntax: of the program.
    """

    def __init__(self, syntax: Syntax) -> None:
        self.syntax = syntax
        self._compiled: dict[CodeType, _Compiled] = {}

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
        index = compiled.asked(compiled.start(instruction // 2))
        place, name = places[index], name_of(index)
        if place is None:
            return None
        if name in _STORES:
            # The compiler tells the target; it is the statement that changes something.
            place = self._parts.statement(place)
        family = _FAMILIES.get(name)
        parts = self._parts.several(place, family) if family else []
        if parts:
            # The compiler gives all of them the place of the whole. It writes them in the order of the text, so those
            # that come before in the code tell which this one is. It may write all of them once more (the exits of a
            # ``with`` for a ``return`` in it): counting then begins anew.
            before = sum(
                places[at] == place and name_of(at) in _COUNTED and _FAMILIES[name_of(at)] == family
                for at in range(index)
            )
            if name in _AWAITS and (before := before - 1) < 0:
                return place  # a comprehension is awaited as a whole
            return parts[before % len(parts)]
        return self._parts.whole(place)

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

    @cached_property
    def _lines(self) -> list[bytes]:
        """Return the lines in bytes, as the compiler counts columns."""
        return [line.encode("utf-8", "replace") for line in self.syntax.lines]

    @cached_property
    def _parts(self) -> Parts:
        return Parts(self.syntax.nodes, self._lines)

    def _of(self, code: CodeType) -> _Compiled:
        compiled = self._compiled.get(code)
        if compiled is None:
            places = [self._place(*position) for position in code.co_positions()]
            compiled = self._compiled[code] = _Compiled(places, code.co_code)
        return compiled

    def _place(self, line: int | None, end_line: int | None, column: int | None, end: int | None) -> Extent | None:
        if line is not None and end_line is not None and column is not None and end is not None:
            return (line, column), (end_line, end)
        if line is None or not 0 < line <= len(self._lines):
            return None
        # Without columns (python -X no_debug_ranges) it is the line.
        text = self._lines[line - 1]
        return (line, len(text) - len(text.lstrip())), (line, len(text))


def _asks(name: str) -> bool:
    """Return whether an instruction asks whether something is true."""
    return name == "TO_BOOL" or ("JUMP" in name and "IF" in name)
