"""One row of the table of operators."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Formula:
    """What an operator computes and how its gradient goes back, each in the formula language.

    Names in the expressions are PyTorch's own argument names (``self``, ``other``, ``exponent``), ``result`` (or
    ``result0``, ``result1``, ... for several outputs) and ``grad`` (or ``grad0``, ...), the cotangent that arrived.
    """

    op: str
    """The name of the grad_fn: "MulBackward0"."""
    title: str
    """What a person calls it."""
    forward: str
    vjps: Mapping[str, str]
    """For each differentiable argument, in the order of ``next_functions``, the contribution to its gradient."""
    broadcasts: bool = False
    """Whether a contribution is summed to the shape of its argument, because the arguments were broadcast."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """Parameters that PyTorch does not always save, with the value that they then have."""
    note: str = ""
    """One sentence on what to keep in mind."""
