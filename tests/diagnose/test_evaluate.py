"""Expressions that are computed again: only what is pure and small."""

import ast
from typing import Any

import pytest
import torch
from chainrule.diagnose.evaluate import ELEMENTS, NotPure, compute

KNOWN: dict[str, Any] = {
    "x": torch.ones(2, 3),
    "w": torch.ones(4, 3),
    "n": 3,
    "large": torch.empty(ELEMENTS + 1),
    "f": lambda: 1 / 0,
}


def known(node: ast.AST) -> Any:
    return KNOWN.get(node.id) if isinstance(node, ast.Name) else None


def again(expression: str) -> Any:
    return compute(ast.parse(expression, mode="eval").body, known)


@pytest.mark.parametrize(
    ("expression", "shape"),
    [
        ("x", [2, 3]),
        ("x.T", [3, 2]),
        ("x @ w.mT", [2, 4]),
        ("x.t().reshape(-1)", [6]),
        ("-x * 2 + n", [2, 3]),
        ("x[0]", [3]),
        ("x[:, None]", [2, 1, 3]),
        ("x[..., 1:n]", [2, 2]),
        ("torch.ones(2, n)", [2, 3]),
        ("torch.zeros((2, 5), dtype=torch.float64, requires_grad=True)", [2, 5]),
        ("torch.tensor([[1., 2.], [3., 4.]])", [2, 2]),
        ("torch.cat([x, w])", [6, 3]),
        ("F.softmax(x, dim=1)", [2, 3]),
        ("x.sum(dim=1, keepdim=True)", [2, 1]),
        ("x.view(3, 2).unsqueeze(0)", [1, 3, 2]),
        ("x > 0", [2, 3]),
        ("relu(x)", [2, 3]),
        ("ones(4)", [4]),
        ("torch.randn(x.shape[0], 2**3)", [2, 8]),
    ],
)
def test_operators_constructors_and_changes_of_shape_are(expression: str, shape: list[int]) -> None:
    assert list(again(expression).shape) == shape


@pytest.mark.parametrize(
    "expression",
    [
        "f()",
        "f",
        "unknown",
        "print(1)",
        "x.add_(1)",
        "x.fill_(1)",
        "x.backward()",
        "x.numpy()",
        "[f() for i in x]",
        "(lambda: 1)()",
        "large",
        "torch.ones(10**6)",
        "torch.ones(10**3, 10**3)",
        "torch.ones('2')",
        "torch.save",
        "torch.load('x')",
        "'a' * 10**9",
        "2 ** 10**9",
        "x if n else w",
        "x.sum(*[1])",
        "x.sum(**{})",
        "n.T",
        "x and w",
    ],
)
def test_everything_else_is_not(expression: str) -> None:
    if expression == "f":
        assert again("f") is KNOWN["f"]  # a name is only looked up, never called
        return
    with pytest.raises((NotPure, TypeError, IndexError)):
        again(expression)
