"""An expression as text: in the names of the program, as SymPy prints it, and in LaTeX."""

from typing import Any

import sympy
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import PRECEDENCE
from sympy.printing.str import StrPrinter

from chainrule.explain.closed.functions import (
    Elementwise,
    MatrixProduct,
    Outer,
    Reduced,
    Reshaped,
    Softmax,
    Transposed,
    count,
)
from chainrule.explain.closed.tensors import Algebra

_MARKS = {">": ">", ">=": r"\geq", "<": r"\lt", "<=": r"\leq", "==": "=", "!=": r"\neq"}
_NAMED = {
    "sigmoid": r"\sigma",
    "maximum": r"\max",
    "minimum": r"\min",
    "floor": r"\text{floor}",
    "ceil": r"\text{ceil}",
    "round": r"\text{round}",
    "trunc": r"\text{trunc}",
}
_REDUCED = {"sum": r"\sum", "prod": r"\prod", "amax": r"\max", "amin": r"\min"}
LONG_FRACTION = 100
"""Denominator above which a fraction that is a decimal is written as one."""


def with_decimals(expr: Any) -> Any:
    """Return an expression with those fractions as decimals that have few digits and a large denominator."""
    fractions = {number for number in expr.atoms(sympy.Rational) if number.q > LONG_FRACTION}
    return expr.xreplace({number: sympy.Float(float(number)) for number in fractions if _ends(number.q)})


def _ends(denominator: int) -> bool:
    """Return whether the decimals of a fraction end."""
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
    return denominator == 1


def _ordered(printer: Any, expr: Any) -> list[Any]:
    """Return the terms of a sum: one without a minus first, products of matrices before others."""
    terms = list(printer._as_ordered_terms(expr))
    if any(term.has(MatrixProduct) for term in terms):
        return sorted(terms, key=lambda term: (term.could_extract_minus_sign(), not term.has(MatrixProduct)))
    first = next((at for at, term in enumerate(terms) if not term.could_extract_minus_sign()), 0)
    return [terms.pop(first), *terms]


class TextPrinter(StrPrinter):  # type: ignore[misc] # SymPy has no types
    """Prints as SymPy does, with products of matrices as in Python."""

    def _print_Add(self, expr: Any, order: Any = None) -> str:
        first, *others = _ordered(self, expr)
        text = self._print(first)
        for term in others:
            shown = self._print(term)
            text += f" - {shown[1:]}" if shown.startswith("-") else f" + {shown}"
        return str(text)

    def _print_Float(self, expr: Any) -> str:
        return repr(float(expr))

    def _tight(self, expr: Any) -> str:
        text = self._print(expr)
        simple = (expr.is_Atom and not text.startswith("-")) or isinstance(
            expr, Transposed | Reduced | Softmax | Reshaped | Elementwise | sympy.Function
        )
        return str(text) if simple else f"({text})"

    def _print_MatrixProduct(self, expr: MatrixProduct) -> str:
        a, b = expr.operands
        return f"{self._print(a) if isinstance(a, MatrixProduct) else self._tight(a)} @ {self._tight(b)}"

    def _print_Transposed(self, expr: Transposed) -> str:
        return f"{self._tight(expr.args[0])}.T"

    def _print_Outer(self, expr: Outer) -> str:
        return f"outer({', '.join(map(self._print, expr.operands))})"

    def _print_Softmax(self, expr: Softmax) -> str:
        over = "" if expr.axis == len(expr.shape) - 1 else f", dim={expr.axis}"
        return f"softmax({self._print(expr.args[0])}{over})"

    def _print_Reshaped(self, expr: Reshaped) -> str:
        return f"reshape({self._print(expr.args[0])}, {self._print(expr.args[2])})"

    def _print_Reduced(self, expr: Reduced) -> str:
        inner = self._print(expr.operands[0])
        everything = len(expr.axes) == len(expr.args[4])
        over = "" if everything else f", dim={', '.join(map(str, expr.axes))}"
        if len(expr.axes) > 1 and not everything:
            over = f", dim=({', '.join(map(str, expr.axes))})"
        keeps = ", keepdim=True" if expr.keeps and not everything else ""
        return f"{expr.args[0]}({inner}{over}{keeps})"

    def _print_Elementwise(self, expr: Elementwise) -> str:
        operands = [self._print(operand) for operand in expr.operands]
        match expr.name:
            case "indicator":
                return self._indicator(expr.operands[0])
            case "where":
                return f"Piecewise(({operands[1]}, {operands[0]}), ({operands[2]}, True))"
            case "and" | "or":
                return f"{'And' if expr.name == 'and' else 'Or'}({', '.join(operands)})"
            case "not":
                return f"Not({operands[0]})"
            case "==" | "!=":
                return f"{'Eq' if expr.name == '==' else 'Ne'}({', '.join(operands)})"
            case ">" | ">=" | "<" | "<=":
                return f"{operands[0]} {expr.name} {operands[1]}"
            case "maximum" | "minimum":
                return f"{expr.name[:3].capitalize()}({', '.join(operands)})"
            case "ceil":
                return f"ceiling({operands[0]})"
        return f"{expr.name}({', '.join(operands)})"

    def _indicator(self, condition: Any) -> str:
        """Return a step function for a comparison, as SymPy has it, and 1 or 0 by cases for other conditions."""
        if isinstance(condition, Elementwise) and condition.name in (">", ">=", "<", "<="):
            a, b = condition.operands
            difference = a - b if condition.name.startswith(">") else b - a
            return f"Heaviside({self._print(difference)}, {int('=' in condition.name)})"
        return f"Piecewise((1, {self._print(condition)}), (0, True))"


