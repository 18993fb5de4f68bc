"""Where backward starts in a program that did not say so itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from chainrule.graph.model import Values
from chainrule.protocol.messages import Rejection
from chainrule.protocol.program import Program
from chainrule.run.code import Code
from chainrule.run.inputs import as_tensor
from chainrule.tape.tensors.autograd_meta import has_graph


class Rejected(Exception):  # noqa: N818  # it carries the answer to a question, not an error of ours
    """The program cannot be compiled, or the root or the gradient that was asked for is not there."""

    def __init__(self, rejection: Rejection) -> None:
        super().__init__(rejection.detail)
        self.rejection = rejection


@dataclass(frozen=True, slots=True)
class RootTensor:
    """The tensor that backward starts from."""

    name: str | None
    tensor: torch.Tensor


def choose_root(program: Program, code: Code, value: object, namespace: Mapping[str, Any]) -> RootTensor | None:
    """Return the root: the one asked for, else the last expression, else the last assigned tensor with a grad_fn.

    Raises:
        Rejected: the name asked for is unknown, or not a tensor.
    """
    if program.root is not None:
        return RootTensor(program.root, _named(program.root, namespace))
    if isinstance(value, torch.Tensor):
        name = next((name for name in reversed(list(namespace)) if namespace[name] is value), None)
        return RootTensor(name, value)
    return last_assigned(code, namespace)


def last_assigned(code: Code, namespace: Mapping[str, Any]) -> RootTensor | None:
    """Return the tensor with a grad_fn that the source assigns last."""
    for name in code.assigned:
        tensor = namespace.get(name)
        if issubclass(type(tensor), torch.Tensor) and has_graph(tensor):  # what it says of its class may be anything
            return RootTensor(name, tensor)
    return None


def cotangent(root: RootTensor, values: Values | None) -> torch.Tensor:
    """Return the gradient to start from: the values given, else ones.

    Raises:
        Rejected: the values do not have the root's shape.
    """
    if values is None:
        return torch.ones_like(root.tensor)
    label = root.name or "the result"
    try:
        given = as_tensor(values)
    except ValueError:
        raise Rejected(_gradient(f"The gradient for {label} is not a regular nested list.")) from None
    if given.shape != root.tensor.shape:
        raise Rejected(
            _gradient(f"The gradient has shape {list(given.shape)}, but {label} has shape {list(root.tensor.shape)}.")
        )
    if given.is_complex() and not root.tensor.is_complex():
        raise Rejected(_gradient(f"The gradient is complex, but {label} is real."))
    return given.to(root.tensor.dtype)


def _gradient(detail: str) -> Rejection:
    return Rejection(slug="gradient-invalid", detail=detail)


def _named(name: str, namespace: Mapping[str, Any]) -> torch.Tensor:
    if name not in namespace:
        raise Rejected(Rejection(slug="root-unknown", detail=f"The program has no variable {name!r}."))
    value = namespace[name]
    if not isinstance(value, torch.Tensor):
        raise Rejected(
            Rejection(slug="root-unknown", detail=f"{name!r} is of type {type(value).__name__}, not a tensor.")
        )
    return value
