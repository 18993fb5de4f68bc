"""Derivatives in the words of a finding, from the table of formulas."""

import ast

from chainrule.formulas import FORMULAS, PLAIN, Symbol, parse, simplify, texts, write


def say_derivative(op: str, **letters: str) -> str:
    """Return what an operation of one argument multiplies the gradient by.

    Args:
        op: the name of its Node.
        letters: what to write for the names of its formula.

    >>> say_derivative("TanhBackward0", result="t"), say_derivative("PowBackward0", self="x", exponent="p")
    ('1 - t^2', 'p × x^(p - 1)')
    """
    vjp = parse(texts(FORMULAS[op].vjps["self"])[0])
    match vjp:
        case ast.Call(func=ast.Name(id="where"), args=[_, _, general]):  # the first branch is of one special exponent
            vjp = general
    symbols = {name: Symbol(text, scalar=True) for name, text in letters.items()}
    return write(simplify(vjp, {"grad": 1}), symbols, PLAIN).text
