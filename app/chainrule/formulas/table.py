"""The table of operators, put together from its families."""

from collections.abc import Mapping

from chainrule.formulas.activations import ACTIVATIONS
from chainrule.formulas.arithmetic import ARITHMETIC
from chainrule.formulas.elementary import ELEMENTARY
from chainrule.formulas.language.formula import Formula
from chainrule.formulas.layers import LAYERS
from chainrule.formulas.linear import LINEAR
from chainrule.formulas.losses import LOSSES
from chainrule.formulas.pairs import PAIRS
from chainrule.formulas.reductions import REDUCTIONS
from chainrule.formulas.shapes import SHAPES

_FAMILIES = (ARITHMETIC, ELEMENTARY, PAIRS, ACTIVATIONS, REDUCTIONS, LINEAR, SHAPES, LOSSES, LAYERS)

FORMULAS: Mapping[str, Formula] = {formula.op: formula for family in _FAMILIES for formula in family}
"""Every formula by the name of its grad_fn."""
