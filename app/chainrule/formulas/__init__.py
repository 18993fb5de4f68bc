"""Formulas of the most used operators, as data with one source for numbers, LaTeX and words.

The table stands here and not in ``chainrule.tape`` because the web process explains a graph that it holds in its cache,
and the web process never imports torch: nothing in this package does.
"""

from chainrule.formulas.language.element import at_element
from chainrule.formulas.language.evaluate import UNCOMPUTABLE, evaluate, is_elementwise, settle
from chainrule.formulas.language.expression import Literal, names, number, parse, simplify
from chainrule.formulas.language.formula import Formula, choose, texts
from chainrule.formulas.language.tensors import sum_to
from chainrule.formulas.language.writer import LATEX, PLAIN, Notation, Symbol, write
from chainrule.formulas.table import FORMULAS

__all__ = [
    "FORMULAS",
    "LATEX",
    "PLAIN",
    "UNCOMPUTABLE",
    "Formula",
    "Literal",
    "Notation",
    "Symbol",
    "at_element",
    "choose",
    "evaluate",
    "is_elementwise",
    "names",
    "number",
    "parse",
    "settle",
    "simplify",
    "sum_to",
    "texts",
    "write",
]
