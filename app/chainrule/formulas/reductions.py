"""Formulas of the operators that take many elements together."""

from chainrule.formulas.language.formula import Cases, Formula

_DEVIATION = "(self - average(self, dim))"
_ONE = "where(correction == None, 1, correction)"


def _extreme(op: str, title: str, function: str) -> Formula:
    """Return the largest or smallest of all: equals share the gradient."""
    return Formula(
        op,
        title,
        function,
        {"self": "where(self == result, grad / equals(self, result), 0)"},
        "Only the extreme element receives gradient; tied elements share it equally.",
    )


def _extreme_along(op: str, title: str, function: str) -> Formula:
    """Return the largest or smallest along dimensions: equals share the gradient."""
    kept = "spread(result, self, dim, keepdim)"
    return Formula(
        op,
        title,
        f"{function}(self, dim, keepdim)",
        {"self": f"where(self == {kept}, spread(grad, self, dim, keepdim) / equals(self, {kept}, dim), 0)"},
        "Only the extreme elements receive gradient; tied elements share it equally.",
    )


def _picked(op: str, title: str, function: str, keepdim: str = "keepdim") -> Formula:
    """Values found along a dimension with their positions: the gradient goes back to those positions."""
    return Formula(
        op,
        title,
        f"{function}(self, dim, indices, {keepdim})",
        {"self": f"{function}_back(grad, self, dim, indices, {keepdim})"},
        "The gradient goes back to the places that the values came from; all others get 0.",
    )


REDUCTIONS = (
    Formula(
        "SumBackward0",
        "Sum of all elements",
        "total(self)",
        {"self": "spread(grad, self)"},
        "Every element goes into the sum with weight 1, so each gets the same gradient.",
    ),
    Formula(
        "SumBackward1",
        "Sum over dimensions",
        "total(self, dim, keepdim)",
        {"self": "spread(grad, self, dim, keepdim)"},
        "Every element goes into its sum with weight 1, so each gets that sum's gradient.",
    ),
    Formula(
        "NansumBackward0",
        "Sum without NaN",
        "total(where(isnan(self), 0, self), dim, keepdim)",
        {"self": "where(isnan(self), 0, spread(grad, self, dim, keepdim))"},
    ),
    Formula(
        "MeanBackward0",
        "Mean of all elements",
        "total(self) / count(self)",
        {"self": "spread(grad * (1 / count(self)), self)"},
        "Each of the n elements has weight 1/n in the mean.",
    ),
    Formula(
        "MeanBackward1",
        "Mean over dimensions",
        "total(self, dim, keepdim) / count(self, dim)",
        {"self": "spread(grad * (1 / count(self, dim)), self, dim, keepdim)"},
        "Each of the n elements of a mean has weight 1/n in it.",
    ),
    Formula(
        "ProdBackward0",
        "Product of all elements",
        "product(self)",
        {"self": "spread(grad * result, self) / self"},
        "Each factor gets the product of the others. The quotient shows it where no factor is 0.",
    ),
    Formula(
        "ProdBackward1",
        "Product over a dimension",
        "product(self, dim, keepdim)",
        {"self": "spread(grad * result, self, dim, keepdim) / self"},
        "Each factor gets the product of the others. The quotient shows it where no factor is 0.",
    ),
    _extreme("MaxBackward1", "Largest of all elements", "amax(self)"),
    _extreme("MinBackward1", "Smallest of all elements", "amin(self)"),
    _extreme_along("AmaxBackward0", "Largest over dimensions", "amax"),
    _extreme_along("AminBackward0", "Smallest over dimensions", "amin"),
    _picked("MaxBackward0", "Largest along a dimension", "max"),
    _picked("MinBackward0", "Smallest along a dimension", "min"),
    _picked("MedianBackward1", "Median along a dimension", "median"),
    _picked("KthvalueBackward0", "k-th smallest along a dimension", "kthvalue"),
    _picked("ModeBackward0", "Most frequent along a dimension", "mode"),
    _picked("TopkBackward0", "Largest k along a dimension", "topk", "True"),
    _picked("SortBackward0", "Sorting", "sort", "True"),
    Formula(
        "VarBackward0",
        "Variance",
        f"total({_DEVIATION} ** 2, dim, keepdim) / (count(self, dim) - {_ONE})",
        {"self": f"spread(grad, self, dim, keepdim) * (2 / (count(self, dim) - {_ONE}) * {_DEVIATION})"},
        "An element further from the mean moves the variance more.",
    ),
    Formula(
        "StdBackward0",
        "Standard deviation",
        f"sqrt(total({_DEVIATION} ** 2, dim, keepdim) / (count(self, dim) - {_ONE}))",
        {
            "self": f"spread(grad / result, self, dim, keepdim) * (1 / (count(self, dim) - {_ONE}) * {_DEVIATION})",
        },
        "At a standard deviation of 0 the derivative is not defined; PyTorch gives 0 there.",
    ),
    Formula(
        "VarMeanBackward0",
        "Variance and mean",
        f"total({_DEVIATION} ** 2, dim, keepdim) / (count(self, dim) - {_ONE})",
        {
            "self": f"spread(grad0, self, dim, keepdim) * (2 / (count(self, dim) - {_ONE}) * {_DEVIATION})"
            " + spread(grad1 * (1 / count(self, dim)), self, dim, keepdim)",
        },
    ),
    Formula(
        "LinalgVectorNormBackward0",
        "Norm",
        Cases(
            "ord",
            {1: "total(abs(self), dim, keepdim)", 2: "sqrt(total(self ** 2, dim, keepdim))"},
        ),
        {
            "self": Cases(
                "ord",
                {
                    1: "spread(grad, self, dim, keepdim) * sign(self)",
                    2: "where(spread(result, self, dim, keepdim) == 0, 0,"
                    " spread(grad / result, self, dim, keepdim) * self)",
                },
            )
        },
        "At the zero vector the slope of the 2-norm is not defined; PyTorch takes 0.",
    ),
    Formula(
        "LogsumexpBackward0",
        "Logarithm of a sum of exponentials",
        "log(total(exp(self), dim, keepdim))",
        {"self": "spread(grad, self, dim, keepdim) * exp(self - spread(result, self, dim, keepdim))"},
        "The local derivatives are the softmax of the inputs.",
    ),
    Formula(
        "CumsumBackward0",
        "Cumulative sum",
        "cumsum(self, dim)",
        {"self": "cumsum_back(grad, dim)"},
        "An element is in its own sum and in all after it, so it gets the gradients from there to the end.",
    ),
    Formula("TraceBackward0", "Trace", "trace(self)", {"self": "grad * eye(self)"}),
)
