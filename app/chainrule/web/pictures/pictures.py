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
from chainrule.pipeline import Pipeline
from chainrule.protocol.program import Program
from chainrule.render import Drawing, ViewOptions, error_picture
from chainrule.render.formats.registry import FORMATS, Format
from chainrule.render.options import Theme
from chainrule.traces import Trace
from chainrule.web import problems
from chainrule.web.answers import PARAMETERS as ANSWER_PARAMETERS
from chainrule.web.answers import AnswerView, answer_json
from chainrule.web.api.documents import picture_operation
from chainrule.web.http.answer_cache import keep
from chainrule.web.http.caching import CACHED, NOT_KEPT, PINNED, ReadyAnswer, held_validator, kept, make_tag
from chainrule.web.http.compression import choose_packing
from chainrule.web.query import Query, parse
from chainrule.web.state import base_url, pipeline_of, settings_of

FILE_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_. -]{0,80}")
DOCUMENT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; font-src data:; "
    "sandbox allow-scripts"
)
"""A whole graph as one HTML file brings its scripts along; the sandbox keeps them from everything of this server."""


async def get_picture(request: Request) -> Response:
    """Answer the picture of a program, or a picture of what is wrong with the request."""
    wanted = FORMATS[request.scope["path"].split("/", 2)[1]]
    try:
        answer = await _picture(request, wanted)
        if isinstance(answer, ReadyAnswer):
            keep(request, answer)
            return answer.respond(request.headers.get("if-none-match"))
        return answer
    except ChainruleError as error:
        problem = problems.from_domain(error)
    except HTTPException as error:
        problem = problems.from_status(error.status_code, str(error.detail))
    if not wanted.message_drawer or problems.MEDIA_TYPE in request.headers.get("accept", ""):
        return problems.respond(problem, request)
    drawing = await pipeline_of(request).in_thread(
        lambda: error_picture(problem.kind.title, problem.detail, wanted.name, _theme(request)), brief=True
    )
    return Response(
        drawing.content,
        status_code=problem.status,
        media_type=drawing.media_type,
        headers={"Cache-Control": NOT_KEPT, **dict(problem.headers)},
    )


async def _picture(request: Request, picture_format: Format) -> ReadyAnswer | Response:
    """Return an answer that may be kept, or one that may not."""
    pipeline = pipeline_of(request)
    query = parse(request.scope["query_string"], ANSWER_PARAMETERS if picture_format.name == "json" else ())
    options = query.options()
    program = query.program(_source(request, query))
    view = AnswerView.from_query(query.answer).within(settings_of(request).limits)
    tag = make_tag(pipeline.identify(program), picture_format.name, options, view, settings_of(request).limits)
    headers = {
        "Cache-Control": PINNED if query.delivery.get("v") == pipeline.version else CACHED,
        "Link": f'<{canonical(base_url(request), picture_format.name, program, query)}>; rel="canonical"',
    }
    if "download" in query.delivery:
        headers["Content-Disposition"] = _disposition(query.delivery["download"], picture_format)
    if picture_format.has_scripts:
        headers["Content-Security-Policy"] = DOCUMENT_POLICY
    held = held_validator(tag, request.headers.get("if-none-match"))
    if held is not None:
        return kept({**headers, "Vary": "Accept-Encoding"}, held)
    if picture_format.name != "json":
        trace = await pipeline.ask(await pipeline.trace(program), picture_format.question)
        drawing = await _draw(pipeline, trace, picture_format, options)
    else:
        trace, content = await answer_json(pipeline, program, view)
        drawing = Drawing(content, picture_format.media_type)
    if not trace.reproducible:
        headers["Cache-Control"] = NOT_KEPT
        return Response(drawing.content, media_type=drawing.media_type, headers=headers)
    packing = choose_packing(request.headers.get("accept-encoding", ""))
    return await pipeline.in_thread(lambda: ReadyAnswer.of(tag, headers, drawing.media_type, drawing.content, packing))


async def _draw(pipeline: Pipeline, trace: Trace, picture_format: Format, options: ViewOptions) -> Drawing:
    failed = next((problem for problem in trace.answer.problems if problem.severity == "error"), None)
    if failed is None or trace.answer.graph.nodes or not picture_format.message_drawer:
        return await pipeline.draw(trace, picture_format.name, options)
    detail = failed.message or failed.detail
    return await pipeline.in_thread(lambda: error_picture(failed.title, detail, picture_format.name, options.theme))


def canonical(base: str, picture_format: str, program: Program, query: Query) -> str:
    """Return the one address of a picture: the program as payload, the parameters in alphabetical order."""
    given = {**query.request, **query.view, **query.answer, **query.values}
    given.pop("code", None)
    parameters = urlencode(sorted(given.items()), quote_via=quote)
    return f"{base}/{picture_format}/{encode(program.source)}" + (f"?{parameters}" if parameters else "")


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


def _disposition(name: str, picture_format: Format) -> str:
    if name in ("", "1", "true"):
        name = f"graph.{picture_format.suffixes[0]}"
    if not FILE_NAME.fullmatch(name):
        raise HTTPException(400, "download must be 1, or a file name of letters, digits, spaces, _ . and -")
    return f'attachment; filename="{name}"'


def make_router() -> APIRouter:
    """Return the addresses of every format."""
    router = APIRouter(tags=["pictures"])
    for one in FORMATS.values():
        for path, with_payload in ((f"/{one.name}", False), (f"/{one.name}/{{payload}}", True)):
            router.add_api_route(
                path, get_picture, methods=["GET"], **picture_operation(one, with_payload=with_payload)
            )
    return router
