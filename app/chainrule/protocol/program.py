"""A program and what is asked of it: one value from a request's body to the child that runs it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, get_args

from pydantic import ConfigDict, TypeAdapter

from chainrule.graph.model import Values, Whole
from chainrule.graph.source_text import unix_lines

Question = Literal["check", "jacobians", "tensors"]
"""What is asked about a program after its first run, of a fresh child that runs it again.

"check": its gradients beside finite differences; "jacobians": the local Jacobian of each edge; "tensors": all elements
of every tensor, however large.
"""
QUESTIONS: tuple[Question, ...] = get_args(Question)


@dataclass(frozen=True, slots=True)
class Program:
    """A program, and what is asked of it.

    This is the one place where the line ends of a source are normalised.

    >>> Program("x = 1\\r\\nx * y", {"y": 2.0}).source
    'x = 1\\nx * y'
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    source: str
    """The text, with line ends ``\\n`` and no byte-order mark."""
    inputs: Mapping[str, Values] = field(default_factory=dict)
    """The value of each input name; each becomes a leaf."""
    seed: Whole = 0
    """Seeds torch before the program runs."""
    root: str | None = None
    """The variable to start backward from, where the program does not run backward itself."""
    gradient: Values | Literal["none"] | None = None
    """The cotangent of the implicit pass, numbers in nested lists; None for ones, "none" for no pass."""
    question: Question | None = None
    """What alone is to be answered, where that is not the graph itself."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "source", unix_lines(self.source.removeprefix("\ufeff")))

    @property
    def runs_backward(self) -> bool:
        """Return whether an implicit pass is wanted where the program runs none."""
        return self.gradient != "none"

    @property
    def cotangent(self) -> Values | None:
        """Return what the implicit pass starts from; None for ones."""
        return None if self.gradient == "none" else self.gradient

    def as_json(self) -> dict[str, Any]:
        """Return the fields that differ from their defaults, as JSON has them."""
        fields: dict[str, Any] = _ADAPTER.dump_python(self, mode="json", exclude_defaults=True, warnings="none")
        return fields

    def encode(self) -> bytes:
        """Return the program as JSON, for the pipe to a child."""
        return _ADAPTER.dump_json(self, exclude_defaults=True)

    @classmethod
    def decode(cls, content: bytes) -> "Program":
        """Read what `encode` wrote.

        Raises:
            ValueError: it is something else.
        """
        return _ADAPTER.validate_json(content)


_ADAPTER = TypeAdapter(Program)
