"""The limits: each with its name, unit, default, environment variable and words, which help, API and docs repeat."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, Self

Unit = Literal["bytes", "s", "1/min", ""]
"""Without one a limit is a number of the things that its words name."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit, as it is told to people."""

    name: str
    """As ``/api/v1/limits`` has it."""
    default: int | float
    unit: Unit
    words: str
    """What is limited, and what happens beyond it."""
    variable: str | None
    """The environment variable that sets it; None where nothing does."""

    @property
    def written(self) -> str:
        """Return the default as one writes it into the environment."""
        return f"{self.default:.15g}"

    @property
    def sentence(self) -> str:
        """Return the words with the unit."""
        return f"{self.words} [{self.unit}]." if self.unit else f"{self.words}."


def variable_of(name: str) -> str:
    """Return the environment variable that sets a field of settings."""
    return f"CHAINRULE_{name.upper()}"


def _limit(default: float, unit: Unit, words: str) -> Any:
    """Return a field with what a `Limit` tells of it."""
    return field(default=default, metadata={"unit": unit, "words": words})


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may use.

    Each field is set by the environment variable ``CHAINRULE_`` plus its name in capitals,
    for example ``CHAINRULE_WALL_SECONDS=10``.
    """

    source_bytes: int = _limit(65_536, "bytes", "Size of a program's source in UTF-8")
    wall_seconds: float = _limit(5.0, "s", "Time that a program may run")
    cpu_seconds: int = _limit(3, "s", "Processor time of a program")
    answer_seconds: float = _limit(
        10.0,
        "s",
        "Time for making the answer once the program is over, beside the program's own, and five times the processor "
        "time that it may take beyond what the program left; a graph that takes longer is "
        "told in part",
    )
    memory_bytes: int = _limit(2**29, "bytes", "Address space that a program may take beyond the idle child's")
    stdout_bytes: int = _limit(64_000, "bytes", "Console output that is kept")
    answer_bytes: int = _limit(
        16_000_000,
        "bytes",
        "Size of the answer of an execution; a graph of 10,000 nodes takes 5 MB. Of a larger one, what is nearest to "
        "the result is sent",
    )
    detailed_nodes: int = _limit(
        3_000,
        "",
        "Nodes of one graph up to which everything is told; a larger one is told without saved tensors, derivatives, "
        "call chains and Python numbers",
    )
    nodes: int = _limit(20_000, "", "Nodes of one graph")
    records: int = _limit(200_000, "", "Operations that one program may have recorded")
    input_elements: int = _limit(10_000, "", "Numbers in all the inputs of a request together")
    tensor_elements: int = _limit(
        1_024,
        "",
        "Elements up to which a tensor's numbers are listed one by one; above it statistics and a preview are kept",
    )
    graph_elements: int = _limit(
        500_000,
        "",
        "Numbers listed in one graph altogether; past it, tensors keep statistics and a preview only",
    )
    jacobian_elements: int = _limit(256, "", "Numbers of one edge's local Jacobian; a larger one is not computed")
    graph_jacobian_elements: int = _limit(
        8_192, "", "Numbers of all local Jacobians of one graph together; past it, none is computed"
    )
    check_seconds: float = _limit(
        2.0, "s", "Time that the comparison with finite differences may take, within what the program leaves over"
    )
    check_elements: int = _limit(
        200,
        "",
        "Elements that are compared with finite differences, all leaves together; the program runs twice for each",
    )

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read the limits from the environment, with the defaults above.

        Raises:
            ValueError: a variable is set to something that is not a positive number; the message names it.
        """
        given: dict[str, int | float] = {}
        for one in fields(cls):
            name = variable_of(one.name)
            if name not in environ:
                continue
            number = float if isinstance(one.default, float) else int
            try:
                value = number(environ[name])
            except ValueError:
                raise ValueError(f"{name} must be a number, not {environ[name]!r}") from None
            if not 0 < value < float("inf"):
                raise ValueError(f"{name} must be above 0, not {environ[name]!r}")
            given[one.name] = value
        return cls(**given)  # type: ignore[arg-type]  # int and float are checked field by field above


URL_BYTES = Limit("url_bytes", 64_000, "bytes", "Length of a request's path and query", "CHAINRULE_URL_BYTES")
BODY_BYTES = Limit("body_bytes", 10_000_000, "bytes", "Size of a request's body", "CHAINRULE_BODY_BYTES")
BATCH_ITEMS = Limit("batch_items", 50, "", "Programs of one batch", None)
EXECUTIONS_PER_MINUTE = Limit(
    "executions_per_minute",
    600,
    "1/min",
    "Programs that one client may have run; 0 for no limit. Refused ones count, cached answers do not",
    "CHAINRULE_RATE_LIMIT",
)

_DEFAULTS = Limits()

LIMITS: dict[str, Limit] = {
    **{
        one.name: Limit(one.name, getattr(_DEFAULTS, one.name), variable=variable_of(one.name), **one.metadata)
        for one in fields(Limits)
    },
    **{one.name: one for one in (URL_BYTES, BODY_BYTES, BATCH_ITEMS, EXECUTIONS_PER_MINUTE)},
}
"""Each limit by its name: those of one execution, then those of a request and of a client."""
