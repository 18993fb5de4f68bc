"""For each operator of the table, programs whose graph it is in: random and edge inputs, broadcasting."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
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
