"""Formulas of the arithmetic operators."""

from app.graph.formulas.formula import Formula

ARITHMETIC = (
    Formula(
        "AddBackward0",
        "Addition",
        "self + alpha * other",
        {"self": "grad", "other": "alpha * grad"},
        broadcasts=True,
        defaults={"alpha": 1},
        note="A sum hands the gradient that arrives to each of its terms, unchanged.",
    ),
    Formula(
        "SubBackward0",
        "Subtraction",
        "self - alpha * other",
        {"self": "grad", "other": "-(alpha * grad)"},
        broadcasts=True,
        defaults={"alpha": 1},
    ),
    Formula(
        "RsubBackward1",
        "Subtraction from a number",
        "other - alpha * self",
        {"self": "-(alpha * grad)"},
        defaults={"alpha": 1},
    ),
    Formula(
        "MulBackward0",
        "Multiplication",
        "self * other",
        {"self": "grad * other", "other": "grad * self"},
        broadcasts=True,
        note="Each factor gets the gradient times the other factor.",
    ),
    Formula(
        "DivBackward0",
        "Division",
        "self / other",
        {"self": "grad * (1 / other)", "other": "grad * -(self / other ** 2)"},
        broadcasts=True,
    ),
    Formula("NegBackward0", "Negation", "-self", {"self": "-grad"}),
    Formula(
        "PowBackward0",
        "Power with a fixed exponent",
        "self ** exponent",
        {"self": "where(exponent == 0, 0 * grad, grad * (exponent * self ** (exponent - 1)))"},
    ),
)
