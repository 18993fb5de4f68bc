"""Shorter forms of an expression, within a bound that does not depend on who wrote it.

SymPy's ``simplify`` tries methods of every cost, and a stranger's expression can keep it for ever. A process that can
be killed would have to import SymPy first, a third of a second for each program; so it runs where it is asked for, on
expressions of a bounded size, and is stopped after a number of calls, which are counted while it runs. A number of
calls, and not a time: it does not depend on how fast the machine is.
"""

import inspect
import sys
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

import sympy
from sympy.core.symbol import Str

from chainrule.explain.closed.functions import Reduced, Softmax, TensorFunction, sizes
from chainrule.explain.closed.printers import LONG_FRACTION
from chainrule.interest import go_on

MOST_OPERATIONS = 60
"""Operations of an expression above which it stays as it is."""
MOST_CALLS = 150_000
"""Calls of functions of Python that a simplification may take, a tenth of a second or so."""
_LOOKED_AFTER = 10_000
_WHOLE = (TensorFunction, sympy.tanh)
"""What algebra takes as it is; tanh stands by itself, since 1 - tanh(x)**2 says more than cosh(x)**(-2)."""


class _SpentError(BaseException):
    """The bound was reached; nothing of SymPy's catches it."""


def bounded(work: Callable[[], Any], most: int = MOST_CALLS) -> Any:
    """Return what a function makes, or None where that takes too many calls.

    Args:
        work: what is done.
        most: how many calls it may take.
    """
    calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        if event == "call":
            calls += 1
            # A generator that is let go of is called once more, and what is raised there reaches nobody.
            if calls > most and not frame.f_code.co_flags & inspect.CO_GENERATOR:
                raise _SpentError
            if calls % _LOOKED_AFTER == 0:
                go_on()

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        return work()
    except (_SpentError, RecursionError):
        return None
    finally:
        sys.setprofile(before)


def simplified(expr: Any) -> Any:
    """Return the shortest of some forms of an expression that are equal to it, a number that all terms share before."""
    made = _shortest(_softmaxes(expr))
    share, terms = made.as_coeff_Mul()
    if terms.is_Add and share.is_Rational and share.q > LONG_FRACTION:
        return sympy.Add(*(share * term for term in terms.args))
    if not isinstance(made, sympy.Add):
        return made
    content, primitive = made.primitive()
    if content == 1 or content.q > LONG_FRACTION:
        return made
    return sympy.Mul(content, primitive, evaluate=False)


def _shortest(expr: Any) -> Any:
    whole = {part: sympy.Symbol(f"_{number}", real=True) for number, part in enumerate(_whole_parts(expr))}
    inner = {symbol: _rebuilt(part) for part, symbol in whole.items()}
    outer = expr.xreplace(whole)
    best = outer
    if outer.count_ops() <= MOST_OPERATIONS:
        for method in (sympy.factor_terms, sympy.together, sympy.simplify, sympy.factor):
            found = bounded(partial(method, outer))
            if found is not None and found.count_ops() < best.count_ops():
                best = found
    return best.xreplace(inner)


def _whole_parts(expr: Any) -> list[Any]:
    """Return the parts of an expression that algebra takes as they are, in the order in which they stand."""
    found: dict[Any, None] = {}
    waiting = [expr]
    while waiting:
        part = waiting.pop()
        if isinstance(part, _WHOLE):
            found.setdefault(part)
        elif isinstance(part, sympy.Expr):
            waiting.extend(reversed(part.args))
    return list(found)


def _rebuilt(part: Any) -> Any:
    """Return a function with its operands simplified."""
    if isinstance(part, TensorFunction):
        operands = set(part.operands)
        return part.func(*(_shortest(one) if one in operands else one for one in part.args))
    return part.func(*map(_shortest, part.args))


def _softmaxes(expr: Any) -> Any:
    """Write what is the softmax by its definition as softmax: exp(u) over the sum of exp(u)."""
    for product in [part for part in sympy.postorder_traversal(expr) if isinstance(part, sympy.Mul)]:
        for factor in product.args:
            if not (isinstance(factor, sympy.Pow) and factor.exp.is_Integer and factor.exp < 0):
                continue
            total = factor.base
            if not isinstance(total, Reduced) or total.args[0] != Str("sum") or len(total.axes) != 1:
                continue
            grown = total.operands[0]
            if isinstance(grown, sympy.exp) and grown in product.args and (total.keeps or len(total.args[4]) == 1):
                found = Softmax(grown.args[0], sympy.Integer(total.axes[0]), sizes(total.args[4]))
                shorter = product / grown * total * found
                return _softmaxes(expr.xreplace({product: shorter}))
    return expr
