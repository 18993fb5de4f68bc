"""Formulas of the exponential, logarithmic and trigonometric functions."""

from app.graph.formulas.formula import Formula

ELEMENTARY = (
    Formula(
        "ExpBackward0",
        "Exponential",
        "exp(self)",
        {"self": "grad * result"},
        note="The exponential is its own derivative.",
    ),
    Formula("LogBackward0", "Natural logarithm", "log(self)", {"self": "grad * (1 / self)"}),
    Formula(
        "SqrtBackward0",
        "Square root",
        "sqrt(self)",
        {"self": "grad * (1 / (2 * result))"},
        note="At 0 the slope is infinite.",
    ),
    Formula("SinBackward0", "Sine", "sin(self)", {"self": "grad * cos(self)"}),
    Formula("CosBackward0", "Cosine", "cos(self)", {"self": "grad * -sin(self)"}),
    Formula("TanhBackward0", "Hyperbolic tangent", "tanh(self)", {"self": "grad * (1 - result ** 2)"}),
)
