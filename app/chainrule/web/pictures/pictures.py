"""Pictures by URL: what a document embeds.

``/svg/<payload>`` carries a whole program, ``/svg?code=`` a short expression typed by hand.
"""

import re
from urllib.parse import quote, urlencode

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from chainrule.errors import ChainruleError
from chainrule.payload import decode, encode
from chainrule.pipeline import Pipeline, Trace, TraceRequest
from chainrule.render import Drawing, ViewOptions, error_picture
from chainrule.render.formats.registry import MEDIA_TYPES, PICTURES, SUFFIXES
from chainrule.render.options import Theme
from chainrule.web import problems
from chainrule.web.api.documents import picture_operation
from chainrule.web.api.graphs import answer_json
from chainrule.web.http.caching import CACHED, NOT_KEPT, PINNED, ReadyAnswer, held_validator, kept, make_tag
from chainrule.web.http.compression import choose_packing
from chainrule.web.http.picture_cache import keep
from chainrule.web.query import Query, parse
from chainrule.web.state import base_url, pipeline_of, settings_of

router = APIRouter(tags=["pictures"])

FILE_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_. -]{0,80}")
DOCUMENT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; font-src data:; "
    "sandbox allow-scripts"
)
"""A whole graph as one HTML file brings its scripts along; the sandbox keeps them from everything of this server."""


async def get_picture(request: Request) -> Response:
    """Answer the picture of a program, or a picture of what is wrong with the request."""
    picture_format = request.scope["path"].split("/", 2)[1]
    try:
        answer = await _picture(request, picture_format)
        if isinstance(answer, ReadyAnswer):
            keep(request, answer)
            return answer.respond(request.headers.get("if-none-match"))
        return answer
    except ChainruleError as error:
        problem = problems.from_domain(error)
    except HTTPException as error:
        problem = problems.from_status(error.status_code, str(error.detail))
    if picture_format not in PICTURES or problems.MEDIA_TYPE in request.headers.get("accept", ""):
        return problems.respond(problem, request)
    drawing = await pipeline_of(request).in_thread(
        lambda: error_picture(problem.kind.title, problem.detail, picture_format, _theme(request))
    )
    return Response(
        drawing.content,
        status_code=problem.status,
        media_type=drawing.media_type,
        headers={"Cache-Control": NOT_KEPT, **dict(problem.headers)},
    )


async def _picture(request: Request, picture_format: str) -> ReadyAnswer | Response:
    """Return an answer that may be kept, or one that may not."""
    pipeline = pipeline_of(request)
    query = parse(request.scope["query_string"])
    options = query.options()
    wanted = query.trace(_source(request, query))
    tag = make_tag(pipeline.identify(wanted), picture_format, options, settings_of(request).limits)
    headers = {
        "Cache-Control": PINNED if query.delivery.get("v") == pipeline.version else CACHED,
        "Link": f'<{canonical(base_url(request), picture_format, wanted, query)}>; rel="canonical"',
    }
    if "download" in query.delivery:
        headers["Content-Disposition"] = _disposition(query.delivery["download"], picture_format)
    if picture_format == "html":
        headers["Content-Security-Policy"] = DOCUMENT_POLICY
    held = held_validator(tag, request.headers.get("if-none-match"))
    if held is not None:
        return kept({**headers, "Vary": "Accept-Encoding"}, held)
    trace = await pipeline.trace(wanted)
    drawing = await _draw(pipeline, trace, picture_format, options)
    if not trace.reproducible:
        headers["Cache-Control"] = NOT_KEPT
        return Response(drawing.content, media_type=drawing.media_type, headers=headers)
    packing = choose_packing(request.headers.get("accept-encoding", ""))
    return await pipeline.in_thread(lambda: ReadyAnswer.of(tag, headers, drawing.media_type, drawing.content, packing))


async def _draw(pipeline: Pipeline, trace: Trace, picture_format: str, options: ViewOptions) -> Drawing:
    if picture_format == "json":
        return Drawing(await answer_json(pipeline, trace), MEDIA_TYPES["json"])
    failed = next((problem for problem in trace.answer.problems if problem.severity == "error"), None)
    if failed is None or trace.answer.graph.nodes or picture_format not in PICTURES:
        return await pipeline.draw(trace, picture_format, options)
    detail = failed.message or failed.detail
    return await pipeline.in_thread(lambda: error_picture(failed.title, detail, picture_format, options.theme))


def canonical(base: str, picture_format: str, wanted: TraceRequest, query: Query) -> str:
    """Return the one address of a picture: the program as payload, the parameters in alphabetical order."""
    given = {**query.request, **query.view, **query.values}
    given.pop("code", None)
    parameters = urlencode(sorted(given.items()), quote_via=quote)
    return f"{base}/{picture_format}/{encode(wanted.source)}" + (f"?{parameters}" if parameters else "")


def _source(request: Request, query: Query) -> str:
    payload = request.path_params.get("payload")
    if payload is None:
        if "code" not in query.request:
            raise HTTPException(400, "The parameter code is missing: /svg?code=x*x, or /svg/<program> as payload")
        return query.request["code"]
    if "code" in query.request:
        raise HTTPException(400, "The address carries two programs: one as payload, one as the parameter code")
    return decode(payload, settings_of(request).limits.source_bytes)


def _theme(request: Request) -> Theme:
    """Return the theme asked for, where it can be read: the request may be wrong in any way."""
    try:
        return parse(request.scope["query_string"]).options().theme
    except (ChainruleError, HTTPException):
        return ViewOptions().theme


def _disposition(name: str, picture_format: str) -> str:
    if name in ("", "1", "true"):
        name = f"graph.{SUFFIXES.get(picture_format, picture_format)}"
    if not FILE_NAME.fullmatch(name):
        raise HTTPException(400, "download must be 1, or a file name of letters, digits, spaces, _ . and -")
    return f'attachment; filename="{name}"'


for _format in MEDIA_TYPES:
    router.add_api_route(
        f"/{_format}",
        get_picture,
        methods=["GET"],
        **picture_operation(_format, with_payload=False),
    )
    router.add_api_route(
        f"/{_format}/{{payload}}",
        get_picture,
        methods=["GET"],
        **picture_operation(_format, with_payload=True),
    )
