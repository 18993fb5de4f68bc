"""The API that tells gradients as expressions: a program goes in, the closed form of each leaf comes out."""

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from chainrule.traces import Trace
from chainrule.web.api.documents import problem_responses, reference
from chainrule.web.api.graphs import read_request
from chainrule.web.api.schemas import TraceBody
from chainrule.web.http.answer_cache import may_repeat
from chainrule.web.http.caching import NOT_KEPT
from chainrule.web.query import parse
from chainrule.web.state import pipeline_of

router = APIRouter(prefix="/api/v1", tags=["graphs"])


class LeafClosedForm(BaseModel):
    """The gradient of one leaf as an expression."""

    node: str = Field(description="The id of the leaf in the graph.")
    name: str = Field(description="What the program calls it.")
    latex: str | None = Field(description="The expression in LaTeX; null where there is none.")
    text: str | None = Field(description="The expression as SymPy prints it, in the names of the program.")
    equals_autograd: bool = Field(description="Whether its numbers are autograd's; no other expression is told.")
    largest_error: float | None = Field(description="The largest difference between them.")
    reason: str = Field(description="Why there is no expression; empty where there is one.")


class ClosedFormAnswer(BaseModel):
    """The closed forms of a program, for the last pass that ran to its end."""

    leaves: list[LeafClosedForm] = Field(description="The leaves that a gradient reached, in the order of the graph.")


@router.post(
    "/closed-form",
    summary="The gradients of a program as expressions",
    description="Executes the program as `/graphs` does, and tells the gradient of each leaf as one expression in the "
    "names of the program, found by symbolic backpropagation and compared with autograd's numbers.",
    response_model=None,
    responses={
        200: {
            "description": "The closed forms",
            "content": {"application/json": {"schema": reference(ClosedFormAnswer)}},
        },
        **problem_responses(400, 408, 413, 415, 421, 422, 429, 500, 503),
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": reference(TraceBody)},
                "text/x-python": {"schema": {"type": "string"}, "example": "(2*x**3).sum()/12"},
            },
        },
    },
)
async def post_closed_form(request: Request) -> Response:
    """Execute a program and answer the closed form of each leaf."""
    wanted, _ = await read_request(request, parse(request.scope["query_string"]))
    pipeline = pipeline_of(request)
    trace = await pipeline.trace(wanted)
    content = await pipeline.in_thread(lambda: _write(trace))
    if trace.reproducible:
        may_repeat(request)
    return Response(content, media_type="application/json", headers={"Cache-Control": NOT_KEPT})


def _write(trace: Trace) -> bytes:
    from chainrule.explain.closed.closed_form import closed_forms  # imports SymPy, a third of a second

    leaves = [
        LeafClosedForm.model_validate(form, from_attributes=True)
        for form in closed_forms(trace.index, trace.program.source, chains=False)
    ]
    return ClosedFormAnswer(leaves=leaves).model_dump_json().encode()
