"""Runs a person's own code on a tape: a script, or a cell of a notebook. It is trusted, and not confined."""

import ast
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

import torch

from chainrule.graph import Graph
from chainrule.graph.syntax import Syntax
from chainrule.limits import Limits
from chainrule.tape.existing import ask_gradients
from chainrule.tape.graph.ancestry import NO_ANCESTRY, Ancestry
from chainrule.tape.graph.stale_saves import StaleSaves
from chainrule.tape.tape import Tape
from chainrule.tape.tensors.autograd_meta import has_graph


@dataclass(frozen=True, slots=True)
class ScriptTrace:
    """What a script did."""

    graph: Graph
    syntax: Syntax
    names: dict[str, object]
    """Its variables at the end."""
    raised: Exception | None = None
    error: str | None = None
    """The traceback, where the script raised; or the word of an exit code that is not 0."""
    stale_saves: StaleSaves | None = None
    """The changes in place for which backward refused to go on, where that is what was raised."""
    updated_leaves: Sequence[frozenset[str]] = ()
    """For each pass, the leaves that were changed in place before the next one began."""
    is_optimized: Callable[[torch.Tensor], bool] = lambda tensor: True
    """Whether an optimizer that took a step holds a tensor; True where none took one."""
    ancestry: Ancestry = NO_ANCESTRY
    """Where what backward should have started from left the graph, where it has none."""


@dataclass(frozen=True, slots=True)
class CellTrace:
    """What a cell did."""

    graph: Graph
    value: object
    """That of its last expression; None where it ends with a statement."""
    error: Exception | None


def trace_script(path: Path, arguments: list[str], limits: Limits, *, whole: bool = False) -> ScriptTrace:
    """Run a script and return its graph; what it raises is part of the result.

    Where the script runs no backward itself, one pass is run from the last tensor that it assigned; no ``.grad`` is
    changed by it.

    Args:
        path: the script.
        arguments: what it finds in ``sys.argv`` after its name.
        limits: what is recorded; nothing is stopped.
        whole: whether all elements of every tensor are kept, however large.

    Raises:
        OSError: the script cannot be read.
        SyntaxError: it is no Python.
    """
    source = path.read_text(encoding="utf-8")
    filename = str(path.resolve())
    syntax = Syntax(source, filename)
    code = compile(syntax.tree, filename, "exec")
    names: dict[str, object] = {"__name__": "__main__", "__file__": filename, "__builtins__": __builtins__}
    argv, places = sys.argv, list(sys.path)
    sys.argv = [str(path), *arguments]
    sys.path.insert(0, str(path.resolve().parent))  # as python does, for the script alone
    error, failure, roots = None, None, None
    tape = Tape(limits, filename, syntax, jacobians=True, whole=whole)  # nobody runs a script again to ask for more
    try:
        with tape:
            try:
                exec(code, names)
            except SystemExit as end:
                error = None if end.code in (None, 0) else f"SystemExit: {end.code}"
            if tape.pass_count == 0:
                roots = _roots(None, _assigned(syntax), names)
                for root in (roots or {}).values():
                    ask_gradients(root, limits)
    except Exception as raised:
        failure = raised
        error = "".join(traceback.format_exception(type(raised), raised, raised.__traceback__))
    finally:
        sys.argv, sys.path[:] = argv, places
    own = {name: value for name, value in names.items() if not name.startswith("__")}
    graph = tape.graph(roots, own)
    return ScriptTrace(
        graph, syntax, own, failure, error, tape.stale_saves(failure), tape.updated_leaves(), tape.is_optimized
    )


def trace_cell(source: str, names: dict[str, Any], limits: Limits, filename: str) -> CellTrace:
    """Run a cell in a notebook's namespace and return its graph.

    Where the cell runs no backward itself, one pass is run from the value of its last expression, or else from the
    last tensor that it assigned; no ``.grad`` is changed by it.

    Args:
        source: the cell.
        names: the notebook's namespace; the cell changes it.
        limits: what is recorded; nothing is stopped.
        filename: what the cell is compiled as.

    Raises:
        SyntaxError: it is no Python.
    """
    syntax = Syntax(source, filename)
    body, last = _split(syntax)
    assigned = _assigned(syntax)
    before = dict(names)
    value, error = None, None
    roots = None
    tape = Tape(limits, filename, syntax)
    with tape:
        try:
            exec(body, names)
            if last is not None:
                value = eval(last, names)
            if tape.pass_count == 0:
                roots = _roots(value, assigned, names)
                for root in (roots or {}).values():
                    ask_gradients(root, limits)
        except Exception as raised:
            error = raised
    own = {name: one for name, one in names.items() if name in assigned or before.get(name) is not one}
    return CellTrace(tape.graph(roots, own), value, error)


def _split(syntax: Syntax) -> tuple[CodeType, CodeType | None]:
    """Return the code of the statements, and that of the last expression."""
    statements, last = syntax.tree.body, None
    if statements and isinstance(statements[-1], ast.Expr):
        last = compile(ast.Expression(statements[-1].value), syntax.filename, "eval")
        statements = statements[:-1]
    return compile(ast.Module(statements, type_ignores=[]), syntax.filename, "exec"), last


def _assigned(syntax: Syntax) -> list[str]:
    """Return the names that are assigned to, the last one last."""
    return [node.id for node in syntax.nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]


def _roots(value: object, assigned: list[str], names: dict[str, Any]) -> dict[str, torch.Tensor] | None:
    if isinstance(value, torch.Tensor) and has_graph(value):
        return {next((name for name in assigned if names.get(name) is value), "result"): value}
    for name in reversed(assigned):
        one = names.get(name)
        if isinstance(one, torch.Tensor) and has_graph(one):
            return {name: one}
    return None
