"""The API that executes: a program goes in, its graph comes out."""

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from chainrule.protocol.program import Program
from chainrule.protocol.response import GraphAnswer
from chainrule.render.formats.registry import media_types
from chainrule.web.answers import PARAMETERS as ANSWER_PARAMETERS
from chainrule.web.answers import AnswerView, answer_json
from chainrule.web.api.bodies import media_type_of, read_json, read_text
from chainrule.web.api.documents import answer_parameters, problem_responses, reference, view_parameters
from chainrule.web.api.schemas import TraceBody
from chainrule.web.http.answer_cache import may_repeat
from chainrule.web.http.caching import NOT_KEPT
from chainrule.web.http.negotiation import choose
from chainrule.web.query import Query, parse
from chainrule.web.state import pipeline_of, settings_of

router = APIRouter(prefix="/api/v1", tags=["graphs"])

JSON = "application/json"


async def read_request(request: Request, query: Query) -> tuple[Program, AnswerView]:
    """Return the program of a body, and what its answer is to hold.

    Raises:
        HTTPException: the body is of an unknown kind, or not UTF-8.
        RequestValidationError: it does not fit the schema.
        ViewInvalidError: the answer cannot hold what is asked for.
    """
    kind = media_type_of(request)
    if kind == "application/json":
        given = await read_json(request, TraceBody)
        for name in query.answer:
            raise HTTPException(400, f"{name} stands in the body, where that is JSON, and not in the query")
        return given.program(), given.view()
    if kind in ("text/x-python", "text/plain"):
        return query.program(await read_text(request)), AnswerView.from_query(query.answer)
    raise HTTPException(415, headers={"Accept": "application/json, text/x-python"})


@router.post(
    "/graphs",
    summary="Trace a program",
    description="Executes the program in the sandbox and answers its graph with values and gradients. A program that "
    "raises is no failed request: the answer holds the graph built so far and the problem.",
    response_model=None,
    responses={
        200: {
            "description": "The graph, or with another Accept header its picture or its tensors",
            "content": {
                JSON: {"schema": reference(GraphAnswer)},
                **{kind: {"schema": {"type": "string", "format": "binary"}} for kind in media_types() if kind != JSON},
            },
        },
        **problem_responses(400, 406, 408, 413, 415, 421, 422, 429, 500, 503),
    },
    openapi_extra={
        "parameters": [*answer_parameters(), *view_parameters()],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": reference(TraceBody)},
                "text/x-python": {"schema": {"type": "string"}, "example": "(2*x**3).sum()/12"},
            },
        },
    },
)
async def post_graph(request: Request) -> Response:
    """Execute a program and answer its graph as JSON, its picture, or its tensors."""
    offers = media_types()
    kinds = (JSON, *(kind for kind in offers if kind != JSON))
    kind = choose(request.headers.get("accept"), kinds)
    if kind is None:
        raise HTTPException(406, f"This address answers {', '.join(kinds)}")
    query = parse(request.scope["query_string"], ANSWER_PARAMETERS)
    options = query.options()
    wanted, view = await read_request(request, query)
    view.within(settings_of(request).limits)
    pipeline = pipeline_of(request)
    headers = {"Cache-Control": NOT_KEPT, "Vary": "Accept"}
    if kind == JSON:
        trace, content = await answer_json(pipeline, wanted, view)
        response = Response(content, media_type=kind, headers=headers)
    else:
        trace = await pipeline.ask(await pipeline.trace(wanted), offers[kind].question)
        drawing = await pipeline.draw(trace, offers[kind].name, options)
        response = Response(drawing.content, media_type=drawing.media_type, headers=headers)
    if trace.reproducible:
        may_repeat(request)
    return response
