"""The operands of the expression that a frame of the program is computing, and where its names are bound."""

import ast
import linecache
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import Any

Positions = tuple[int | None, int | None, int | None, int | None]
"""Line, end line, column and end column, as Python's compiler counts."""
_Scope = tuple[int, str]
"""The first line of a function and its name."""
_TOP = (1, "<module>")


@dataclass(slots=True)
class _Names:
    """Where the names of one scope are bound."""

    stored: dict[str, int] = field(default_factory=dict)
    """How often something binds a name."""
    assigned: dict[str, ast.expr] = field(default_factory=dict)
    """What an assignment to the name alone gives it."""


@dataclass(slots=True)
class _Tables:
    operands: dict[Positions, tuple[ast.expr, ...]] = field(default_factory=dict)
    names: dict[_Scope, _Names] = field(default_factory=dict)
    unsure: set[_Scope] = field(default_factory=set)
    """Scopes that cannot be told from others."""
    shared: set[str] = field(default_factory=set)
    """Names that functions bind for others: global and nonlocal ones."""


class Operands:
    """Finds the operands of one program's expressions, and what its names were given.

    Args:
        filename: what the program was compiled as.
        source: its text; left out, Python's ``linecache`` is asked for it.
    """

    def __init__(self, filename: str, source: str | None) -> None:
        self._filename = filename
        self._source = source
        self._made: _Tables | None = None
        self._positions: dict[CodeType, list[Positions]] = {}

    def of(self, frame: FrameType) -> tuple[ast.expr, ...]:
        """Return the operands of the operator, or the arguments of the call, that a frame is at."""
        return self._tables().operands.get(self.positions(frame.f_code, frame.f_lasti), ())

    def assigned(self, code: CodeType, name: str) -> ast.expr | None:
        """Return what a name of a scope is assigned, if that is the only place that binds it."""
        tables = self._tables()
        scope = _TOP if code.co_name == "<module>" else (code.co_firstlineno, code.co_name)
        known = tables.names.get(scope)
        if known is None or scope in tables.unsure or name in tables.shared or known.stored.get(name) != 1:
            return None
        return known.assigned.get(name)

    def positions(self, code: CodeType, instruction: int) -> Positions:
        """Return the place of an instruction."""
        return self._all(code)[instruction // 2]

    def instruction(self, code: CodeType, expression: ast.expr) -> int | None:
        """Return the last instruction that stands at an expression, None where there is none."""
        wanted = places_of(expression)
        places = [index for index, positions in enumerate(self._all(code)) if positions in wanted]
        return 2 * places[-1] if places else None

    def _all(self, code: CodeType) -> list[Positions]:
        positions = self._positions.get(code)
        if positions is None:
            positions = self._positions[code] = list(code.co_positions())
        return positions

    def _tables(self) -> _Tables:
        if self._made is None:
            text = "".join(linecache.getlines(self._filename)) if self._source is None else self._source
            self._made = _Tables()
            try:
                tree = ast.parse(text)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return self._made
            _fill(self._made, tree)
        return self._made


def positions_of(node: ast.expr | ast.stmt) -> Positions:
    """Return the place of an expression."""
    return node.lineno, node.end_lineno, node.col_offset, node.end_col_offset


def places_of(node: ast.expr | ast.stmt) -> tuple[Positions, ...]:
    """Return the places that an instruction for an expression may have.

    The call of a method over several lines has an instruction that begins at the method's name.
    """
    whole = positions_of(node)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.end_lineno is not None:
        column = (node.func.end_col_offset or 0) - len(node.func.attr.encode())
        return whole, (node.func.end_lineno, node.end_lineno, column, node.end_col_offset)
    return (whole,)


def flat(numbers: Any) -> Iterator[Any]:
    """Yield the entries of lists and tuples of any depth, without recursion."""
    waiting = [numbers]
    while waiting:
        one = waiting.pop()
        if type(one) in (list, tuple):
            waiting.extend(reversed(one))
        else:
            yield one


def _fill(tables: _Tables, tree: ast.Module) -> None:
    waiting: list[tuple[ast.AST, _Scope]] = [(tree, _TOP)]
    while waiting:
        node, scope = waiting.pop()
        inner = scope
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            inner = _scope_of(node)
            if inner in tables.names:
                tables.unsure.add(inner)
            if not isinstance(node, ast.Lambda):
                _store(tables, scope, node.name)
        if isinstance(node, ast.Global | ast.Nonlocal):
            tables.shared.update(node.names)
        _note_names(tables, node, scope)
        _note_operands(tables, node)
        tables.names.setdefault(inner, _Names())
        waiting.extend((child, inner) for child in ast.iter_child_nodes(node))


def _scope_of(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef) -> _Scope:
    if isinstance(node, ast.Lambda):
        return node.lineno, "<lambda>"
    first = node.decorator_list[0].lineno if node.decorator_list else node.lineno
    return first, node.name


def _store(tables: _Tables, scope: _Scope, name: str) -> None:
    stored = tables.names.setdefault(scope, _Names()).stored
    stored[name] = stored.get(name, 0) + 1


def _note_names(tables: _Tables, node: ast.AST, scope: _Scope) -> None:
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        _store(tables, scope, node.id)
    elif isinstance(node, ast.arg):
        _store(tables, scope, node.arg)
    elif isinstance(node, ast.alias):
        _store(tables, scope, (node.asname or node.name).split(".")[0])
    elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
        _store(tables, scope, node.name)
    target: ast.AST | None = None
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr):
        target = node.target
    if isinstance(target, ast.Name) and isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) and node.value:
        tables.names.setdefault(scope, _Names()).assigned[target.id] = node.value


def _note_operands(tables: _Tables, node: ast.AST) -> None:
    operands: tuple[ast.expr, ...]
    if isinstance(node, ast.BinOp):
        operands = (node.left, node.right)
    elif isinstance(node, ast.AugAssign):
        operands = (node.target, node.value)
    elif isinstance(node, ast.Compare):
        operands = (node.left, *node.comparators)
    elif isinstance(node, ast.Call):
        operands = (*node.args, *(keyword.value for keyword in node.keywords))
    else:
        return
    tables.operands.update(dict.fromkeys(places_of(node), operands))
