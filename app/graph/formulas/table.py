"""The table of operators, put together from its families."""

from collections.abc import Mapping

from app.graph.formulas.activations import ACTIVATIONS
from app.graph.formulas.arithmetic import ARITHMETIC
from app.graph.formulas.elementary import ELEMENTARY
from app.graph.formulas.formula import Formula
from app.graph.formulas.linear import LINEAR
from app.graph.formulas.reductions import REDUCTIONS

FORMULAS: Mapping[str, Formula] = {
    formula.op: formula for family in (ARITHMETIC, ELEMENTARY, ACTIVATIONS, REDUCTIONS, LINEAR) for formula in family
}
"""Every formula by the name of its grad_fn."""
