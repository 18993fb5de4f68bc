"""Drawing a graph that somebody already has: nothing is executed."""

from fastapi import APIRouter
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from chainrule.errors import GraphInvalidError
from chainrule.graph import SCHEMA_VERSION, Graph
from chainrule.limits import Limits
from chainrule.protocol.messages import ExecutionAnswer
from chainrule.protocol.program import Program
from chainrule.protocol.trust import AnswerInvalidError, check_answer, check_parts
from chainrule.render.formats.registry import media_types
from chainrule.web.api.bodies import media_type_of
from chainrule.web.api.documents import negotiated_pictures, problem_responses, reference, view_parameters
from chainrule.web.api.schemas import Body, read_body
from chainrule.web.http.caching import NOT_KEPT
from chainrule.web.http.negotiation import choose
from chainrule.web.query import parse
from chainrule.web.state import drawings_of, pipeline_of, settings_of
from chainrule.words.numbers import say_count

router = APIRouter(prefix="/api/v1", tags=["graphs"])

BYTES_FOR_EACH_DRAWING = 2_000
"""Reading a graph takes time by its length, whatever is in it, so a longer body counts as several drawings."""

_THREE: JsonDict = {
    "shape": [],
    "dtype": "float32",
    "requires_grad": True,
    "is_leaf": True,
    "numel": 1,
    "values": 3.0,
    "stats": {"min": 3.0, "max": 3.0, "mean": 3.0, "std": 0.0, "norm": 3.0, "nan": 0, "inf": 0, "zero": 0},
    "preview": "tensor(3., requires_grad=True)",
}
SMALL_GRAPH: JsonDict = {
    "schema_version": SCHEMA_VERSION,
    "nodes": [
        {
            "id": "n0",
            "kind": "leaf",
            "op": "AccumulateGrad",
            "names": ["x"],
            "sequence_nr": None,
            "span": None,
            "outputs": [{"output_nr": 0, "value": _THREE}],
        }
    ],
}
"""A leaf alone: what the description of the API shows."""


class RenderBody(Body):
    """A graph to be drawn."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"graph": SMALL_GRAPH}]})

    graph: Graph = Field(description="As an answer of POST /api/v1/graphs holds it.")
    source: str = Field(default="", max_length=1_000_000, description="The program, for the expressions on the cards.")


@router.post(
    "/render",
    summary="Draw a graph",
    description="Draws a graph as JSON; nothing is executed. A large one counts as several drawings of a minute's. The "
    "Accept header says which kind of picture, the query carries the options of the view.",
    response_model=None,
    responses={
        200: {"description": "The picture", "content": negotiated_pictures()},
        **problem_responses(400, 406, 408, 413, 415, 421, 422, 429, 500),
    },
    openapi_extra={
        "parameters": view_parameters(),
        "requestBody": {"required": True, "content": {"application/json": {"schema": reference(RenderBody)}}},
    },
)
async def post_render(request: Request) -> Response:
    """Draw the graph of the body."""
    offers = media_types(pictures_only=True)
    kind = choose(request.headers.get("accept"), tuple(offers))
    if kind is None:
        raise HTTPException(406, f"This address answers {', '.join(offers)}")
    query = parse(request.scope["query_string"])
    query.refuse_all_but_view()
    options = query.options()
    if media_type_of(request) != "application/json":
        raise HTTPException(415, "Send application/json", headers={"Accept": "application/json"})
    body = await request.body()
    drawings_of(request).admit(1 + len(body) // BYTES_FOR_EACH_DRAWING)
    pipeline = pipeline_of(request)
    limits = settings_of(request).limits
    graph, source = await pipeline.in_thread(lambda: read_graph(body, limits))
    drawing = await pipeline.draw_graph(graph, source, offers[kind].name, options)
    return Response(
        drawing.content,
        media_type=drawing.media_type,
        headers={"Cache-Control": NOT_KEPT, "Vary": "Accept"},
    )


def read_graph(body: bytes, limits: Limits) -> tuple[Graph, str]:
    """Return the graph and the source of a body.

    Raises:
        RequestValidationError: the body does not fit the schema.
        GraphInvalidError: parts of the graph do not fit each other, or places do not lie in the source.
    """
    if body.count(b'"re"') + body.count(b"\\u00") > limits.graph_elements:
        # A complex number takes 2 kB once it is read, so they are counted before; a key may be written with escapes.
        most = say_count(limits.graph_elements)
        raise GraphInvalidError(f"This is no graph of a program: it lists over {most} complex numbers")
    given = read_body(RenderBody, body)
    graph = given.graph if given.source else _without_places(given.graph)
    try:
        check_parts(body, limits)
        check_answer(ExecutionAnswer(graph=graph), Program(given.source), limits)
    except AnswerInvalidError as error:
        raise GraphInvalidError(f"This is no graph of a program: {error}") from None
    return graph, given.source


def _without_places(graph: Graph) -> Graph:
    nodes = [node.model_copy(update={"span": None, "calls": []}) for node in graph.nodes]
    passes = [one.model_copy(update={"span": None}) for one in graph.passes]
    return graph.model_copy(update={"nodes": nodes, "passes": passes})
