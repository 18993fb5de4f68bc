"""Formulas of the functions of two arguments, and of those that choose between values."""

from chainrule.formulas.language.formula import Cases, Formula


def _better(op: str, title: str, forward: str, wins: str) -> Formula:
    """Return a larger or smaller of two: the winner gets the gradient, equals get half each."""
    return Formula(
        op,
        title,
        forward,
        {
            "self": f"grad * where(self == other, 1 / 2, where(self {wins} other, 1, 0))",
            "other": f"grad * where(self == other, 1 / 2, where(self {wins} other, 0, 1))",
        },
        "The one that was chosen receives the gradient; if both are equal, each gets half.",
        broadcasts=True,
    )


PAIRS = (
    Formula(
        "Atan2Backward0",
        "Angle of a point",
        "atan2(self, other)",
        {
            "self": "grad * (other / (self ** 2 + other ** 2))",
            "other": "grad * -(self / (self ** 2 + other ** 2))",
        },
        broadcasts=True,
    ),
    Formula(
        "HypotBackward0",
        "Length of a hypotenuse",
        "sqrt(self ** 2 + other ** 2)",
        {"self": "grad * (self / result)", "other": "grad * (other / result)"},
        broadcasts=True,
    ),
    Formula(
        "XlogyBackward0",
        "x log y",
        "where(self == 0, 0, self * log(other))",
        {
            "self": "grad * where((self == 0) and (other <= 0), 0, log(other))",
            "other": "grad * (self / other)",
        },
        broadcasts=True,
    ),
    Formula(
        "LogaddexpBackward0",
        "Logarithm of a sum of exponentials",
        "logaddexp(self, other)",
        {"self": "grad * (1 / (1 + exp(other - self)))", "other": "grad * (1 / (1 + exp(self - other)))"},
        broadcasts=True,
    ),
    Formula(
        "Logaddexp2Backward0",
        "Logarithm of a sum of powers of 2",
        "logaddexp2(self, other)",
        {"self": "grad * (1 / (1 + 2 ** (other - self)))", "other": "grad * (1 / (1 + 2 ** (self - other)))"},
        broadcasts=True,
    ),
    _better("MaximumBackward0", "Larger of two", "maximum(self, other)", ">"),
    _better("MinimumBackward0", "Smaller of two", "minimum(self, other)", "<"),
    *(
        Formula(
            op,
            title,
            forward,
            {
                "self": f"grad * where(self {wins} other, 1, 0)",
                "other": f"grad * where(self {wins} other, 0, 1)",
            },
            "The one that was chosen receives the gradient; if both are equal, the first does.",
            broadcasts=True,
        )
        for op, title, forward, wins in (
            ("FmaxBackward0", "Larger of two", "maximum(self, other)", ">="),
            ("FminBackward0", "Smaller of two", "minimum(self, other)", "<="),
        )
    ),
    Formula(
        "CopysignBackward0",
        "Magnitude with another's sign",
        "where(other < 0, -abs(self), abs(self))",
        {"self": "grad * where(self == 0, 0, result / self)", "other": "0 * grad"},
        broadcasts=True,
    ),
    Formula(
        "ClampBackward1",
        "Clamp",
        Cases(
            "min",
            {None: "minimum(self, max)"},
            Cases("max", {None: "maximum(self, min)"}, "minimum(maximum(self, min), max)"),
        ),
        {
            "self": Cases(
                "min",
                {None: "where(self <= max, grad, 0)"},
                Cases("max", {None: "where(self >= min, grad, 0)"}, "where((self >= min) and (self <= max), grad, 0)"),
            )
        },
        "Outside the bounds the result does not move, so nothing passes there.",
    ),
    Formula(
        "ClampBackward0",
        "Clamp by tensors",
        "minimum(maximum(self, min), max)",
        {
            "self": "where((self >= min) and (self <= max), grad, 0)",
            "min": "where((min < max) and (self < min), grad, 0)",
            "max": "where((self > max) or (max < min), grad, 0)",
        },
        "Outside the bounds the gradient goes to the bound.",
        broadcasts=True,
    ),
    Formula("ClampMinBackward0", "Clamp from below", "maximum(self, min)", {"self": "where(self >= min, grad, 0)"}),
    Formula("ClampMaxBackward0", "Clamp from above", "minimum(self, max)", {"self": "where(self <= max, grad, 0)"}),
    Formula(
        "WhereBackward0",
        "Choice by a condition",
        "where(condition, self, other)",
        {"self": "where(condition, grad, 0)", "other": "where(condition, 0, grad)"},
        "The branch that was not taken gets 0; it was computed all the same, and an infinite slope in it gives NaN.",
        broadcasts=True,
    ),
    Formula(
        "MaskedFillBackward0",
        "Fill by a mask",
        "where(mask, value, self)",
        {"self": "where(mask, 0, grad)"},
        "What was overwritten gets no gradient.",
        broadcasts=True,
    ),
    Formula(
        "MaskedFillBackward1",
        "Fill by a mask",
        "where(mask, value, self)",
        {"self": "where(mask, 0, grad)", "value": "total(where(mask, grad, 0))"},
        "What was overwritten gets no gradient; the value gets the sum over the places that it was put in.",
        broadcasts=True,
    ),
    Formula(
        "ThresholdBackward0",
        "Threshold",
        "where(self > threshold, self, value)",
        {"self": "where(self > threshold, grad, 0)"},
    ),
    Formula(
        "NanToNumBackward0",
        "Replacement of what is not finite",
        "where(isnan(self), 0, where(abs(self) == inf, result, self))",
        {"self": "where(isnan(self) or (abs(self) == inf), 0, grad)"},
    ),
)
