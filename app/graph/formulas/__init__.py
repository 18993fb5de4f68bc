"""Formulas of the most used operators, as data with one source for numbers, LaTeX and words.

The table stands here and not in ``app.tracing`` because the web process explains a graph that it holds in its cache,
and the web process never imports torch: nothing in this package does.
"""

from app.graph.formulas.element import at_element
from app.graph.formulas.evaluate import UNCOMPUTABLE, evaluate, is_elementwise, settle
from app.graph.formulas.expression import Literal, names, number, parse, simplify
from app.graph.formulas.formula import Formula, choose, texts
from app.graph.formulas.table import FORMULAS
from app.graph.formulas.tensors import sum_to
from app.graph.formulas.writer import LATEX, PLAIN, Notation, Symbol, write

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
