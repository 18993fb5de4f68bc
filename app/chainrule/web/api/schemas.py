"""What the API takes and gives, beside the graph itself."""

from collections.abc import Mapping
from typing import Annotated, TypeVar, cast

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, WithJsonSchema
from starlette.exceptions import HTTPException

from chainrule.graph import Values
from chainrule.graph.tensors.listing import USUALLY_LISTED, Listing
from chainrule.limits import BATCH_ITEMS
from chainrule.protocol.program import Program
from chainrule.web.answers import AnswerView
from chainrule.words.numbers import say_count

SEED_PROGRAM = "x = torch.tensor([1., 2., 3.], requires_grad=True)\nz = (2 * x ** 3).sum() / 12\nz.backward()\n"

InputValue = Annotated[
    JsonValue,
    WithJsonSchema(
        {
            "title": "InputValue",
            "description": "A number, or a regular nested list of numbers; the non-finite ones are strings.",
            "anyOf": [
                {"type": "number"},
                {"enum": ["nan", "inf", "-inf"]},
                {"type": "array", "items": {"description": "The same again, one level deeper."}},
            ],
        }
    ),
]
"""Any JSON: `chainrule.program` says of each input what is wrong with it, in one sentence."""

MOST_BATCH_ITEMS = int(BATCH_ITEMS.default)
"""Programs of one batch."""


class Body(BaseModel):
    """A request body; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Model = TypeVar("Model", bound=Body)


MOST_OF_EACH = {b",": 1_500_000, b"[": 500_000, b"{": 500_000}
"""Marks of a body's JSON, above those of the largest graph: what is made of tiny parts takes more time to read than its
length tells."""
MOST_ERRORS = 200
"""Violations of a schema that are told one by one."""


def read_body(model: type[Model], content: bytes) -> Model:
    """Parse a body.

    Raises:
        RequestValidationError: it does not fit the schema.
        HTTPException: it has too many parts.
    """
    if any(content.count(mark) > most for mark, most in MOST_OF_EACH.items()):
        raise HTTPException(413, "The body has more numbers, lists or objects than any graph may have")
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        if error.error_count() > MOST_ERRORS:
            text = f"{say_count(error.error_count())} things do not fit the schema"
            raise RequestValidationError([{"loc": (), "msg": text, "type": "too_many"}]) from None
        raise RequestValidationError(error.errors(include_url=False)) from None


class TraceBody(Body):
    """A program, and what is asked of it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"source": SEED_PROGRAM},
                {"source": "(2*x**3).sum()/12", "inputs": {"x": [1.0, 2.0, 3.0]}},
                {"source": "y = x ** 2", "inputs": {"x": [1.0, 2.0]}, "root": "y", "gradient": [1.0, 0.0]},
            ]
        }
    )

    source: str = Field(description="PyTorch: one expression, or a whole program.")
    inputs: dict[str, InputValue] = Field(
        default_factory=dict,
        max_length=100,
        description="Values of the names that the program leaves open: a number, or nested lists of numbers.",
    )
    seed: int = Field(default=0, ge=0, lt=2**63, description="Seeds torch before the program runs.")
    root: str | None = Field(
        default=None,
        max_length=200,
        description="The variable to start backward from, where the program does not run backward itself.",
    )
    gradient: InputValue = Field(
        default=None,
        description='The cotangent to start with: nested lists of the root\'s shape; "none" runs no pass.',
    )

    check: bool = Field(
        default=False,
        description="Whether to compare each leaf's gradient with central finite differences, the program run again "
        "in float64.",
    )
    values: int = Field(
        default=USUALLY_LISTED,
        ge=0,
        description="Elements up to which the numbers of a tensor are listed, at most `tensor_elements` of the limits; "
        "of a larger one there are statistics and a preview. 0 lists none.",
    )
    jacobians: bool = Field(
        default=False,
        description="Whether each edge between small tensors has its local Jacobian, the program run again for them.",
    )

    def program(self) -> Program:
        """Return the program; its inputs and its cotangent may be any JSON until it is checked."""
        inputs, gradient = cast(Mapping[str, Values], self.inputs), cast(Values | None, self.gradient)
        return Program(self.source, inputs, self.seed, self.root, gradient)

    def view(self) -> AnswerView:
        """Return what the answer is to hold."""
        return AnswerView(Listing(self.values, self.jacobians), self.check)
