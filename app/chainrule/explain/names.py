"""What a node's output is called in a formula: the program's name for it, its number, or a short expression."""

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from chainrule.explain.cotangents import is_total_derivative
from chainrule.explain.values import Bound, array
from chainrule.formulas import FORMULAS, LATEX, PLAIN, Notation, Symbol, choose, number, parse, settle, simplify, write
from chainrule.formulas.language.expression import called
from chainrule.formulas.language.moves import MOVES
from chainrule.formulas.language.writer import ATOM, POWER, SUM
from chainrule.graph.index import GraphIndex
from chainrule.graph.model import Edge, Node, Pass, Tensor
from chainrule.graph.source_text import SourceLines
from chainrule.words.nodes import operation_of

INLINED_CHARACTERS = 16
"""Length in plain characters up to which an unnamed intermediate is written as its expression."""
INLINED_DEPTH = 3
"""How many unnamed operators deep such an expression may go."""
LISTED_INPUTS = 4
"""How many inputs of an operator that takes a list are written out."""

LONGEST_CODE = 32
"""Characters of a sub-expression up to which it is the name of its result."""

_CODE = re.compile(r"[\w ()\[\].,+*/@=:<>'\"-]*")
"""Code that a formula can hold as it is: without marks that LaTeX or MathML would read."""
_TIGHT_CODE = (ast.Name, ast.Call, ast.Attribute, ast.Subscript, ast.Constant)
_SHOWN_MOVES = frozenset({"TransposeBackward0", "ExpandBackward0"})
"""Moves that a formula has a mark for, or that it says nothing of."""
_IDENTIFIER = re.compile(r"[^\W\d]\w*(\.\w+)*")


@dataclass(frozen=True, slots=True)
class Written:
    """A symbol in both notations."""

    latex: Symbol
    plain: Symbol


def latex_name(name: str) -> str:
    """Return a variable's name in LaTeX, or the empty string for what is not an identifier.

    Names come from programs: only identifiers, and module paths made of them, are ever written, each as it is: x2 is
    not the second element of anything.
    """
    if not _IDENTIFIER.fullmatch(name):
        return ""
    if len(name) == 1 and name.isalpha():
        return name
    return _upright(name)


def _is_expression(code: str) -> bool:
    try:
        ast.parse(code, mode="eval")
    except (SyntaxError, ValueError):
        return False
    return True


def _upright(text: str) -> str:
    """Words as text; an underscore stands for itself there, and what XML would read as a tag does not."""
    return r" \lt ".join(rf"\text{{{part}}}" for part in text.split("<"))


