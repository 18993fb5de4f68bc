"""What a query string says: options of the request, of the view, and values of inputs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException

from chainrule.errors import GradientInvalidError, InputInvalidError
from chainrule.graph import Values
from chainrule.pipeline import TraceRequest
from chainrule.render import ViewOptions
from chainrule.render.option_words import NAMES

MOST_PARAMETERS = 100
LARGEST_SEED = 2**63 - 1
REQUEST_PARAMETERS = frozenset({"code", "inputs", "seed", "root", "gradient"})
DELIVERY_PARAMETERS = frozenset({"v", "download"})
VIEW_OPTIONS = NAMES
VIEW_PARAMETERS = frozenset(VIEW_OPTIONS) | frozenset(name.replace("_", "-") for name in VIEW_OPTIONS)


@dataclass(frozen=True, slots=True)
class Query:
    """A query string, taken apart."""

    request: Mapping[str, str]
    """What belongs to the execution: ``code``, ``inputs``, ``seed``, ``root``, ``gradient``."""
    delivery: Mapping[str, str]
    """``v`` and ``download``."""
    view: Mapping[str, str]
    """The options of the picture."""
    values: Mapping[str, str]
    """Everything else: values of inputs, by name."""

    def options(self) -> ViewOptions:
        """Return the options of the picture; raises ViewInvalidError for a bad one."""
        return ViewOptions.from_query(self.view)

    def trace(self, source: str | None = None) -> TraceRequest:
        """Return what is to be traced.

        Args:
            source: the program; None takes it from ``code``.

        Raises:
            InputInvalidError: a value is not JSON.
            GradientInvalidError: ``gradient`` is not JSON, nor "none".
            HTTPException: ``seed`` is not a whole number.
        """
        if source is None:
            source = self.request.get("code", "")
        seed = self.request.get("seed", "0")
        if not (seed.isascii() and seed.isdigit() and len(seed) < 20 and int(seed) <= LARGEST_SEED):
            raise HTTPException(400, f"seed must be a whole number from 0 to {LARGEST_SEED}, not {seed[:40]!r}")
        gradient = self.request.get("gradient")
        return TraceRequest(
            source=source.replace("\r\n", "\n"),
            inputs=self._inputs(),
            seed=int(seed),
            root=self.request.get("root"),
            gradient=None if gradient is None else _gradient(gradient),
        )

    def refuse_all_but_view(self) -> None:
        """Raise HTTPException where there is a parameter that is no option of the view."""
        for name in (*self.request, *self.delivery, *self.values):
            raise HTTPException(400, f"There is no parameter {name[:40]!r} here")

    def refuse_all(self) -> None:
        """Raise HTTPException where there is any parameter."""
        self.refuse_all_but_view()
        for name in self.view:
            raise HTTPException(400, f"There is no parameter {name[:40]!r} here")

    def _inputs(self) -> dict[str, Values]:
        inputs: dict[str, Values] = {}
        if "inputs" in self.request:
            try:
                given = json.loads(self.request["inputs"])
            except (ValueError, RecursionError):
                raise InputInvalidError("inputs", 'must be a JSON object such as {"x": [1, 2]}') from None
            if not isinstance(given, dict):
                raise InputInvalidError("inputs", 'must be a JSON object such as {"x": [1, 2]}')
            inputs.update(given)
        for name, text in self.values.items():
            if not name.isidentifier():
                raise HTTPException(400, f"There is no parameter {name[:40]!r}")
            try:
                inputs[name] = json.loads(text)
            except (ValueError, RecursionError):
                raise InputInvalidError(
                    name, f"{text[:40]!r} is not a number or a list of numbers such as 2.5 or [[1, 2], [3, 4]]"
                ) from None
        return inputs


def parse(query_string: bytes) -> Query:
    """Take a query string apart.

    Raises:
        HTTPException: there are too many parameters, one is given twice, or it is not UTF-8.
    """
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_PARAMETERS,
        )
    except UnicodeDecodeError:
        raise HTTPException(400, "The query is not UTF-8") from None
    except ValueError:
        raise HTTPException(400, f"There are more than {MOST_PARAMETERS} parameters") from None
    groups: dict[str, dict[str, str]] = {"request": {}, "delivery": {}, "view": {}, "values": {}}
    for name, value in pairs:
        group = groups[_group(name)]
        if name in group:
            raise HTTPException(400, f"The parameter {name[:40]!r} is given twice")
        group[name] = value
    return Query(**groups)


def _group(name: str) -> str:
    if name in REQUEST_PARAMETERS:
        return "request"
    if name in DELIVERY_PARAMETERS:
        return "delivery"
    return "view" if name in VIEW_PARAMETERS else "values"


def _gradient(text: str) -> Values | Literal["none"]:
    if text == "none":
        return "none"
    try:
        given: Values = json.loads(text)
    except (ValueError, RecursionError):
        raise GradientInvalidError(f'gradient must be nested lists of numbers or "none", not {text[:40]!r}') from None
    return given


def parse_view(given: Mapping[str, str | None]) -> ViewOptions:
    """Return the options of the picture from those that were given; raises ViewInvalidError for a bad one."""
    return ViewOptions.from_query({name: value for name, value in given.items() if value is not None})
