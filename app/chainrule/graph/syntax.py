"""A program's text with its syntax tree, parsed once for all who read it."""

import ast
from dataclasses import dataclass
from functools import cached_property

from chainrule.graph.source_text import SourceLines


@dataclass(frozen=True)
class Syntax(SourceLines):
    """One program's syntax.

    The text is parsed when somebody first asks, so that what Python's parser warns of is told where the program's own
    warnings are caught. Nobody changes the tree.

    >>> syntax = Syntax("y = x*x")
    >>> syntax.tree is syntax.tree
    True
    """

    filename: str = "<program>"
    """What the program is compiled as."""

    @property
    def tree(self) -> ast.Module:
        """Return the tree.

        Raises:
            SyntaxError: the text is no Python. The parser may also raise ValueError, RecursionError and MemoryError.
        """
        if isinstance(self._parsed, Exception):
            raise self._parsed
        return self._parsed

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Return all nodes of the tree, outer before inner; none where the text cannot be parsed."""
        return () if isinstance(self._parsed, Exception) else tuple(ast.walk(self._parsed))

    @cached_property
    def _parsed(self) -> ast.Module | Exception:
        try:
            return ast.parse(self.source, self.filename)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            return error
