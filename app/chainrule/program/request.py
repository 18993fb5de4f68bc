"""What is asked of a program, read from texts: as addresses, command lines and documents write it."""

import json
from collections.abc import Mapping
from typing import Any, Literal

from chainrule.errors import GradientInvalidError, InputInvalidError
from chainrule.graph.model import Values
from chainrule.protocol.program import Program

REQUEST_OPTIONS = ("inputs", "seed", "root", "gradient")
"""The options of a run, beside the program itself."""
LARGEST_SEED = 2**63 - 1


class ParameterError(ValueError):
    """An option of a run has a value that no such option has, or an input a name that no input has."""


def read_program(source: str, options: Mapping[str, str], values: Mapping[str, str] | None = None) -> Program:
    """Return a program with what is asked of it.

    >>> read_program("x * 2", {"seed": "7"}, {"x": "[1, 2]"})
    Program(source='x * 2', inputs={'x': [1, 2]}, seed=7, root=None, gradient=None, question=None)

    Args:
        source: The program.
        options: ``inputs`` and ``gradient`` as JSON, ``seed``, ``root``; others are passed over.
        values: Of inputs that stand alone, as JSON.

    Raises:
        InputInvalidError: a value is not JSON.
        GradientInvalidError: ``gradient`` is neither JSON nor "none".
        ParameterError: ``seed`` is not a whole number, or no input can have the name of a value.
    """
    gradient = options.get("gradient")
    return Program(
        source,
        inputs=_inputs(options.get("inputs"), values or {}),
        seed=_seed(options.get("seed", "0")),
        root=options.get("root"),
        gradient=None if gradient is None else _gradient(gradient),
    )


def _seed(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= LARGEST_SEED):
        raise ParameterError(f"seed must be a whole number from 0 to {LARGEST_SEED}, not {text[:40]!r}")
    return int(text)


def _inputs(text: str | None, values: Mapping[str, str]) -> dict[str, Values]:
    inputs: dict[str, Values] = {}
    if text is not None:
        given = _json(text)
        if not isinstance(given, dict):
            raise InputInvalidError("inputs", 'must be a JSON object such as {"x": [1, 2]}')
        inputs.update(given)
    for name, value in values.items():
        if not name.isidentifier():
            raise ParameterError(f"There is no parameter {name[:40]!r}")
        inputs[name] = _json(value)
        if inputs[name] is _NOT_JSON:
            raise InputInvalidError(
                name, f"{value[:40]!r} is not a number or a list of numbers such as 2.5 or [[1, 2], [3, 4]]"
            )
    return inputs


def _gradient(text: str) -> Values | Literal["none"]:
    if text == "none":
        return "none"
    given: Values = _json(text)
    if given is _NOT_JSON:
        raise GradientInvalidError(f'gradient must be nested lists of numbers or "none", not {text[:40]!r}')
    return given


_NOT_JSON = object()


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return _NOT_JSON
