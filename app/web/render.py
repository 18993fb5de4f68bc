"""Drawing a graph that somebody already has: nothing is executed."""

from fastapi import APIRouter
from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.graph import Graph
from app.web.api import media_type_of
from app.web.delivery import NOT_KEPT
from app.web.documents import negotiated_pictures, problem_responses, reference
from app.web.formats import FORMATS, MEDIA_TYPES
from app.web.negotiation import choose
from app.web.queries import parse
from app.web.schemas import Body
from app.web.state import pipeline_of

router = APIRouter(prefix="/api/v1", tags=["graphs"])

PICTURE_TYPES = tuple(kind for name, kind in MEDIA_TYPES.items() if name != "json")


class RenderBody(Body):
    """A graph to be drawn."""

    graph: Graph = Field(description="As an answer of POST /api/v1/graphs holds it.")
    source: str = Field(default="", max_length=1_000_000, description="The program, for the expressions on the cards.")


@router.post(
    "/render",
    summary="Draw a graph",
    description="Draws a graph as JSON; nothing is executed. The Accept header says which kind of picture, the query "
    "carries the options of the view.",
    response_model=None,
    responses={
        200: {"description": "The picture", "content": negotiated_pictures()},
        **problem_responses(400, 406, 408, 413, 415, 421, 422, 500),
    },
    openapi_extra={
        "requestBody": {"required": True, "content": {"application/json": {"schema": reference(RenderBody)}}}
    },
)
async def post_render(request: Request) -> Response:
    """Draw the graph of the body."""
    kind = choose(request.headers.get("accept"), PICTURE_TYPES)
    if kind is None:
        raise HTTPException(406, f"This address answers {', '.join(PICTURE_TYPES)}")
    query = parse(request.scope["query_string"])
    query.refuse_all_but_view()
    options = query.options()
    if media_type_of(request) != "application/json":
        raise HTTPException(415, "Send application/json", headers={"Accept": "application/json"})
    body = await request.body()
    pipeline = pipeline_of(request)
    given = await pipeline.in_thread(lambda: RenderBody.model_validate_json(body))
    drawing = await pipeline.draw_graph(given.graph, given.source, FORMATS[kind], options)
    return Response(
        drawing.content,
        media_type=drawing.media_type,
        headers={"Cache-Control": NOT_KEPT, "Vary": "Accept"},
    )
