"""What can be taken out of a program, or put in the place of it, where that changes nothing about its graph."""

import ast

from chainrule.errors import Replacement
from chainrule.program.scopes import Scopes
from chainrule.program.source import Source
from chainrule.words.saying import say

_NO_VALUE = frozenset(
    """torch.save torch.set_num_threads torch.set_num_interop_threads torch.seed os.makedirs os.mkdir os.remove
    breakpoint""".split()
)
"""Calls whose statement does nothing for the graph."""
_WRAPPING = frozenset({"torch.compile", "torch.jit.script", "torch.nn.DataParallel"})
"""Calls that give back something that computes the same as what they were given."""


class Mending:
    """Finds what a click may do about what is refused in one program.

    Args:
        source: the text.
        scopes: its nodes.
    """

    def __init__(self, source: Source, scopes: Scopes) -> None:
        self._source = source
        self._scopes = scopes

    def of(self, node: ast.AST, path: str) -> Replacement | None:
        """Return what may stand in the place of the use of a name; None where a person has to see to it.

        Args:
            node: the name, or the attribute, that is refused.
            path: what it means, as ``torch.save``.
        """
        if path not in _NO_VALUE | _WRAPPING:
            return None
        around = self._scopes.parents.get(node)
        if isinstance(around, ast.FunctionDef) and node in around.decorator_list and path in _WRAPPING:
            return self._decorator(node, path)
        if not (isinstance(around, ast.Call) and around.func is node):
            return None
        if path in _WRAPPING:
            if not around.args or isinstance(around.args[0], ast.Starred):
                return None
            text = self._source.segment(around.args[0])
            return self._source.replacement(say("Leave {name} out", name=path), around, text)
        if isinstance(self._scopes.parents.get(around), ast.Expr):
            return self._source.replacement(say("Leave this out"), around, "pass")
        return None

    def _decorator(self, node: ast.AST, path: str) -> Replacement | None:
        found = self._source.replacement(say("Leave {name} out", name=path), node, "")
        line = self._source.lines[found.line - 1]
        start = line.rfind("@", 0, found.column)
        if line[:start].strip() or line[start + 1 : found.column].strip():
            return None
        return Replacement(found.title, found.line, start, found.end_line, found.end_column, "")
