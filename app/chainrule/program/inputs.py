"""Validate the inputs and the cotangent of a request: numbers, or regular nested lists of numbers."""

import keyword
from collections.abc import Mapping, Sequence
from typing import get_args

from chainrule.errors import GradientInvalidError, InputInvalidError
from chainrule.graph import Complex, Values
from chainrule.graph.model import NonFinite, Real
from chainrule.graph.numbers import json_real
from chainrule.limits import Limits
from chainrule.program.policy.allowed import MODULES
from chainrule.program.policy.names import NAMES
from chainrule.words.shapes import torch_shape

MAX_DIMENSIONS = 16
"""Depth of nested lists [levels]."""
_NON_FINITE = frozenset(get_args(NonFinite))


def validate_inputs(inputs: Mapping[str, object], limits: Limits) -> dict[str, Values]:
    """Check each input and turn its numbers into floats (or all of them into complex numbers).

    Args:
        inputs: for each name a number, ``"nan"``, ``"inf"``, ``"-inf"``, ``{"re": .., "im": ..}``, or nested lists.
        limits: ``input_elements`` bounds the numbers in all inputs together.

    Raises:
        InputInvalidError: a name or value cannot be used; says which and where in it.
    """
    left = limits.input_elements
    valid: dict[str, Values] = {}
    for name, value in inputs.items():
        _check_name(name)
        reader = _Reader(name, left, limits.input_elements)
        values = reader.read(value, 0)
        left = reader.left
        valid[name] = _all_complex(values) if reader.is_complex else values
    return valid


def validate_gradient(gradient: object, limits: Limits) -> Values:
    """Check the cotangent that backward is to start from; its shape is compared with the root's where that is known.

    Raises:
        GradientInvalidError: it is not a number or a regular nested list of numbers, or has too many of them.
    """
    reader = _Reader("gradient", limits.input_elements, limits.input_elements)
    try:
        values = reader.read(gradient, 0)
    except InputInvalidError as error:
        raise GradientInvalidError(error.reason) from None
    return _all_complex(values) if reader.is_complex else values


def _check_name(name: object) -> None:
    if not isinstance(name, str) or not name.isidentifier() or keyword.iskeyword(name):
        raise InputInvalidError(str(name), "the name of an input must be a Python name, such as x or W1")
    if name.startswith("__") or NAMES.get(name) in MODULES:
        raise InputInvalidError(name, "this name has a meaning of its own here; choose another")


class _Reader:
    """Reads one input, counting down what may still come."""

    def __init__(self, name: str, left: int, limit: int) -> None:
        self._name = name
        self._limit = limit
        self.left = left
        self.is_complex = False

    def read(self, value: object, depth: int, path: str = "") -> Values:
        if isinstance(value, list | tuple):
            if depth >= MAX_DIMENSIONS:
                raise self._error(path, f"is nested more than {MAX_DIMENSIONS} lists deep")
            if len(value) > self.left:
                raise self._error("", f"has too many numbers: all inputs together may have {self._limit}")
            return self._regular([self.read(item, depth + 1, f"{path}[{i}]") for i, item in enumerate(value)], path)
        self.left -= 1
        if self.left < 0:
            raise self._error("", f"has too many numbers: all inputs together may have {self._limit}")
        return self._number(value, path)

    def _number(self, value: object, path: str) -> Values:
        if isinstance(value, Complex):
            self.is_complex = True
            return value
        if isinstance(value, Mapping) and set(value) == {"re", "im"}:
            self.is_complex = True
            return Complex(re=self._real(value["re"], path), im=self._real(value["im"], path))
        return self._real(value, path)

    def _real(self, value: object, path: str) -> Real:
        if isinstance(value, str) and value in _NON_FINITE:
            return json_real(float(value))
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._error(path, f"is {_described(value)}, not a number")
        try:
            number = float(value)
        except OverflowError:
            raise self._error(path, "is too large for a float") from None
        return json_real(number)

    def _regular(self, items: list[Values], path: str) -> Values:
        shapes = [_shape(item) for item in items]
        for index, shape in enumerate(shapes):
            if shape != shapes[0]:
                first, other = _told(shapes[0]), _told(shape)
                raise self._error(
                    f"{path}[{index}]", f"is {other}, while {self._name}{path}[0] is {first}: all must be alike"
                )
        return items

    def _error(self, path: str, text: str) -> InputInvalidError:
        return InputInvalidError(self._name, f"{self._name}{path} {text}")


def _shape(value: Values) -> tuple[int, ...]:
    shape: list[int] = []
    while isinstance(value, Sequence) and not isinstance(value, str):
        shape.append(len(value))
        if not value:
            break
        value = value[0]
    return tuple(shape)


def _told(shape: tuple[int, ...]) -> str:
    return "a number" if not shape else f"a list of {shape[0]}" if len(shape) == 1 else f"of shape {torch_shape(shape)}"


def _all_complex(values: Values) -> Values:
    if isinstance(values, list):
        return [_all_complex(item) for item in values]
    return values if isinstance(values, Complex) else Complex(re=values, im=0.0)


def _described(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    return "an object" if isinstance(value, Mapping) else f"a {type(value).__name__}"
