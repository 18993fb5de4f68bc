"""A source text: its lines, its places, its syntax tree, under caps on size and depth.

A stranger's text is parsed in the web process, which takes time by its length, whatever stands in it; it is compiled in
the confined child alone, since the compiler copies some of it many times. What it would copy most is refused here.
"""

import ast
import re
import threading
import warnings
from dataclasses import dataclass
from functools import cached_property

from chainrule.errors import Replacement, Violation
from chainrule.graph.source_text import SourceLines
from chainrule.program.copies import MAX_CAPTURES, MAX_COMPILED, captures_of, compiled_size
from chainrule.program.tree import depth_of
from chainrule.words.saying import say

MAX_DEPTH = 200
"""Levels of the syntax tree [nodes]: ``x.a().b()`` is five deep."""
MAX_RUN = 40
"""Prefix operators, lambdas, conditional expressions or powers that follow each other [tokens]."""
MAX_BRANCHES = 200
"""``elif`` in one program [tokens]: each is one level deeper for the parser."""

_PREFIXES = frozenset({"-", "+", "~", "not", "await"})
_NESTING = frozenset({"lambda", "else", "**", ":="})
_HALF = re.compile("[\ud800-\udfff]")
_TOKEN = re.compile(r"\w+|\*\*|:=|\\\n|[^\w \t\f]")
"""A name or number, an operator that counts, a line that goes on in the next, or any single character."""
_warnings_lock = threading.Lock()


