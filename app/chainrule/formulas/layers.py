"""Formulas of normalisation, convolution, pooling and embedding layers."""

from chainrule.formulas.language.formula import Cases, Formula

_STATISTICS = {"result1": (r"\mu", "μ"), "result2": (r"\sigma^{-1}", "σ⁻¹")}
"""The mean, and 1 over the standard deviation."""
_HAT = "((input - result1) * result2)"
_ROWS = "layer_dims(normalized_shape)"


def _layer_input(gradient: str) -> str:
    """Return the gradient of what is normalised, from that of the normalised.

    It is centred, and has no part along the normalised.
    """
    return f"result2 * ({gradient} - average({gradient}, {_ROWS}) - {_HAT} * average({gradient} * {_HAT}, {_ROWS}))"


_BATCH_HAT = "((input - channels(result1, input)) * channels(result2, input))"
_BATCH_DIMS = "batch_dims(input)"
_EVAL_SCALE = "(1 / sqrt(channels(running_var, input) + eps))"


def _batch_input(gradient: str) -> str:
    return (
        f"channels(result2, input) * ({gradient} - average({gradient}, {_BATCH_DIMS})"
        f" - {_BATCH_HAT} * average({gradient} * {_BATCH_HAT}, {_BATCH_DIMS}))"
    )


_CONVOLUTION = "stride, padding, dilation, groups"

LAYERS = (
    Formula(
        "NativeLayerNormBackward0",
        "Layer normalisation",
        Cases("weight", {None: _HAT}, f"{_HAT} * weight + bias"),
        {
            "input": Cases("weight", {None: _layer_input("grad")}, _layer_input("(grad * weight)")),
            "weight": f"sum_like(grad * {_HAT}, weight)",
            "bias": "sum_like(grad, bias)",
        },
        note="Every element of a row changes the row's mean and variance, so every input receives gradient from "
        "its whole row.",
        shown=_STATISTICS,
    ),
    Formula(
        "NativeBatchNormBackward0",
        "Batch normalisation",
        Cases(
            "training",
            {
                True: Cases(
                    "weight", {None: _BATCH_HAT}, f"{_BATCH_HAT} * channels(weight, input) + channels(bias, input)"
                )
            },
            Cases(
                "weight",
                {None: f"(input - channels(running_mean, input)) * {_EVAL_SCALE}"},
                f"(input - channels(running_mean, input)) * {_EVAL_SCALE} * channels(weight, input)"
                " + channels(bias, input)",
            ),
        ),
        {
            "input": Cases(
                "training",
                {True: Cases("weight", {None: _batch_input("grad")}, _batch_input("(grad * channels(weight, input))"))},
                Cases("weight", {None: f"grad * {_EVAL_SCALE}"}, f"grad * {_EVAL_SCALE} * channels(weight, input)"),
            ),
            "weight": Cases(
                "training",
                {True: f"total(grad * {_BATCH_HAT}, {_BATCH_DIMS})"},
                f"total(grad * (input - channels(running_mean, input)) * {_EVAL_SCALE}, {_BATCH_DIMS})",
            ),
            "bias": f"total(grad, {_BATCH_DIMS})",
        },
        note="In training every sample changes the batch's mean and variance, so every input receives gradient "
        "from the whole batch.",
        shown=_STATISTICS
        | {"running_mean": (r"\mu_{\text{run}}", "running mean"), "running_var": (r"v_{\text{run}}", "running var")},
    ),
    Formula(
        "ConvolutionBackward0",
        "Convolution",
        Cases(
            "transposed",
            {
                False: Cases(
                    "bias",
                    {None: f"convolve(input, weight, {_CONVOLUTION})"},
                    f"convolve(input, weight, {_CONVOLUTION}) + channels(bias, result)",
                )
            },
        ),
        {
            "input": Cases("transposed", {False: f"input_back(grad, weight, input, {_CONVOLUTION})"}),
            "weight": Cases("transposed", {False: f"weight_back(grad, input, weight, {_CONVOLUTION})"}),
            "bias": "total(grad, batch_dims(grad))",
        },
        "Each weight is used at every place, so its gradient is a sum over all places.",
    ),
    Formula(
        "MaxPool2DWithIndicesBackward0",
        "Max pooling",
        "max_pool(self, result1)",
        {"self": "max_pool_back(grad, self, result1)"},
        "Only the largest of each window gets the gradient.",
    ),
    Formula(
        "AvgPool2DBackward0",
        "Average pooling",
        Cases("divisor_override", {None: "avg_pool(self, kernel_size, stride, padding, count_include_pad)"}),
        {
            "self": Cases(
                "divisor_override",
                {None: "avg_pool_back(grad, self, kernel_size, stride, padding, count_include_pad)"},
            )
        },
        "Each of the n elements of a window has weight 1/n.",
    ),
    Formula(
        "EmbeddingBackward0",
        "Embedding",
        "rows(weight, indices)",
        {"weight": "rows_back(grad, indices, weight, padding_idx)"},
        "A row that was looked up several times gets the sum; a row that was not looked up gets 0.",
    ),
)
