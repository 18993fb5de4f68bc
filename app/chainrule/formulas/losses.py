"""Formulas of the loss functions: 0 as reduction is "none", 1 "mean", 2 "sum"."""

from chainrule.formulas.language.formula import Cases, Formula

NONE, MEAN, SUM = 0, 1, 2


def _reduced(each: str) -> Cases:
    """Return what is computed from the loss of each element."""
    return Cases("reduction", {NONE: each, MEAN: f"total({each}) / count(self)", SUM: f"total({each})"})


def _slope(each: str) -> Cases:
    """Return a contribution, from the slope of the loss of each element."""
    return Cases(
        "reduction",
        {
            NONE: f"grad * ({each})",
            MEAN: f"spread(grad * (1 / count(self)), self) * ({each})",
            SUM: f"spread(grad, self) * ({each})",
        },
    )


def _unweighted(text: Cases) -> Cases:
    return Cases("weight", {None: text})


_D = "(self - target)"
_HUBER = f"where(abs({_D}) <= {{0}}, {_D} ** 2 / 2{{1}}, {{2}} * (abs({_D}) - {{0}} / 2))"
_HOT = "one_hot(target, self, ignore_index, weight)"

LOSSES = (
    Formula(
        "MseLossBackward0",
        "Mean squared error",
        _reduced(f"{_D} ** 2"),
        {"self": _slope(f"2 * {_D}"), "target": _slope(f"-2 * {_D}")},
        "The gradient is proportional to the error.",
    ),
    Formula(
        "SmoothL1LossBackward0",
        "Smooth L1 loss",
        _reduced(_HUBER.format("beta", " / beta", "1")),
        {
            "self": _slope(f"where(abs({_D}) < beta, {_D} / beta, sign({_D}))"),
            "target": _slope(f"-where(abs({_D}) < beta, {_D} / beta, sign({_D}))"),
        },
        "Quadratic near 0, linear farther away, so the gradient stays bounded.",
    ),
    Formula(
        "HuberLossBackward0",
        "Huber loss",
        _reduced(_HUBER.format("delta", "", "delta")),
        {
            "self": _slope(f"where(abs({_D}) < delta, {_D}, delta * sign({_D}))"),
            "target": _slope(f"-where(abs({_D}) < delta, {_D}, delta * sign({_D}))"),
        },
        "Quadratic near 0, linear farther away, so the gradient stays bounded.",
    ),
    Formula(
        "BinaryCrossEntropyBackward0",
        "Binary cross entropy of probabilities",
        _unweighted(
            _reduced("-(target * maximum(log(self), -100) + (1 - target) * maximum(log(1 - self), -100))"),
        ),
        {
            "self": _unweighted(_slope("(self - target) / maximum(self * (1 - self), 1e-12)")),
            "target": _unweighted(_slope("log(1 - self) - log(self)")),
        },
        "A probability close to 0 or 1 on the wrong side gives a very large gradient; logits avoid that.",
    ),
    Formula(
        "BinaryCrossEntropyWithLogitsBackward0",
        "Binary cross entropy of logits",
        _unweighted(Cases("pos_weight", {None: _reduced("log(1 + exp(self)) - target * self")})),
        {
            "self": _unweighted(Cases("pos_weight", {None: _slope("sigmoid(self) - target")})),
            "target": _unweighted(Cases("pos_weight", {None: _slope("-self")})),
        },
        "The gradient is prediction minus target: σ(x) − t.",
    ),
    Formula(
        "NllLossBackward0",
        "Negative log likelihood",
        Cases(
            "reduction",
            {
                NONE: f"-total({_HOT} * self, -1)",
                MEAN: f"-(total({_HOT} * self) / total_weight)",
                SUM: f"-total({_HOT} * self)",
            },
        ),
        {
            "self": Cases(
                "reduction",
                {
                    NONE: f"-(spread(grad, self, -1) * {_HOT})",
                    MEAN: f"spread(grad * -(1 / total_weight), self) * {_HOT}",
                    SUM: f"spread(-grad, self) * {_HOT}",
                },
            )
        },
        "Only the log probability of the right class counts, so only it gets a gradient here; the softmax before it "
        "hands it on to all classes.",
    ),
    Formula(
        "SoftMarginLossBackward0",
        "Soft margin loss",
        _reduced("log(1 + exp(-target * self))"),
        {"self": _slope("-target * sigmoid(-target * self)")},
    ),
)
