"""What the graph is made of: frozen values, numbers as JSON carries them, and statistics."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema
from typing_extensions import TypeAliasType

NonFinite = Literal["nan", "inf", "-inf"]
Real = float | NonFinite
"""A real number as JSON carries it: NaN and the infinities are strings."""
Whole = Annotated[int, Field(ge=-(2**63), lt=2**64)]
"""A whole number as tensors have them; whatever counts or formats one can rely on its size."""


class Data(BaseModel):
    """A frozen value; unknown fields are refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, use_attribute_docstrings=True
    )

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[BaseModel], handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return the schema, with lists and dictionaries that stop at their first error.

        Who sends millions of wrong entries would otherwise have millions of errors collected.
        """
        schema = handler(source)
        pending: list[object] = [schema]
        while pending:
            part = pending.pop()
            if isinstance(part, dict):
                if part.get("type") in ("list", "dict"):
                    part["fail_fast"] = True
                pending.extend(value for key, value in part.items() if key not in ("metadata", "default"))
            elif isinstance(part, list | tuple):
                pending.extend(part)
        return schema


class Complex(Data):
    """A complex number."""

    re: Real
    im: Real


Number = bool | Whole | Real | Complex
Values = TypeAliasType("Values", "Number | Annotated[list[Values], Field(fail_fast=True)]")
"""Nested lists of numbers, as ``Tensor.tolist()`` gives them; a bare number for 0 dimensions."""


class Stats(Data):
    """Statistics of a tensor's elements.

    ``min`` to ``norm`` are over the finite elements (of a complex tensor: over the magnitudes) and None where there
    is none; ``std`` is the population's, ``norm`` the 2-norm. ``nan``, ``inf`` and ``zero`` are counts.
    """

    min: float | None
    max: float | None
    mean: float | None
    std: float | None
    norm: float | None
    nan: Whole
    inf: Whole
    zero: Whole
    histogram: list[Whole] | None = None
    """Counts of the finite elements in equal bins from ``min`` to ``max``; None where ``values`` lists all of them. Of
    more than 16,384 elements every second is counted, or third, and so on, and counts for as many."""
