"""An expression as text: in LaTeX, or in plain characters."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chainrule.formulas.language.evaluate import FUNCTIONS
from chainrule.formulas.language.expression import CONSTANTS, called, number
from chainrule.words.numbers import INFINITY, latex_number, say_number

SUM, NEGATION, PRODUCT, FRACTION, POWER, ATOM = range(1, 7)
"""How tightly a text binds; one that binds too loosely for its place gets parentheses."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """How a name of a formula is written."""

    text: str
    binds: int = ATOM
    scalar: bool = False
    """Whether it stands for one number."""


Symbols = Mapping[str, Symbol]


@dataclass(frozen=True, slots=True)
class Notation:
    """The marks of one way to write."""

    group: str
    fraction: str
    fraction_operands: tuple[int, int]
    power: str
    times: str
    times_elements: str
    times_matrix: str
    beside: str
    more: str
    number: Callable[[Any], str]
    compared: Mapping[type[ast.cmpop], str]
    joined: Mapping[type[ast.boolop], str]
    negated: str
    constants: Mapping[str, str]
    template: Callable[[str], str | Callable[..., str]]


_TIGHT_OPERANDS = frozenset({"T", "conj", "outer", "dot", "inverse", "solve"})
"""Functions whose mark of transposition would otherwise bind to the last part of the operand only."""


def _told(value: Any, number: Callable[[Any], str]) -> str:
    """Return a number, or the several of a parameter; nothing for what is no number."""
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, (_told(item, number) for item in value)))
    return number(value) if isinstance(value, int | float | complex) else ""


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else _told(value, say_number)


def _latex(value: Any) -> str:
    if isinstance(value, str):
        return rf"\text{{{value}}}" if value.isalnum() else ""
    return _told(value, latex_number)


LATEX = Notation(
    group=r"\left({0}\right)",
    fraction=r"\frac{{{0}}}{{{1}}}",
    fraction_operands=(0, 0),
    power="{0}^{{{1}}}",
    times=r"{0} \cdot {1}",
    times_elements=r"{0} \odot {1}",
    times_matrix=r"{0} \, {1}",
    beside=r"{0} \, {1}",
    more=r"\cdots",
    number=_latex,
    compared={ast.Gt: ">", ast.GtE: r"\geq", ast.Lt: r"\lt", ast.LtE: r"\leq", ast.Eq: "=", ast.NotEq: r"\neq"},
    joined={ast.And: r" \wedge ", ast.Or: r" \vee "},
    negated=r"\neg {0}",
    constants={"pi": r"\pi", "inf": r"\infty"},
    template=lambda name: FUNCTIONS[name].latex,
)
PLAIN = Notation(
    group="({0})",
    fraction="{0} / {1}",
    fraction_operands=(PRODUCT, POWER),
    power="{0}^{1}",
    times="{0} × {1}",
    times_elements="{0} × {1}",
    times_matrix="{0} @ {1}",
    beside="{0} × {1}",
    more="...",
    number=_plain,
    compared={ast.Gt: ">", ast.GtE: "≥", ast.Lt: "<", ast.LtE: "≤", ast.Eq: "=", ast.NotEq: "≠"},
    joined={ast.And: " and ", ast.Or: " or "},
    negated="not {0}",
    constants={"pi": "π", "inf": INFINITY},
    template=lambda name: FUNCTIONS[name].text,
)


def latex_matrix(matrix: Any) -> str:
    """Return a matrix of numbers in LaTeX."""
    lines = r" \\ ".join(" & ".join(map(latex_number, row)) for row in matrix.tolist())
    return rf"\left[\begin{{matrix}} {lines} \end{{matrix}}\right]"


def plain_matrix(matrix: Any) -> str:
    """Return a matrix of numbers in plain characters, its rows apart by semicolons."""
    return "[" + "; ".join(" ".join(map(say_number, row)) for row in matrix.tolist()) + "]"


def write(expression: ast.expr, symbols: Symbols, notation: Notation = LATEX) -> Symbol:
    """Write an expression.

    Args:
        expression: what ``parse`` gave, or what was made of it.
        symbols: how each name is written; a name that is missing is written as it is.
        notation: ``LATEX`` or ``PLAIN``.

    Returns:
        The text, how tightly it binds, and whether it stands for one number.
    """
    match expression:
        case ast.Constant(value=value):
            text = notation.number(value)
            product = PRODUCT if "times" in text else ATOM
            binds = SUM if isinstance(value, complex) else NEGATION if text.startswith("-") else product
            return Symbol(text, binds, scalar=True)
        case ast.Name(id=name):
            if name in CONSTANTS:
                return Symbol(notation.constants[name], ATOM, scalar=True)
            return symbols.get(name, Symbol(name))
        case ast.BinOp(left=left, op=op, right=right):
            return _binary(left, op, right, symbols, notation)
        case ast.UnaryOp(op=op, operand=operand):
            inner = write(operand, symbols, notation)
            if isinstance(op, ast.Not):
                return Symbol(notation.negated.format(_bound(inner, POWER, notation)), POWER, inner.scalar)
            return Symbol(f"-{_bound(inner, PRODUCT, notation)}", NEGATION, inner.scalar)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            a, b = write(left, symbols, notation), write(right, symbols, notation)
            return Symbol(f"{a.text} {notation.compared[type(op)]} {b.text}", 0, a.scalar and b.scalar)
        case ast.BoolOp(op=op, values=parts):
            written = [_bound(write(part, symbols, notation), 0, notation) for part in parts]
            return Symbol(notation.joined[type(op)].join(written), 0)
        case ast.List(elts=parts):
            return Symbol(f"[{', '.join(write(part, symbols, notation).text for part in parts)}]", ATOM)
        case ast.Call(args=arguments):
            return _call(called(expression), arguments, symbols, notation)
    raise ValueError(f"{ast.dump(expression)} is not part of the formula language")


def _bound(symbol: Symbol, least: int, notation: Notation) -> str:
    return symbol.text if symbol.binds >= least else notation.group.format(symbol.text)


def _binary(left: ast.expr, op: ast.operator, right: ast.expr, symbols: Symbols, notation: Notation) -> Symbol:
    a, b = write(left, symbols, notation), write(right, symbols, notation)
    scalar = a.scalar and b.scalar
    match op:
        case ast.Add() | ast.Sub():
            mark = "+" if isinstance(op, ast.Add) else "-"
            return Symbol(f"{a.text} {mark} {_bound(b, PRODUCT, notation)}", SUM, scalar)
        case ast.Mult():
            first, second = _bound(a, NEGATION, notation), _bound(b, PRODUCT, notation)
            if not a.scalar and not b.scalar:
                template = notation.times_elements
            elif number(left) is not None and not second.startswith((*"0123456789", r"\frac", r"\left(", "(")):
                template = notation.beside
            else:
                template = notation.times
            return Symbol(
                template.format(first, second), min(PRODUCT, a.binds if a.binds >= NEGATION else PRODUCT), scalar
            )
        case ast.MatMult():
            pair = _bound(a, NEGATION, notation), _bound(b, PRODUCT, notation)
            return Symbol(notation.times_matrix.format(*pair), PRODUCT)
        case ast.Div():
            over, under = notation.fraction_operands
            text = notation.fraction.format(_bound(a, over, notation), _bound(b, under, notation))
            return Symbol(text, FRACTION if over == 0 else PRODUCT, scalar)
        case ast.Pow():
            exponent = b.text if notation is LATEX else _bound(b, ATOM, notation)
            return Symbol(notation.power.format(_bound(a, ATOM, notation), exponent), POWER, scalar)
    raise ValueError(f"{type(op).__name__} is not part of the formula language")


def _untransposed(symbol: Symbol) -> Symbol | None:
    """Return what is transposed in a text that is nothing else; None for any other text."""
    for mark in (r"^{\top}", "ᵀ"):
        bare = symbol.text.removesuffix(mark)
        if bare != symbol.text and symbol.binds >= POWER:
            return Symbol(bare, ATOM, symbol.scalar)
    return None


def _call(name: str, arguments: list[ast.expr], symbols: Symbols, notation: Notation) -> Symbol:
    operands = [write(argument, symbols, notation) for argument in arguments]
    if name == "rest":
        return Symbol(notation.more, ATOM, scalar=True)
    function = FUNCTIONS[name]
    if name == "T" and (once := _untransposed(operands[0])) is not None:
        return once
    least = 0 if function.bare else ATOM if name in _TIGHT_OPERANDS else PRODUCT
    texts = [_bound(operand, least, notation) for operand in operands]
    if function.kind in ("total", "move"):
        # The other operands are parameters.
        texts[1:] = [operand.text for operand in operands[1:]]
    template = notation.template(name)
    text = template.format(*texts) if isinstance(template, str) else template(*texts)
    binds = (
        SUM
        if function.loose
        else ATOM
        if function.tight
        else POWER
        if function.bare or name in _TIGHT_OPERANDS
        else PRODUCT
    )
    scalar = function.static or (function.kind == "elementwise" and all(operand.scalar for operand in operands))
    return Symbol(text, binds, scalar or (function.kind == "total" and len(operands) == 1))
