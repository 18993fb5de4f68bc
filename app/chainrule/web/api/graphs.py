"""The API that executes: a program goes in, its graph comes out."""

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from chainrule.pipeline import Pipeline, Trace
from chainrule.protocol.program import Program
from chainrule.protocol.response import GraphAnswer
from chainrule.render.formats.registry import media_types
from chainrule.web.api.documents import problem_responses, reference, view_parameters
from chainrule.web.api.schemas import TraceBody, read_body
from chainrule.web.http.caching import NOT_KEPT
from chainrule.web.http.negotiation import choose
from chainrule.web.query import Query, parse
from chainrule.web.state import pipeline_of

router = APIRouter(prefix="/api/v1", tags=["graphs"])

JSON = "application/json"


def media_type_of(request: Request) -> str:
    """Return the media type of a request's body, without parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def read_request(request: Request, query: Query) -> Program:
    """Return what a body asks to be traced.

    Raises:
        HTTPException: the body is of an unknown kind, or not UTF-8.
        RequestValidationError: it does not fit the schema.
    """
    kind = media_type_of(request)
    body = await request.body()
    if kind == "application/json":
        return read_body(TraceBody, body).program()
    if kind in ("text/x-python", "text/plain"):
        try:
            return query.program(body.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise HTTPException(400, f"The program is not UTF-8 (byte {error.start})") from None
    raise HTTPException(415, headers={"Accept": "application/json, text/x-python"})


async def answer_json(pipeline: Pipeline, trace: Trace) -> bytes:
    """Return the JSON answer of a trace."""

    def make() -> bytes:
        answer = trace.answer
        document = GraphAnswer(
            id=trace.id,
            graph=answer.graph,
            console=answer.console,
            problems=answer.problems,
            check=answer.check,
            timings=answer.seconds,
        )
        return document.model_dump_json().encode()

    return await pipeline.in_thread(make)


@router.post(
    "/graphs",
    summary="Trace a program",
    description="Executes the program in the sandbox and answers its graph with values and gradients. A program that "
    "raises is no failed request: the answer holds the graph built so far and the problem.",
    response_model=None,
    responses={
        200: {
            "description": "The graph, or with another Accept header its picture",
            "content": {
                JSON: {"schema": reference(GraphAnswer)},
                **{
                    kind: {"schema": {"type": "string", "format": "binary"}} for kind in media_types(pictures_only=True)
                },
            },
        },
        **problem_responses(400, 406, 408, 413, 415, 421, 422, 429, 500, 503),
    },
    openapi_extra={
        "parameters": view_parameters(),
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
    """Execute a program and answer its graph, as JSON or as a picture."""
    pictures = media_types(pictures_only=True)
    kind = choose(request.headers.get("accept"), (JSON, *pictures))
    if kind is None:
        raise HTTPException(406, f"This address answers {', '.join((JSON, *pictures))}")
    query = parse(request.scope["query_string"])
    options = query.options()
    wanted = await read_request(request, query)
    pipeline = pipeline_of(request)
    trace = await pipeline.trace(wanted)
    headers = {"Cache-Control": NOT_KEPT, "Vary": "Accept"}
    if kind == JSON:
        return Response(await answer_json(pipeline, trace), media_type=kind, headers=headers)
    drawing = await pipeline.draw(trace, pictures[kind].name, options)
    return Response(drawing.content, media_type=drawing.media_type, headers=headers)
