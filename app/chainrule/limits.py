"""The limits of one execution: every one named with its unit, with a default, set from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may use.

    Each field is set by the environment variable ``CHAINRULE_`` plus its name in capitals,
    for example ``CHAINRULE_WALL_SECONDS=10``.
    """

    source_bytes: int = 20_000
    """Size of a program's source in UTF-8 [bytes]."""
    wall_seconds: float = 5.0
    """Time from the start of the program to its answer [s]."""
    cpu_seconds: int = 3
    """Processor time of the program [s]."""
    memory_bytes: int = 512 * 1024 * 1024
    """Address space that the program may take beyond the idle child's [bytes]."""
    stdout_bytes: int = 64_000
    """Console output that is kept [bytes]."""
    answer_bytes: int = 16_000_000
    """Size of the answer that a child may send [bytes]; a graph of 10,000 nodes takes 9 MB. Of a larger one, what is
    nearest to the result is sent."""
    detailed_nodes: int = 3_000
    """Nodes of one graph up to which everything is told; a larger one is told without saved tensors, derivatives,
    call chains and Python numbers."""
    nodes: int = 20_000
    """Nodes of one graph."""
    records: int = 200_000
    """Operations that one program may have recorded."""
    input_elements: int = 10_000
    """Numbers in all the inputs of a request together."""
    tensor_elements: int = 1_024
    """Elements up to which a tensor's numbers are listed one by one; above it statistics and a preview are kept."""
    graph_elements: int = 200_000
    """Numbers listed in one graph altogether; past it, tensors keep statistics and a preview only."""
    jacobian_elements: int = 256
    """Numbers of one edge's local Jacobian; a larger one is not computed."""
    graph_jacobian_elements: int = 8_192
    """Numbers of all local Jacobians of one graph together; past it, none is computed."""

    check_seconds: float = 2.0
    """Time that the comparison with finite differences may take, within what the program leaves over [s]."""
    check_elements: int = 200
    """Elements that are compared with finite differences, all leaves together; the program runs twice for each."""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read the limits from the environment, with the defaults above.

        Raises:
            ValueError: a variable is set to something that is not a positive number; the message names it.
        """
        given: dict[str, int | float] = {}
        for field in fields(cls):
            name = f"CHAINRULE_{field.name.upper()}"
            if name not in environ:
                continue
            number = float if isinstance(field.default, float) else int
            try:
                value = number(environ[name])
            except ValueError:
                raise ValueError(f"{name} must be a number, not {environ[name]!r}") from None
            if not 0 < value < float("inf"):
                raise ValueError(f"{name} must be above 0, not {environ[name]!r}")
            given[field.name] = value
        return cls(**given)  # type: ignore[arg-type]  # int and float are checked field by field above
