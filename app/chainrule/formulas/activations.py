"""Formulas of the activation functions."""

from chainrule.formulas.language.formula import Cases, Formula

_INNER = "sqrt(2 / pi) * (self + 0.044715 * self ** 3)"
_INNER_SLOPE = "sqrt(2 / pi) * (1 + 0.134145 * self ** 2)"

ACTIVATIONS = (
    Formula(
        "ReluBackward0",
        "Rectified linear unit",
        "maximum(self, 0)",
        {"self": "where(result > 0, grad, 0)"},
        "Where the input was not above 0, nothing passes: the unit is off.",
    ),
    Formula(
        "SigmoidBackward0",
        "Sigmoid",
        "sigmoid(self)",
        {"self": "grad * (result * (1 - result))"},
        "The slope is at most 1/4, and close to 0 where the sigmoid is close to 0 or 1.",
    ),
    Formula(
        "SoftplusBackward0",
        "Softplus",
        "where(beta * self > threshold, self, log(1 + exp(beta * self)) / beta)",
        {"self": "grad * where(beta * self > threshold, 1, sigmoid(beta * self))"},
    ),
    Formula(
        "LeakyReluBackward0",
        "Leaky rectified linear unit",
        "where(self > 0, self, negative_slope * self)",
        {"self": "grad * where(self > 0, 1, negative_slope)"},
    ),
    Formula(
        "EluBackward0",
        "Exponential linear unit",
        "where(self > 0, scale * self, scale * alpha * (exp(input_scale * self) - 1))",
        {"self": "grad * where(self > 0, scale, scale * alpha * input_scale * exp(input_scale * self))"},
    ),
    Formula(
        "CeluBackward0",
        "Continuous exponential linear unit",
        "where(self > 0, self, alpha * (exp(self / alpha) - 1))",
        {"self": "grad * where(self > 0, 1, exp(self / alpha))"},
    ),
    Formula(
        "GeluBackward0",
        "Gaussian error linear unit",
        Cases(
            "approximate",
            {
                "none": "self / 2 * (1 + erf(self / sqrt(2)))",
                "tanh": f"self / 2 * (1 + tanh({_INNER}))",
            },
        ),
        {
            "self": Cases(
                "approximate",
                {
                    "none": "grad * ((1 + erf(self / sqrt(2))) / 2 + self * exp(-self ** 2 / 2) / sqrt(2 * pi))",
                    "tanh": f"grad * ((1 + tanh({_INNER})) / 2"
                    f" + self / 2 * (1 - tanh({_INNER}) ** 2) * ({_INNER_SLOPE}))",
                },
            )
        },
    ),
    Formula(
        "SiluBackward0",
        "Sigmoid linear unit (swish)",
        "self * sigmoid(self)",
        {"self": "grad * (sigmoid(self) * (1 + self * (1 - sigmoid(self))))"},
    ),
    Formula(
        "MishBackward0",
        "Mish",
        "self * tanh(log(1 + exp(self)))",
        {
            "self": "grad * (tanh(log(1 + exp(self))) + self * sigmoid(self) * (1 - tanh(log(1 + exp(self))) ** 2))",
        },
    ),
    Formula(
        "HardtanhBackward0",
        "Hard tanh",
        "minimum(maximum(self, min_val), max_val)",
        {"self": "where((self > min_val) and (self < max_val), grad, 0)"},
        "At the bounds and outside them nothing passes.",
    ),
    Formula(
        "HardsigmoidBackward0",
        "Hard sigmoid",
        "minimum(maximum(self + 3, 0), 6) / 6",
        {"self": "grad * where((self > -3) and (self < 3), 1 / 6, 0)"},
    ),
    Formula(
        "HardswishBackward0",
        "Hard swish",
        "self * minimum(maximum(self + 3, 0), 6) / 6",
        {"self": "grad * where(self <= -3, 0, where(self >= 3, 1, self / 3 + 1 / 2))"},
    ),
    Formula(
        "LogSigmoidBackward0",
        "Logarithm of the sigmoid",
        "-log(1 + exp(-self))",
        {"self": "grad * sigmoid(-self)"},
    ),
    Formula(
        "SoftshrinkBackward0",
        "Soft shrink",
        "where(self > lambd, self - lambd, where(self < -lambd, self + lambd, 0))",
        {"self": "where((self >= -lambd) and (self <= lambd), 0, grad)"},
    ),
    Formula(
        "HardshrinkBackward0",
        "Hard shrink",
        "where((self >= -lambd) and (self <= lambd), 0, self)",
        {"self": "where((self >= -lambd) and (self <= lambd), 0, grad)"},
    ),
    Formula(
        "PreluKernelBackward0",
        "Parametric rectified linear unit",
        "where(self > 0, self, weight * self)",
        {"self": "grad * where(self > 0, 1, weight)", "weight": "grad * where(self > 0, 0, self)"},
        broadcasts=True,
    ),
    Formula(
        "RreluWithNoiseBackward0",
        "Randomized leaky rectified linear unit",
        "self * noise",
        {"self": "grad * noise"},
        "During training, noise is the slope drawn at random for each element (1 for positive inputs).",
    ),
    Formula(
        "SoftmaxBackward0",
        "Softmax",
        "exp(self) / total(exp(self), dim, True)",
        {"self": "result * (grad - total(grad * result, dim, True))"},
        "Every output depends on every input along that dimension, so every input receives gradient from every output.",
    ),
    Formula(
        "LogSoftmaxBackward0",
        "Logarithm of the softmax",
        "self - log(total(exp(self), dim, True))",
        {"self": "grad - exp(result) * total(grad, dim, True)"},
        "Every output depends on every input along that dimension, so every input receives gradient from every output.",
    ),
    Formula(
        "NativeDropoutBackward0",
        "Dropout",
        "where(result1, self / (1 - p), 0)",
        {"self": "grad * where(result1, 1 / (1 - p), 0)"},
        "What was dropped gets no gradient; what was kept is scaled up as in forward.",
    ),
)
