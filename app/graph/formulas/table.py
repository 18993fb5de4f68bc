"""The table of operators, put together from its families."""

from collections.abc import Mapping

from app.graph.formulas.activations import ACTIVATIONS
from app.graph.formulas.arithmetic import ARITHMETIC
from app.graph.formulas.elementary import ELEMENTARY
from app.graph.formulas.formula import Formula
from app.graph.formulas.layers import LAYERS
from app.graph.formulas.linear import LINEAR
from app.graph.formulas.losses import LOSSES
from app.graph.formulas.pairs import PAIRS
from app.graph.formulas.reductions import REDUCTIONS
from app.graph.formulas.shapes import SHAPES

_FAMILIES = (ARITHMETIC, ELEMENTARY, PAIRS, ACTIVATIONS, REDUCTIONS, LINEAR, SHAPES, LOSSES, LAYERS)

FORMULAS: Mapping[str, Formula] = {formula.op: formula for family in _FAMILIES for formula in family}
"""Every formula by the name of its grad_fn."""