class FormulaPrinter(LatexPrinter):  # type: ignore[misc] # SymPy has no types
    """Prints LaTeX, with the names of the program as they are.

    Args:
        algebra: what knows the symbols and shapes.
    """

    def __init__(self, algebra: Algebra) -> None:
        super().__init__({"ln_notation": True, "inv_trig_style": "full", "fold_short_frac": False})
        self._algebra = algebra

    def _print_Symbol(self, expr: Any, style: str = "plain") -> str:
        return self._algebra.symbols[expr.name].latex

    def parenthesize(self, item: Any, level: int, is_neg: bool = False, strict: bool = False) -> str:
        """Write a part in brackets where it needs them: a sum does below a power."""
        if isinstance(item, Reduced) and level >= PRECEDENCE["Pow"]:
            return rf"\left({self._print(item)}\right)"
        return str(super().parenthesize(item, level, is_neg, strict))

    def _needs_mul_brackets(self, expr: Any, first: bool = False, last: bool = False) -> bool:
        return (isinstance(expr, Reduced) and not last) or bool(super()._needs_mul_brackets(expr, first, last))

    def _print_Mul(self, expr: Any) -> str:
        """Write a product: element by element with its own mark where products of matrices stand in it too."""
        factors = sympy.Mul.make_args(expr)
        tensors = [factor for factor in factors if count(self._algebra.shape(factor)) > 1]
        if len(tensors) < 2 or not expr.has(MatrixProduct, Outer):
            return str(super()._print_Mul(expr))
        before = sympy.Mul(*(factor for factor in factors if factor not in tensors))
        shown = r" \odot ".join(self._factor_of_elements(factor) for factor in tensors)
        if before == 1:
            return shown
        return f"-{shown}" if before == -1 else f"{self._print(before)} \\, {shown}"

    def _factor_of_elements(self, expr: Any) -> str:
        return (
            rf"\left({self._print(expr)}\right)"
            if expr.is_Add or isinstance(expr, MatrixProduct)
            else self._print(expr)
        )

    def _print_Add(self, expr: Any, order: Any = None) -> str:
        text = ""
        for term in _ordered(self, expr):
            shown = self._print(term)
            if self._needs_add_brackets(term):
                shown = rf"\left({shown}\right)"
            text += shown if not text else f" - {shown[1:].lstrip()}" if shown.startswith("-") else f" + {shown}"
        return text

    def _print_Float(self, expr: Any) -> str:
        mantissa, _, power = repr(float(expr)).partition("e")
        return rf"{mantissa} \cdot 10^{{{int(power)}}}" if power else mantissa

    def _tight(self, expr: Any) -> str:
        text = self._print(expr)
        simple = (expr.is_Atom and not text.startswith("-")) or isinstance(expr, Softmax)
        return text if simple else rf"\left({text}\right)"

    def _factor(self, expr: Any) -> str:
        bare = isinstance(expr, Transposed | MatrixProduct | sympy.Function) or (
            isinstance(expr, Elementwise) and expr.name in _NAMED
        )
        return self._print(expr) if bare else self._tight(expr)

    def _print_MatrixProduct(self, expr: MatrixProduct) -> str:
        return rf"{self._factor(expr.args[0])} \, {self._factor(expr.args[1])}"

    def _print_Transposed(self, expr: Transposed) -> str:
        return rf"{self._tight(expr.args[0])}^{{\top}}"

    def _print_Outer(self, expr: Outer) -> str:
        return rf"{self._tight(expr.args[0])} \, {self._tight(expr.args[1])}^{{\top}}"

    def _print_Softmax(self, expr: Softmax) -> str:
        over = "" if expr.axis == len(expr.shape) - 1 else rf"_{{\text{{dim }} {expr.axis}}}"
        return rf"\text{{softmax}}{over}\left({self._print(expr.args[0])}\right)"

    def _print_Reshaped(self, expr: Reshaped) -> str:
        if len(expr.args[1]) == 1 and expr.shape == (*expr.args[1], 1):
            return str(self._print(expr.args[0]))  # a vector is a column
        return rf"\text{{reshape}}\left({self._print(expr.args[0])}\right)"

    def _print_Reduced(self, expr: Reduced) -> str:
        operand = expr.operands[0]
        inner = self._print(operand)
        if operand.is_Add or str(expr.args[0]) in ("amax", "amin"):
            inner = rf"\left({inner}\right)"
        everything = len(expr.axes) == len(expr.args[4])
        over = "" if everything else rf"_{{\text{{dim }} {', '.join(map(str, expr.axes))}}}"
        return rf"{_REDUCED[str(expr.args[0])]}{over} {inner}"

    def _print_Elementwise(self, expr: Elementwise) -> str:
        operands = [self._print(operand) for operand in expr.operands]
        match expr.name:
            case "indicator":
                return rf"\left[{operands[0]}\right]"
            case "where":
                return (
                    rf"\begin{{cases}} {operands[1]} & \text{{if }} {operands[0]} \\ "
                    rf"{operands[2]} & \text{{otherwise}} \end{{cases}}"
                )
            case "and" | "or":
                return (r" \wedge " if expr.name == "and" else r" \vee ").join(operands)
            case "not":
                return rf"\neg \left({operands[0]}\right)"
        if expr.name in _MARKS:
            return f"{operands[0]} {_MARKS[expr.name]} {operands[1]}"
        return rf"{_NAMED[expr.name]}\left({', '.join(operands)}\right)"