@dataclass(frozen=True)
class Source:
    """A source text with line ends ``\\n`` and no byte-order mark."""

    text: str

    @cached_property
    def _places(self) -> SourceLines:
        return SourceLines(self.text)

    @property
    def lines(self) -> tuple[str, ...]:
        """Return the lines, without their ends."""
        return self._places.lines

    def violation(self, slug: str, message: str, node: ast.AST, suggestion: str | None = None) -> Violation:
        """Say what is wrong at the place of a syntax node."""
        line, start, end_line, end = self._span(node)
        if isinstance(node, ast.Attribute):  # the place is the name after the dot
            line, start = end_line, _start_of_word(self.lines[end_line - 1], end)
        return Violation(slug, message, line, start, end_line, end, suggestion)

    def replacement(self, title: str, node: ast.AST, text: str) -> Replacement:
        """Return the change that puts a text in the place of a syntax node."""
        return Replacement(title, *self._span(node), text)

    def segment(self, node: ast.AST) -> str:
        """Return the text of a syntax node."""
        line, start, end_line, end = self._span(node)
        return self.text[self._places.offset(line, start) : self._places.offset(end_line, end)]

    def _span(self, node: ast.AST) -> tuple[int, int, int, int]:
        line: int = getattr(node, "lineno", 1)
        end_line: int = getattr(node, "end_lineno", None) or line
        start = self._places.column(line, getattr(node, "col_offset", 0))
        return line, start, end_line, self._places.column(end_line, getattr(node, "end_col_offset", None) or 0)

    def whole_line(self, slug: str, message: str, line: int, column: int = 0, end: int | None = None) -> Violation:
        """Say what is wrong from a column on, to the end of its line unless told otherwise."""
        line = min(max(line, 1), len(self.lines))
        length = len(self.lines[line - 1])
        start = min(max(column, 0), length)
        return Violation(slug, message, line, start, line, max(start, length if end is None else min(end, length)))

    def parse(self) -> ast.Module | Violation:
        """Parse, or say at which place it cannot be done. Never raises, whatever the text."""
        if "\0" in self.text:
            line, _ = self._place(self.text.index("\0"))
            return self.whole_line("syntax-error", say("there is a null character here"), line)
        half = None if self.text.isascii() else _HALF.search(self.text)
        if half is not None:
            line, _ = self._place(half.start())
            return self.whole_line("syntax-error", say("there is half a character here (a lone surrogate)"), line)
        deep = self._too_deep_for_the_parser()
        if deep is not None:
            return deep
        try:
            with _warnings_lock, warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(self.text, "<program>")
            deep = self._too_deep(tree)
        except SyntaxError as error:
            return self._syntax_error(error)
        except (RecursionError, MemoryError, ValueError, OverflowError, SystemError) as error:
            return self.whole_line("too-deep", say("Python cannot parse this ({name})", name=type(error).__name__), 1)
        return tree if deep is None else deep

    def _syntax_error(self, error: SyntaxError) -> Violation:
        line = error.lineno or 1
        column = max((error.offset or 1) - 1, 0)
        same_line = error.end_lineno in (None, line) and error.end_offset is not None and error.end_offset > column + 1
        message = error.msg or say("this is not Python")
        return self.whole_line(
            "syntax-error", message, line, column, (error.end_offset or 1) - 1 if same_line else None
        )

    def _too_deep(self, tree: ast.AST) -> Violation | None:
        if depth_of(tree) < MAX_DEPTH and "finally" not in self.text and "case" not in self.text:
            return None  # one level less, because marks like ast.Load are not counted there
        copying: list[ast.Try | ast.TryStar] = []
        patterns: list[ast.match_case] = []
        stack: list[tuple[ast.AST, int]] = [(tree, 0)]
        while stack:
            node, depth = stack.pop()
            if depth > MAX_DEPTH:
                text = say(
                    "this is nested more than {maximum} levels deep: give parts of it a name, or use a loop",
                    maximum=MAX_DEPTH,
                )
                return self._at(node, text)
            if isinstance(node, ast.Try | ast.TryStar) and node.finalbody:
                copying.append(node)
            elif isinstance(node, ast.match_case):
                patterns.append(node)
            stack.extend((child, depth + 1) for child in ast.iter_child_nodes(node))
        if copying and compiled_size(tree) > MAX_COMPILED:
            text = say("what stands behind finally is copied to every way out of try, and these are too many copies")
            return self._at(copying[0], text)
        for case in patterns:
            if captures_of(case.pattern) > MAX_CAPTURES:
                text = say("a pattern can give names to {maximum} values at most here", maximum=MAX_CAPTURES)
                return self._at(case.pattern, text)
        return None

    def _at(self, node: ast.AST, text: str) -> Violation:
        if hasattr(node, "lineno"):
            return self.violation("too-deep", text, node)
        return self.whole_line("too-deep", text, 1)

    def _too_deep_for_the_parser(self) -> Violation | None:
        """Find runs of tokens that make the parser call itself (brackets and blocks it limits itself).

        Python's own tokenizer would do, but it goes through a run of blanks once for each of them.
        """
        count = self.text.count
        at_most = [sum(map(count, words)) for words in (_PREFIXES, _NESTING)]
        if max(at_most) <= MAX_RUN and count("elif") <= MAX_BRANCHES:
            return None  # so few in the whole text make no run: the tokens, which take a while, need not be looked at
        run, nesting, branches, brackets, end = 0, 0, 0, 0, 0
        for token in _TOKEN.finditer(self.text):
            if token.start() < end:
                continue  # within a string or a comment
            word = token.group()
            if word in "\"'":
                found = _end_of_string(self.text, token.start())
                if found is None:
                    return None
                end = found
            elif word == "#":
                end = self.text.find("\n", token.start())
                if end < 0:
                    return None
            elif word == "\\\n" or (word == "\n" and brackets):
                continue
            elif word == "\n":
                nesting = 0
            brackets += (word in "([{") - (word in ")]}")
            run = run + 1 if word in _PREFIXES else 0
            if word == ",":
                nesting = 0
            nesting += word in _NESTING
            branches += word == "elif"
            if run > MAX_RUN or nesting > MAX_RUN or branches > MAX_BRANCHES:
                text = say("this is nested too deep: give parts of it a name, or use a loop")
                line, column = self._place(token.start())
                return self.whole_line("too-deep", text, line, column)
        return None

    def _place(self, offset: int) -> tuple[int, int]:
        """Return the line and the column of a character."""
        return self.text.count("\n", 0, offset) + 1, offset - self.text.rfind("\n", 0, offset) - 1


def _start_of_word(line: str, end: int) -> int:
    """Return where the word begins that ends at a column."""
    start = end
    while start and (line[start - 1].isalnum() or line[start - 1] == "_"):
        start -= 1
    return start


def _end_of_string(text: str, start: int) -> int | None:
    """Return where a string ends that begins at a quote; None where it does not end."""
    quote = text[start : start + 3]
    quote = quote if quote in ('"""', "'''") else quote[0]
    end = start + len(quote)
    while (end := text.find(quote, end)) >= 0:
        slashes = end
        while text[slashes - 1] == "\\":
            slashes -= 1
        if (end - slashes) % 2 == 0:
            return end + len(quote)
        end += 1
    return None
