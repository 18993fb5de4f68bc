"""For each operator of the table, programs whose graph it is in: random and edge inputs, broadcasting."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
import torch.nn.functional as F  # noqa: N812 # as everybody writes it
from torch import Tensor

Make = Callable[..., Tensor | tuple[Tensor, ...]]


@dataclass(frozen=True)
class Case:
    """A program, and the grad_fn that it must give."""

    op: str
    label: str
    run: Make
    inputs: tuple[Tensor, ...]


def normal(*shape: int) -> Tensor:
    """Numbers of both signs, the same at each call."""
    generator = torch.Generator().manual_seed(sum(shape) + 7 * len(shape))
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def positive(*shape: int) -> Tensor:
    """Numbers from 0.5 to 2."""
    generator = torch.Generator().manual_seed(sum(shape))
    return torch.rand(*shape, generator=generator, dtype=torch.float64) * 1.5 + 0.5


def within(*shape: int) -> Tensor:
    """Numbers between -0.9 and 0.9."""
    generator = torch.Generator().manual_seed(sum(shape) + 1)
    return torch.rand(*shape, generator=generator, dtype=torch.float64) * 1.8 - 0.9


def scalar(value: float) -> Tensor:
    return torch.tensor(value, dtype=torch.float64)


def vector(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


CASES: list[Case] = []


def case(op: str, run: Make, *inputs: Tensor, label: str = "") -> None:
    CASES.append(Case(op, label, run, inputs))


# Arithmetic
for name, run in {
    "AddBackward0": lambda a, b: a + b,
    "SubBackward0": lambda a, b: a - b,
    "MulBackward0": lambda a, b: a * b,
    "DivBackward0": lambda a, b: a / b,
}.items():
    case(name, run, normal(2, 3), positive(2, 3))
    case(name, run, normal(2, 3), positive(3), label="row")
    case(name, run, normal(2, 1), positive(1, 3), label="both-stretched")
    case(name, run, scalar(1.5), positive(2, 2), label="scalar")
    case(name, lambda a, run=run: run(a, 3), normal(2, 3), label="number")
case("AddBackward0", lambda a, b: torch.add(a, b, alpha=2.5), normal(2, 3), normal(3), label="alpha")
case("SubBackward0", lambda a, b: torch.sub(a, b, alpha=2.5), normal(2, 3), normal(3), label="alpha")
case("MulBackward0", lambda a: a * a, normal(3), label="twice")
case("DivBackward0", lambda a, b: a / b, normal(3), torch.zeros(3, dtype=torch.float64), label="by-zero")
case("RsubBackward1", lambda a: 2 - a, normal(2, 3))
case("RsubBackward1", lambda a: torch.rsub(a, 2, alpha=3), normal(2, 3), label="alpha")
case("NegBackward0", lambda a: -a, normal(2, 3))
case("PowBackward0", lambda a: a**3, normal(2, 3))
case("PowBackward0", lambda a: a**-1.5, positive(4), label="negative-exponent")
case("PowBackward0", lambda a: a**0, torch.tensor([0.0, 1.0, -2.0], dtype=torch.float64), label="zero-exponent")
case("PowBackward0", lambda a: a**2, torch.tensor([0.0, -0.0], dtype=torch.float64), label="at-zero")

# Exponentials and trigonometry
case("ExpBackward0", torch.exp, normal(2, 3))
case("LogBackward0", torch.log, positive(2, 3))
case("LogBackward0", torch.log, torch.tensor([0.0, -1.0], dtype=torch.float64), label="outside")
case("SqrtBackward0", torch.sqrt, positive(2, 3))
case("SqrtBackward0", torch.sqrt, torch.tensor([0.0, 4.0], dtype=torch.float64), label="at-zero")
case("SinBackward0", torch.sin, normal(2, 3))
case("CosBackward0", torch.cos, normal(2, 3))
case("TanhBackward0", torch.tanh, normal(2, 3))

# Activations
case("ReluBackward0", torch.relu, normal(2, 3))
case("ReluBackward0", torch.relu, torch.tensor([0.0, -1.0, 2.0], dtype=torch.float64), label="at-zero")
case("SigmoidBackward0", torch.sigmoid, normal(2, 3) * 10)

# Reductions
case("SumBackward0", lambda a: a.sum(), normal(2, 3))
case("SumBackward1", lambda a: a.sum(1), normal(2, 3))
case("SumBackward1", lambda a: a.sum((0, -1), keepdim=True), normal(2, 3, 2), label="keepdim")
case("MeanBackward0", lambda a: a.mean(), normal(2, 3))
case("MeanBackward1", lambda a: a.mean(-1), normal(2, 3))
case("MeanBackward1", lambda a: a.mean((0, 2), keepdim=True), normal(2, 3, 2), label="keepdim")

# Linear algebra
case("MmBackward0", lambda a, b: a @ b, normal(2, 3), normal(3, 4))
case("AddmmBackward0", lambda a, b, c: torch.addmm(c, a, b), normal(2, 3), normal(3, 4), normal(4))
case(
    "AddmmBackward0",
    lambda a, b, c: torch.addmm(c, a, b, alpha=2, beta=-3),
    normal(2, 3),
    normal(3, 4),
    normal(2, 4),
    label="scaled",
)
case("AddmmBackward0", torch.nn.functional.linear, normal(2, 3), normal(4, 3), normal(4), label="linear")
case("MvBackward0", lambda a, b: a @ b, normal(2, 3), normal(3))
case("DotBackward0", lambda a, b: a @ b, normal(3), normal(3) + 1)
case("BmmBackward0", torch.bmm, normal(2, 3, 4), normal(2, 4, 2))
case("TBackward0", lambda a: a.t(), normal(2, 3))


# More arithmetic
case("MulBackward1", torch.special.ndtr, normal(3))
case("AddBackward1", torch.special.ndtr, normal(3))
case("SubBackward1", lambda a: torch.ops.aten.sub.Scalar(a, 2), normal(3))
case("DivBackward1", lambda a: F.cross_entropy(a, torch.softmax(positive(2, 3), 1)), normal(2, 3))
case("DivBackward2", lambda a, b: torch.div(a, b, rounding_mode="floor"), normal(2, 3), positive(3))
case("DivBackward2", lambda a, b: torch.div(a, b, rounding_mode="trunc"), normal(2, 3), positive(3), label="trunc")
case("PowBackward1", lambda a, b: a**b, positive(2, 3), normal(3))
case("PowBackward1", lambda a, b: a**b, vector(0.0, 2.0, 0.0), vector(2.0, 0.0, 0.0), label="zeros")
case("PowBackward2", lambda a: 2**a, normal(2, 3))
case("ReciprocalBackward0", torch.reciprocal, positive(2, 3))
case("AbsBackward0", torch.abs, vector(-1.5, 0.0, 2.0))
case("AddcmulBackward0", lambda a, b, c: torch.addcmul(a, b, c, value=2.5), normal(2, 3), normal(3), positive(2, 1))
case("AddcdivBackward0", lambda a, b, c: torch.addcdiv(a, b, c, value=2.5), normal(2, 3), normal(3), positive(2, 1))
case("LerpBackward0", lambda a, b: torch.lerp(a, b, 0.3), normal(2, 3), normal(3))
case("LerpBackward1", torch.lerp, normal(2, 3), normal(3), positive(2, 1))
case("RemainderBackward0", lambda a: a % 2, normal(2, 3))
case("RemainderBackward1", lambda a, b: a % b, normal(2, 3), positive(3))
case("FmodBackward0", lambda a: torch.fmod(a, 0.5), normal(2, 3))
case("FmodBackward1", torch.fmod, normal(2, 3), positive(3))
for name in ("sign", "sgn", "floor", "ceil", "round", "trunc", "frac"):
    case(f"{name.title()}Backward0", getattr(torch, name), vector(-1.7, -0.2, 0.0, 0.4, 2.6))

# Functions of one argument
for name in (
    *("exp2", "expm1", "tan", "atan", "sinh", "cosh", "asinh", "erf", "erfc", "sinc", "deg2rad", "rad2deg"),
    *("log2", "log10", "log1p", "rsqrt", "lgamma"),
    *("asin", "acos", "atanh", "erfinv"),
):
    domain = positive if name in {"log2", "log10", "log1p", "rsqrt", "lgamma"} else within
    op = {"log1p": "Log1P", "deg2rad": "Deg2Rad", "rad2deg": "Rad2Deg"}.get(name, name.title())
    case(f"{op}Backward0", getattr(torch, name), domain(2, 3))
case("SincBackward0", torch.sinc, vector(0.0, 0.5, 1.0), label="at-zero")
case("LgammaBackward0", torch.lgamma, vector(-1.5, -0.3, 0.1, 20.0), label="wide")
case("AcoshBackward0", torch.acosh, positive(2, 3) + 1)
case("LogitBackward0", torch.logit, within(2, 3) / 2 + 0.5)
case("SpecialEntrBackward0", torch.special.entr, positive(2, 3))

# Functions of two arguments, choices
for name in ("atan2", "hypot", "logaddexp", "logaddexp2", "maximum", "minimum", "fmax", "fmin", "copysign"):
    case(f"{name.title()}Backward0", getattr(torch, name), normal(2, 3), positive(3))
for name in ("maximum", "minimum", "fmax", "fmin"):
    case(f"{name.title()}Backward0", getattr(torch, name), vector(1.0, 2.0, 3.0), vector(1.0, 3.0, 2.0), label="equal")
case("XlogyBackward0", torch.xlogy, normal(2, 3), positive(3))
case("XlogyBackward0", torch.xlogy, vector(0.0, 0.0), vector(0.0, 2.0), label="zero")
edges = vector(-1.0, 0.0, 0.5, 1.0, 2.0)
case("ClampBackward1", lambda a: a.clamp(0, 1), edges)
case("ClampBackward1", lambda a: a.clamp(min=0), edges, label="min")
case("ClampBackward1", lambda a: a.clamp(max=1), edges, label="max")
case("ClampBackward0", torch.clamp, edges, vector(0.0), vector(1.0))
case("ClampMinBackward0", lambda a: a.clamp_min(0), edges)
case("ClampMaxBackward0", lambda a: a.clamp_max(1), edges)
case("WhereBackward0", lambda a, b: torch.where(a > 0, a, b), normal(2, 3), normal(3))
case("MaskedFillBackward0", lambda a: a.masked_fill(a > 0, 2.5), normal(2, 3))
case("MaskedFillBackward1", lambda a, b: a.masked_fill(a > 0, b), normal(2, 3), scalar(2.5))
case("ThresholdBackward0", lambda a: F.threshold(a, 0.5, 20.0), edges)
case("NanToNumBackward0", torch.nan_to_num, vector(math.nan, math.inf, -math.inf, 1.0))

# Activations
wide = vector(-30.0, -3.0, -1.5, -0.5, -0.2, 0.0, 0.3, 0.5, 1.0, 3.0, 30.0)
for name, run in {
    "Softplus": F.softplus,
    "LeakyRelu": F.leaky_relu,
    "Elu": F.elu,
    "Celu": lambda a: F.celu(a, alpha=1.5),
    "Gelu": F.gelu,
    "Silu": F.silu,
    "Mish": F.mish,
    "Hardtanh": F.hardtanh,
    "Hardsigmoid": F.hardsigmoid,
    "Hardswish": F.hardswish,
    "LogSigmoid": F.logsigmoid,
    "Softshrink": F.softshrink,
    "Hardshrink": F.hardshrink,
}.items():
    case(f"{name}Backward0", run, wide)
    case(f"{name}Backward0", run, normal(2, 3), label="random")
case("SoftplusBackward0", lambda a: F.softplus(a, beta=2, threshold=1), wide, label="beta")
case("EluBackward0", F.selu, wide, label="selu")
case("GeluBackward0", lambda a: F.gelu(a, approximate="tanh"), wide, label="tanh")
case("HardtanhBackward0", F.relu6, wide, label="relu6")
case("PreluKernelBackward0", F.prelu, normal(2, 3), positive(3))
case("RreluWithNoiseBackward0", lambda a: F.rrelu(a, training=True), normal(2, 3))
case("SoftmaxBackward0", lambda a: F.softmax(a, -1), normal(2, 3))
case("SoftmaxBackward0", lambda a: F.softmax(a, 0), normal(2, 3), label="columns")
case("LogSoftmaxBackward0", lambda a: F.log_softmax(a, -1), normal(2, 3))
case("NativeDropoutBackward0", lambda a: torch.native_dropout(a, 0.25, True)[0], normal(2, 3))

# Reductions
case("NansumBackward0", torch.nansum, vector(math.nan, 1.0, 2.0))
case("NansumBackward0", lambda a: a.nansum(1, keepdim=True), normal(2, 3), label="dim")
case("ProdBackward0", torch.prod, normal(2, 3))
case("ProdBackward1", lambda a: a.prod(1), normal(2, 3))
for name in ("max", "min"):
    case(f"{name.title()}Backward1", getattr(torch, name), vector(2.0, 1.0, 2.0, 1.0))
    case(f"{name.title()}Backward0", lambda a, name=name: getattr(a, name)(1)[0], normal(2, 3))
    case(
        f"{name.title()}Backward0",
        lambda a, name=name: getattr(a, name)(0, keepdim=True)[0],
        normal(2, 3),
        label="kept",
    )
    case(
        f"A{name}Backward0",
        lambda a, name=name: getattr(a, f"a{name}")(1),
        torch.stack([vector(2.0, 1.0, 2.0, 1.0)] * 2),
    )
    case(f"A{name}Backward0", lambda a, name=name: getattr(a, f"a{name}")(), normal(2, 3), label="all")
case("MedianBackward1", lambda a: a.median(1)[0], normal(2, 3))
case("KthvalueBackward0", lambda a: a.kthvalue(2)[0], normal(2, 3))
case("ModeBackward0", lambda a: a.mode()[0], vector(1.0, 2.0, 2.0).reshape(1, 3))
case("TopkBackward0", lambda a: a.topk(2)[0], normal(2, 3))
case("SortBackward0", lambda a: a.sort(0)[0], normal(4, 3))
case("VarBackward0", lambda a: a.var(1), normal(2, 3))
case("VarBackward0", lambda a: a.var(correction=0), normal(2, 3), label="population")
case("StdBackward0", torch.std, normal(2, 3))
case("StdBackward0", lambda a: a.std(0, keepdim=True), normal(4, 3), label="kept")
case("VarMeanBackward0", lambda a: torch.var_mean(a, dim=1), normal(2, 3))
case("VarMeanBackward0", lambda a: torch.var_mean(a)[0], normal(2, 3), label="one")
case("LinalgVectorNormBackward0", lambda a: a.norm(), normal(2, 3))
case("LinalgVectorNormBackward0", lambda a: torch.linalg.norm(a, dim=1, keepdim=True), normal(2, 3), label="dim")
case("LinalgVectorNormBackward0", lambda a: a.norm(p=1), normal(2, 3), label="one")
case("LinalgVectorNormBackward0", lambda a: a.norm(), torch.zeros(3, dtype=torch.float64), label="zero")
case("LogsumexpBackward0", lambda a: a.logsumexp(1), normal(2, 3))
case("CumsumBackward0", lambda a: a.cumsum(1), normal(2, 3))
case("TraceBackward0", torch.trace, normal(3, 3))

# More linear algebra
square = normal(3, 3) + 3 * torch.eye(3, dtype=torch.float64)
symmetric = square @ square.T
case(
    "BaddbmmBackward0",
    lambda a, b, c: torch.baddbmm(c, a, b, alpha=2, beta=-3),
    normal(2, 3, 4),
    normal(2, 4, 2),
    normal(2),
)
case("AddmvBackward0", lambda a, b, c: torch.addmv(c, a, b, alpha=2, beta=-3), normal(2, 3), normal(3), normal(2))
case("AddrBackward0", lambda a, b, c: torch.addr(c, a, b, alpha=2, beta=-3), normal(2), normal(3), normal(2, 3))
case("LinalgCrossBackward0", torch.linalg.cross, normal(2, 3), positive(2, 3))
case("LinalgDetBackward0", torch.linalg.det, square)
case("LinalgSlogdetBackward0", lambda a: torch.linalg.slogdet(a)[1], square)
case("LinalgInvExBackward0", torch.linalg.inv, square)
case("LinalgSolveExBackward0", torch.linalg.solve, square, normal(3, 2))
case("LinalgSolveExBackward0", torch.linalg.solve, square, normal(3), label="vector")
case("LinalgCholeskyExBackward0", torch.linalg.cholesky, symmetric)
case("LinalgCholeskyExBackward0", lambda a: torch.linalg.cholesky(a, upper=True), symmetric, label="upper")

# Shapes and places
third = normal(2, 3, 4)
for op, run, value in (
    ("ViewBackward0", lambda a: a.view(-1), normal(2, 3)),
    ("UnsafeViewBackward0", lambda a: a.t().reshape(-1), normal(2, 3)),
    ("ReshapeAliasBackward0", lambda a: torch.ops.aten._reshape_alias(a, [6], [1]), normal(2, 3)),
    ("SqueezeBackward0", torch.squeeze, normal(2, 1, 3)),
    ("SqueezeBackward1", lambda a: a.squeeze(1), normal(2, 1, 3)),
    ("SqueezeBackward2", lambda a: a.squeeze((0, 1)), normal(1, 1, 3)),
    ("SqueezeBackward4", lambda a: a @ torch.eye(3, 2, dtype=torch.float64), normal(3)),
    ("UnsqueezeBackward0", lambda a: a.unsqueeze(-1), normal(2, 3)),
    ("TransposeBackward0", lambda a: a.transpose(0, -1), third),
    ("PermuteBackward0", lambda a: a.permute(2, 0, 1), third),
    ("ExpandBackward0", lambda a: a.expand(2, 3, 3), normal(3, 1)),
    ("RepeatBackward0", lambda a: a.repeat(2, 1, 2), normal(2, 3)),
    ("SelectBackward0", lambda a: a[:, -1], normal(2, 3)),
    ("SliceBackward0", lambda a: a[:, 1:4:2], normal(2, 5)),
    ("IndexBackward0", lambda a: a[[0, 1, 0]], normal(2, 3)),
    ("IndexBackward0", lambda a: a[:, [0, 0], [1, 2]], third),
    ("IndexBackward0", lambda a: a[a > 0], normal(2, 3)),
    ("IndexSelectBackward0", lambda a: a.index_select(1, torch.tensor([0, 0, 2])), normal(2, 3)),
    ("GatherBackward0", lambda a: a.gather(1, torch.tensor([[0, 0], [2, 1]])), normal(2, 3)),
    ("TakeBackward0", lambda a: a.take(torch.tensor([0, 5, 5])), normal(2, 3)),
    ("MaskedSelectBackward0", lambda a: a.masked_select(a > 0), normal(2, 3)),
    ("FlipBackward0", lambda a: a.flip(0, 1), normal(2, 3)),
    ("RollBackward0", lambda a: a.roll((1, 1), (0, 1)), normal(2, 3)),
    ("RollBackward0", lambda a: a.roll(2), normal(2, 3)),
    ("DiagonalBackward0", lambda a: a.diagonal(1), normal(3, 4)),
    ("DiagEmbedBackward0", lambda a: torch.diag_embed(a, 1), normal(2, 3)),
    ("DiagEmbedBackward0", lambda a: torch.diag(a, -1), normal(3)),
    ("TrilBackward0", lambda a: a.tril(-1), normal(3, 3)),
    ("TriuBackward0", torch.triu, normal(3, 3)),
    ("ConstantPadNdBackward0", lambda a: F.pad(a, (1, 2, 0, 1)), normal(2, 3)),
    ("ConstantPadNdBackward0", lambda a: F.pad(a, (-1, 1)), normal(2, 3)),
    ("UnfoldBackward0", lambda a: a.unfold(1, 3, 2), normal(2, 7)),
    ("CloneBackward0", torch.clone, normal(2, 3)),
    ("AliasBackward0", torch.ops.aten.alias, normal(2, 3)),
    ("ToCopyBackward0", lambda a: a.float().double(), torch.ones(2, dtype=torch.float64)),
):
    case(op, run, value, label=str(len(CASES)))
case("CatBackward0", lambda a, b: torch.cat([a, b, a], 1), normal(2, 3), normal(2, 1))
case("StackBackward0", lambda a, b: torch.stack([a, b], -1), normal(2, 3), positive(2, 3))
case("SplitBackward0", lambda a: a.split(2, 1), normal(2, 5))
case("SplitBackward0", lambda a: a.split(2, 1)[1], normal(2, 5), label="one")
case("SplitWithSizesBackward0", lambda a: a.split([1, 4], -1), normal(2, 5))
case("UnbindBackward0", lambda a: a.unbind(1), normal(2, 3))
case("UnbindBackward0", lambda a: a.unbind(0)[1], normal(2, 3), label="one")

# Losses
for reduction in ("none", "mean", "sum"):
    case("MseLossBackward0", partial(F.mse_loss, reduction=reduction), normal(2, 3), positive(2, 3), label=reduction)
    case(
        "SmoothL1LossBackward0",
        partial(F.smooth_l1_loss, reduction=reduction, beta=0.5),
        normal(2, 3),
        positive(2, 3),
        label=reduction,
    )
    case(
        "HuberLossBackward0",
        partial(F.huber_loss, reduction=reduction, delta=0.5),
        normal(2, 3),
        positive(2, 3),
        label=reduction,
    )
    case(
        "BinaryCrossEntropyBackward0",
        partial(F.binary_cross_entropy, reduction=reduction),
        within(2, 3) / 2 + 0.5,
        within(3, 2).reshape(2, 3) / 2 + 0.5,
        label=reduction,
    )
    case(
        "BinaryCrossEntropyWithLogitsBackward0",
        partial(F.binary_cross_entropy_with_logits, reduction=reduction),
        normal(2, 3),
        within(2, 3) / 2 + 0.5,
        label=reduction,
    )
    case(
        "NllLossBackward0",
        lambda a, t, reduction=reduction: F.nll_loss(a, t, reduction=reduction),
        normal(3, 4),
        torch.tensor([1, 0, 3]),
        label=reduction,
    )
    case(
        "NllLossBackward0",
        lambda a, t, reduction=reduction: F.nll_loss(a, t, weight=positive(4), ignore_index=0, reduction=reduction),
        normal(3, 4),
        torch.tensor([1, 0, 3]),
        label=f"{reduction}-weighted",
    )
    case(
        "SoftMarginLossBackward0",
        lambda a, reduction=reduction: F.soft_margin_loss(a, normal(2, 3).sign(), reduction=reduction),
        normal(2, 3),
        label=reduction,
    )
case("NllLossBackward0", F.nll_loss, normal(4), torch.tensor(2), label="one-row")

# Layers
case("NativeLayerNormBackward0", lambda a, w, b: F.layer_norm(a, (4,), w, b), normal(3, 4), positive(4), normal(4))
case("NativeLayerNormBackward0", lambda a: F.layer_norm(a, (3, 4)), third.reshape(2, 3, 4), label="plain")
zeros, ones = torch.zeros(3, dtype=torch.float64), torch.ones(3, dtype=torch.float64)
for training in (True, False):
    case(
        "NativeBatchNormBackward0",
        lambda a, w, b, training=training: F.batch_norm(a, zeros + 0.1, ones * 2, w, b, training=training),
        normal(4, 3),
        positive(3),
        normal(3),
        label="training" if training else "evaluation",
    )
    case(
        "NativeBatchNormBackward0",
        lambda a, training=training: F.batch_norm(a, zeros + 0.1, ones * 2, training=training),
        normal(2, 3, 2, 2),
        label="plain-training" if training else "plain-evaluation",
    )
case("ConvolutionBackward0", F.conv2d, normal(1, 2, 4, 4), normal(3, 2, 2, 3), normal(3))
case(
    "ConvolutionBackward0",
    lambda a, w: F.conv2d(a, w, stride=2, padding=1, dilation=2, groups=2),
    normal(2, 4, 5, 5),
    normal(2, 2, 2, 2),
    label="options",
)
case("ConvolutionBackward0", F.conv1d, normal(2, 2, 5), normal(3, 2, 3), normal(3), label="one-dimension")
case("MaxPool2DWithIndicesBackward0", lambda a: F.max_pool2d(a, 2), normal(1, 2, 4, 4))
case("MaxPool2DWithIndicesBackward0", lambda a: F.max_pool2d(a, 3, 1, 1), normal(1, 2, 4, 4), label="overlapping")
case("AvgPool2DBackward0", lambda a: F.avg_pool2d(a, 2), normal(1, 2, 4, 4))
case("AvgPool2DBackward0", lambda a: F.avg_pool2d(a, 3, 2, 1), normal(1, 2, 5, 5), label="padded")
case(
    "AvgPool2DBackward0",
    lambda a: F.avg_pool2d(a, 3, 2, 1, count_include_pad=False),
    normal(1, 2, 5, 5),
    label="padding-not-counted",
)
case("EmbeddingBackward0", lambda w, i: F.embedding(i, w), normal(4, 3), torch.tensor([[0, 2], [2, 1]]))
case(
    "EmbeddingBackward0",
    lambda w, i: F.embedding(i, w, padding_idx=2),
    normal(4, 3),
    torch.tensor([0, 2, 2]),
    label="padding",
)
