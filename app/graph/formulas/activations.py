"""Formulas of the activation functions."""

from app.graph.formulas.formula import Formula

ACTIVATIONS = (
    Formula(
        "ReluBackward0",
        "Rectified linear unit",
        "maximum(self, 0)",
        {"self": "where(result > 0, grad, 0)"},
        note="Where the input was not above 0, nothing passes: the unit is off.",
    ),
    Formula("SigmoidBackward0", "Sigmoid", "sigmoid(self)", {"self": "grad * result * (1 - result)"}),
)
