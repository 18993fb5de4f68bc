"""A source text: its lines, its places, its syntax tree, under caps on size and depth."""

import ast
import io
import re
import threading
import tokenize
import warnings
from dataclasses import dataclass
from functools import cached_property

from chainrule.errors import Violation
from chainrule.graph.source_text import SourceLines
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
        line: int = getattr(node, "lineno", 1)
        end_line: int = getattr(node, "end_lineno", None) or line
        start = self._places.column(line, getattr(node, "col_offset", 0))
        end = self._places.column(end_line, getattr(node, "end_col_offset", None) or 0)
        if isinstance(node, ast.Attribute):  # the place is the name after the dot
            word = re.search(r"\w*$", self.lines[end_line - 1][:end])
            line, start = end_line, word.start() if word else start
        return Violation(slug, message, line, start, end_line, end, suggestion)

    def whole_line(self, slug: str, message: str, line: int, column: int = 0, end: int | None = None) -> Violation:
        """Say what is wrong from a column on, to the end of its line unless told otherwise."""
        line = min(max(line, 1), len(self.lines))
        length = len(self.lines[line - 1])
        start = min(max(column, 0), length)
        return Violation(slug, message, line, start, line, max(start, length if end is None else min(end, length)))

    def parse(self) -> ast.Module | Violation:
        """Parse, or say at which place it cannot be done. Never raises, whatever the text."""
        if "\0" in self.text:
            at = self.text.index("\0")
            line = self.text.count("\n", 0, at) + 1
            return self.whole_line("syntax-error", say("there is a null character here"), line)
        if not self.text.isascii():
            for line, text in enumerate(self.lines, 1):
                if _HALF.search(text):
                    said = say("there is half a character here (a lone surrogate)")
                    return self.whole_line("syntax-error", said, line)
        deep = self._too_deep_for_the_parser()
        if deep is not None:
            return deep
        try:
            with _warnings_lock, warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(self.text, "<program>")
                deep = self._too_deep(tree)
                if deep is None:
                    compile(tree, "<program>", "exec", dont_inherit=True)
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
        if depth_of(tree) < MAX_DEPTH:  # one level less, because marks like ast.Load are not counted there
            return None
        stack: list[tuple[ast.AST, int]] = [(tree, 0)]
        while stack:
            node, depth = stack.pop()
            if depth > MAX_DEPTH:
                text = say(
                    "this is nested more than {maximum} levels deep: give parts of it a name, or use a loop",
                    maximum=MAX_DEPTH,
                )
                return (
                    self.violation("too-deep", text, node)
                    if hasattr(node, "lineno")
                    else self.whole_line("too-deep", text, 1)
                )
            stack.extend((child, depth + 1) for child in ast.iter_child_nodes(node))
        return None

    def _too_deep_for_the_parser(self) -> Violation | None:
        """Find runs of tokens that make the parser call itself (brackets and blocks it limits itself)."""
        count = self.text.count
        at_most = [sum(map(count, words)) for words in (_PREFIXES, _NESTING)]
        if max(at_most) <= MAX_RUN and count("elif") <= MAX_BRANCHES:
            return None  # so few in the whole text make no run: the tokens, which take a while, need not be looked at
        run, nesting, branches = 0, 0, 0
        try:
            for token in tokenize.generate_tokens(io.StringIO(self.text).readline):
                if token.type in (tokenize.NEWLINE, tokenize.NL):
                    nesting = nesting if token.type == tokenize.NL else 0
                run = run + 1 if token.string in _PREFIXES else 0
                if token.string == ",":
                    nesting = 0
                nesting += token.string in _NESTING
                branches += token.string == "elif"
                if run > MAX_RUN or nesting > MAX_RUN or branches > MAX_BRANCHES:
                    text = say("this is nested too deep: give parts of it a name, or use a loop")
                    return self.whole_line("too-deep", text, token.start[0], token.start[1])
        except (tokenize.TokenError, SyntaxError):
            return None
        return None
