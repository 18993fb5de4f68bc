"""The loops of a program: which of them an instruction stands in."""

import ast
import linecache
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType
from typing import Literal

_Point = tuple[int, int]
"""A line, from 1, and a column in bytes of UTF-8, from 0, as Python's compiler counts."""

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """One ``for``, ``while`` or comprehension."""

    kind: Literal["for", "while"]
    name: str
    """Its variables ("i", "i, x"), or "while"."""
    variables: tuple[str, ...]
    """Those that only the loop itself binds: another object in one of them is another turn."""
    start: _Point
    end: _Point


class Loops:
    """Finds the loops of one program.

    Args:
        filename: what the program was compiled as.
        source: its text; left out, Python's ``linecache`` is asked for it.
    """

    def __init__(self, filename: str, source: str | None) -> None:
        text = source if source is not None else "".join(linecache.getlines(filename))
        self._loops = list(_loops(text))
        self._around: dict[CodeType, list[tuple[Loop, ...]]] = {}

    def around(self, code: CodeType, instruction: int) -> tuple[Loop, ...]:
        """Give the loops of the same function that an instruction stands in, outermost first."""
        if not self._loops:
            return ()
        table = self._around.get(code)
        if table is None:
            table = self._around[code] = self._table(code)
        index = instruction // 2
        return table[index] if 0 <= index < len(table) else ()

    def _table(self, code: CodeType) -> list[tuple[Loop, ...]]:
        places: list[tuple[_Point, _Point] | None] = []
        for line, end_line, column, end_column in code.co_positions():
            known = line is not None and end_line is not None and column is not None and end_column is not None
            places.append(((line, column), (end_line, end_column)) if known else None)  # type: ignore[arg-type]
        told = [place for place in places if place is not None and place[1] > place[0]]
        if not told:
            return [() for _ in places]
        first, last = min(start for start, _ in told), max(end for _, end in told)
        own = [loop for loop in self._loops if first <= loop.start and loop.end <= last]
        return [
            () if place is None else tuple(loop for loop in own if loop.start <= place[0] and place[1] <= loop.end)
            for place in places
        ]


def _loops(text: str) -> Iterator[Loop]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.For | ast.AsyncFor):
            bound = {name for statement in node.body for name in _bound(statement)}
            names = _bound(node.target)
            free = tuple(name for name in names if name not in bound)
            found.append(Loop("for", ", ".join(names), free, _start(node.body[0]), _end(node.body[-1])))
        elif isinstance(node, ast.While):
            found.append(Loop("while", "while", (), _start(node.test), _end(node.body[-1])))
        elif isinstance(node, _COMPREHENSIONS):
            target = node.generators[0].target
            names = _bound(target)
            # The first iterable stands outside: it is evaluated once, in the function around.
            found.append(Loop("for", ", ".join(names), tuple(names), _start(node), _start(target)))
    yield from sorted(found, key=lambda loop: (loop.start, [-part for part in loop.end]))


def _bound(node: ast.AST) -> list[str]:
    return list(
        dict.fromkeys(
            part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
        )
    )


def _start(node: ast.stmt | ast.expr) -> _Point:
    return node.lineno, node.col_offset


def _end(node: ast.stmt | ast.expr) -> _Point:
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return node.end_lineno, node.end_col_offset