class FormulaNames:
    """The names of a graph's outputs.

    Args:
        index: of the graph.
        source: the program, whose own words an unnamed result is called by; empty where it is not known.
    """

    def __init__(self, index: GraphIndex, source: str = "") -> None:
        self._index = index
        self._source = SourceLines(source)
        self._written: dict[tuple[str, int, int], Written] = {}
        """What was asked for before: the expressions along a chain stand in each other."""
        self._bound: dict[str, list[str]] = defaultdict(list)
        for node in index.graph.nodes:
            if node.names:
                self._bound[node.names[0]].append(node.id)

    def output(self, node_id: str, output_nr: int, depth: int = 0) -> Written:
        """Return how an output is written.

        Args:
            node_id: The node.
            output_nr: Which of its outputs.
            depth: How many expressions this one already stands in.
        """
        key = (node_id, output_nr, depth)
        written = self._written.get(key)
        if written is None:
            written = self._written[key] = self._write(node_id, output_nr, depth)
        return written

    def _write(self, node_id: str, output_nr: int, depth: int) -> Written:
        node = self._index.nodes[node_id]
        value = self._index.value(node_id, output_nr)
        scalar = value is not None and value.numel == 1
        if node.kind == "constant" and not node.names and (literal := _literal(value)) is not None:
            number = ast.Constant(literal)
            return Written(write(number, {}, LATEX), write(number, {}, PLAIN))
        name = self._name(node, output_nr)
        if name is not None:
            return self._named(node, name, scalar)
        if self._moves_elements(node) and self._codes.get(node.id):
            return self._unnamed(node, output_nr, scalar)
        inlined = self._inlined(node, output_nr, depth)
        return inlined if inlined is not None else self._unnamed(node, output_nr, scalar)

    def _name(self, node: Node, output_nr: int) -> str | None:
        if len(node.outputs) > 1 or output_nr > 0:
            variable = self._index.variables.get((node.id, output_nr))
            name = variable.name if variable is not None else None
        else:
            name = next(iter(node.names), None)
        return name if name is not None and latex_name(name) else None

    def _named(self, node: Node, name: str, scalar: bool) -> Written:
        same = self._bound[name]
        if len(same) < 2 or node.id not in same:
            return Written(Symbol(latex_name(name), ATOM, scalar), Symbol(name, ATOM, scalar))
        nr = same.index(node.id) + 1
        return Written(
            Symbol(f"{latex_name(name)}^{{({nr})}}", POWER, scalar), Symbol(f"{name}⁽{_superscript(nr)}⁾", ATOM, scalar)
        )

    def _inlined(self, node: Node, output_nr: int, depth: int) -> Written | None:
        formula = FORMULAS.get(node.op)
        if formula is None or output_nr > 0 or depth >= INLINED_DEPTH:
            return None
        bound = Bound(self._index, node, formula, 1)
        text = choose(formula.forward, bound.values)
        if text is None:
            return None
        forward = numbers_first(simplify(settle(parse(text), bound.values), bound.literals))
        if isinstance(forward, ast.Name):
            return None  # a copy is another tensor than what it copies, and has a gradient of its own
        latex, plain = self.symbols(node, bound, depth + 1)
        shown = write(forward, plain, PLAIN)
        return Written(write(forward, latex, LATEX), shown) if len(shown.text) <= INLINED_CHARACTERS else None

    def _moves_elements(self, node: Node) -> bool:
        """Return whether a node only takes elements from elsewhere, as the program itself says best: x[1]."""
        formula = FORMULAS.get(node.op)
        forward = parse(formula.forward) if formula is not None and isinstance(formula.forward, str) else None
        return isinstance(forward, ast.Call) and called(forward) in MOVES and node.op not in _SHOWN_MOVES

    def _unnamed(self, node: Node, output_nr: int, scalar: bool) -> Written:
        """Return the sub-expression that made an output, where it is short and made nothing else, or its operation."""
        code = self._codes.get(node.id, "") if len(node.outputs) < 2 else ""
        if code and self._same_code[code] == 1:
            binds = ATOM if isinstance(ast.parse(code, mode="eval").body, _TIGHT_CODE) else SUM
            return Written(Symbol(_upright(code), binds, scalar), Symbol(code, binds, scalar))
        # An operation's name comes from the program where that has a class of its own.
        op = re.sub(r"\W", "", operation_of(node)) or "node"
        which = self._operations[op]
        part = f".{output_nr}" if output_nr else ""
        if len(which) < 2:
            return Written(Symbol(_upright(op + part), ATOM, scalar), Symbol(op + part, ATOM, scalar))
        number = which.index(node.id) + 1
        return Written(
            Symbol(rf"{_upright(op + part)}^{{({number})}}", POWER, scalar),
            Symbol(f"{op}{part}⁽{_superscript(number)}⁾", ATOM, scalar),
        )

    @cached_property
    def _codes(self) -> dict[str, str]:
        """Return the text of each unnamed node that can stand in a formula, by id."""
        found = {}
        for node in self._index.graph.nodes:
            code = "" if node.names else self._source.short(node.span, LONGEST_CODE)
            if code and _CODE.fullmatch(code) and _is_expression(code):
                found[node.id] = code
        return found

    @cached_property
    def _same_code(self) -> Counter[str]:
        return Counter(self._codes.values())

    @cached_property
    def _operations(self) -> Mapping[str, list[str]]:
        """Return the unnamed nodes of each operation, by its name."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for node in self._index.graph.nodes:
            if not node.names:
                found[re.sub(r"\W", "", operation_of(node)) or "node"].append(node.id)
        return found

    def symbols(self, node: Node, bound: Bound, depth: int = 0) -> tuple[dict[str, Symbol], dict[str, Symbol]]:
        """Return how the names of a node's formula are written, in LaTeX and in plain characters.

        The gradient is left aside.
        """
        formula = FORMULAS[node.op]
        written: dict[str, Written] = {}
        for name, value in bound.values.items():
            if isinstance(value, np.ndarray):
                scalar = value.size == 1
                written[name] = Written(Symbol(latex_name(name), ATOM, scalar), Symbol(name, ATOM, scalar))
        for edge in self._index.values.get(node.id, ()):
            if edge.argument is not None:
                written[edge.argument] = self.output(edge.target, edge.output_nr, depth)
        for edge in self._index.outgoing.get(node.id, ()):
            argument = formula.argument(edge.slot)
            if argument is not None:
                written[argument] = self.output(edge.target, edge.output_nr, depth)
        if formula.variadic:
            written["tensors"] = self._list(node, depth)
        if depth == 0:
            for output in node.outputs:
                written[f"result{output.output_nr}"] = self.output(node.id, output.output_nr)
            if "result0" in written:
                written["result"] = written["result0"]
        for name, (in_latex, in_plain) in formula.shown.items():
            written[name] = Written(Symbol(in_latex, POWER), Symbol(in_plain, ATOM))
        latex = {name: symbol.latex for name, symbol in written.items()}
        return latex, {name: symbol.plain for name, symbol in written.items()}

    def _list(self, node: Node, depth: int) -> Written:
        """Return the inputs of an operator that takes a list, one after the other."""
        edges = self._index.outgoing[node.id]
        parts = [self.output(edge.target, edge.output_nr, depth) for edge in edges[:LISTED_INPUTS]]
        more = len(edges) > LISTED_INPUTS or bool(self._index.values[node.id])
        latex = [part.latex.text for part in parts] + ([r"\dots"] if more else [])
        plain = [part.plain.text for part in parts] + (["..."] if more else [])
        return Written(Symbol(", ".join(latex)), Symbol(", ".join(plain)))

    def gradient(self, run: Pass | None, node_id: str, output_nr: int, element: tuple[int, ...] = ()) -> Written:
        """Return how the gradient at an output is written.

        As a total derivative where it is one, else with a bar.

        Args:
            run: the pass.
            node_id: the node.
            output_nr: which of its outputs.
            element: which element of it; empty for the whole.
        """
        of = self.output(node_id, output_nr)
        scalar = of.latex.scalar or bool(element)
        if run is None or not is_total_derivative(self._index, node_id, run.index):
            bar = Symbol(rf"\overline{{{of.latex.text}}}", ATOM, of.latex.scalar)
            plain_bar = Symbol(f"grad({of.plain.text})", ATOM, of.plain.scalar)
            latex, plain = element_of(bar, plain_bar, element)
            return Written(Symbol(latex, ATOM, scalar), Symbol(plain, ATOM, scalar))
        latex, plain = element_of(of.latex, of.plain, element)
        if element:
            of = Written(Symbol(latex, ATOM, True), Symbol(plain, ATOM, True))
        root = run.roots[0]
        top = self.output(root.node, root.output_nr)
        return Written(
            Symbol(total_derivative(top.latex, of.latex, LATEX), ATOM, scalar),
            Symbol(total_derivative(top.plain, of.plain, PLAIN), ATOM, scalar),
        )

    def local(self, edge: Edge, output_nr: int = 0) -> Written:
        """Return how the local derivative is written of an output of an edge's source by what the edge takes in.

        Where a node takes one output in several times, the argument has the number of its slot among those.
        """
        of, by = self.output(edge.source, output_nr), self.output(edge.target, edge.output_nr)
        slots = [
            other.id
            for other in self._index.outgoing[edge.source]
            if (other.target, other.output_nr) == (edge.target, edge.output_nr)
        ]
        if len(slots) > 1:
            number = slots.index(edge.id) + 1
            latex, plain = (_grouped(symbol, notation) for symbol, notation in ((by.latex, LATEX), (by.plain, PLAIN)))
            small = str(number).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
            by = Written(Symbol(f"{latex}_{{({number})}}", ATOM), Symbol(f"{plain}₍{small}₎", ATOM))
        return Written(
            Symbol(derivative(of.latex, by.latex, LATEX), ATOM), Symbol(derivative(of.plain, by.plain, PLAIN), ATOM)
        )


def _grouped(symbol: Symbol, notation: Notation) -> str:
    return symbol.text if symbol.binds == ATOM else notation.group.format(symbol.text)


def derivative(of: Symbol, by: Symbol, notation: Notation) -> str:
    """Return a partial derivative."""
    top, bottom = _grouped(of, notation), _grouped(by, notation)
    return rf"\frac{{\partial {top}}}{{\partial {bottom}}}" if notation is LATEX else f"∂{top}/∂{bottom}"


def total_derivative(of: Symbol, by: Symbol, notation: Notation) -> str:
    """Return a total derivative."""
    top, bottom = _grouped(of, notation), _grouped(by, notation)
    return rf"\frac{{d {top}}}{{d {bottom}}}" if notation is LATEX else f"d{top}/d{bottom}"


def element_of(latex: Symbol, plain: Symbol, element: tuple[int, ...]) -> tuple[str, str]:
    """Return one element of a tensor as Python has it, x[2]; of a scalar, its own name."""
    if not element:
        return latex.text, plain.text
    place = ", ".join(str(i) for i in element)
    return f"{_grouped(latex, LATEX)}[{place}]", f"{_grouped(plain, PLAIN)}[{place}]"


def numbers_first(expression: ast.expr) -> ast.expr:
    """Write a factor that is a number before what it multiplies, as people do."""
    match expression:
        case ast.BinOp(left=left, op=ast.Mult() as op, right=right):
            if number(right) is not None and number(left) is None:
                return ast.BinOp(right, op, numbers_first(left))
            return ast.BinOp(numbers_first(left), op, numbers_first(right))
        case ast.BinOp(left=left, op=op, right=right):
            return ast.BinOp(numbers_first(left), op, numbers_first(right))
    return expression


def _literal(value: Tensor | None) -> Any:
    """Return the number of a 0-dimensional constant."""
    listed = array(value)
    return listed.item() if listed is not None and listed.ndim == 0 else None


def _superscript(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
