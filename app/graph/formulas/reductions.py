"""Formulas of the operators that take many elements together."""

from app.graph.formulas.formula import Formula

REDUCTIONS = (
    Formula(
        "SumBackward0",
        "Sum of all elements",
        "total(self)",
        {"self": "spread(grad, self)"},
        note="Every element goes into the sum with weight 1, so each gets the same gradient.",
    ),
    Formula(
        "SumBackward1",
        "Sum over dimensions",
        "total(self, dim, keepdim)",
        {"self": "spread(grad, self, dim, keepdim)"},
        note="Every element goes into its sum with weight 1, so each gets that sum's gradient.",
    ),
    Formula(
        "MeanBackward0",
        "Mean of all elements",
        "total(self) / count(self)",
        {"self": "spread(grad * (1 / count(self)), self)"},
        note="Each of the n elements has weight 1/n in the mean.",
    ),
    Formula(
        "MeanBackward1",
        "Mean over dimensions",
        "total(self, dim, keepdim) / count(self, dim)",
        {"self": "spread(grad * (1 / count(self, dim)), self, dim, keepdim)"},
        note="Each of the n elements of a mean has weight 1/n in it.",
    ),
)
