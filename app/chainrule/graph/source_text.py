"""A program's text as spans see it: where its lines end, how columns are counted, what stands at a place.

A line ends where Python ends it, at ``\\n``, ``\\r\\n`` or ``\\r``; ``str.splitlines`` also ends one at form feeds, at
U+2028 and at others, after which every line number would be off. A span counts columns in characters, while Python's
compiler, ``ast`` and tracebacks count bytes of UTF-8.
"""

import re
from dataclasses import dataclass
from functools import cached_property

from chainrule.graph.model import Span

SHORT = 60
"""Longest code that is told within a sentence [characters]."""
_END = re.compile(r"\r\n?|\n")


def lines_of(source: str) -> list[str]:
    """Return a program's lines without their ends; after a last line that is ended comes none."""
    lines = _END.split(source)
    return lines[:-1] if lines[-1] == "" else lines


def unix_lines(source: str) -> str:
    """Return a program with all its lines ended by ``\\n``."""
    return _END.sub("\n", source)


@dataclass(frozen=True)
class SourceLines:
    """One program's text, for questions about its places.

    An editor shows one more line after a last line that is ended, and so does this: something may be wrong just there.

    >>> text = SourceLines("été = 2\\ny = (été +\\n     1)\\n")
    >>> text.column(1, 6)
    4
    >>> place = text.in_characters(2, 4, 3, 7)
    >>> text.cut(place)
    '(été +\\n     1)'
    >>> text.one_line(place)
    '(été + 1)'
    """

    source: str

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """Return the lines, without their ends."""
        return tuple(_END.split(self.source))

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        """Return where in the text each line begins."""
        return (0, *(end.end() for end in _END.finditer(self.source)))

    def line(self, number: int) -> str:
        """Return a line by its number, from 1; empty where there is none."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def column(self, line: int, offset: int) -> int:
        """Turn a column in bytes of UTF-8 into one in characters; in a line that is not there it stays as it is."""
        if not 0 < line <= len(self.lines):
            return offset
        text = self.lines[line - 1]
        if text.isascii():  # as most are, and then a byte is a character
            return min(offset, len(text))
        return len(text.encode("utf-8", "replace")[:offset].decode("utf-8", "ignore"))

    def in_characters(self, line: int, column: int, end_line: int, end_column: int) -> Span:
        """Return the span of a place whose columns count bytes."""
        return Span(
            line=line,
            column=self.column(line, column),
            end_line=end_line,
            end_column=self.column(end_line, end_column),
        )

    def offset(self, line: int, column: int) -> int:
        """Return how many characters stand before a place; past a line's end counts as its end."""
        if not 0 < line <= len(self.lines):
            return len(self.source)
        return self._starts[line - 1] + min(column, len(self.lines[line - 1]))

    def cut(self, span: Span) -> str:
        """Return the text of a span, its line ends in it; empty where it lies outside."""
        return self.source[self.offset(span.line, span.column) : self.offset(span.end_line, span.end_column)]

    def one_line(self, span: Span | None) -> str | None:
        """Return the text of a span with its lines joined by single spaces; None where there is no such place."""
        count = len(self.lines) - (not self.lines[-1])  # after a last line end there is nothing to show
        if span is None or not 1 <= span.line <= span.end_line <= count:
            return None
        return " ".join(line.strip() for line in _END.split(self.cut(span)))

    def short(self, span: Span | None, most: int = SHORT) -> str:
        """Return the text of a span as a sentence can hold it; empty where it is longer or has several lines."""
        text = "" if span is None else self.cut(span)
        return text if len(text) <= most and not _END.search(text) else ""
