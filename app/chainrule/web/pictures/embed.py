"""The graph inside other people's pages: a frame, the element that makes one, and what link previews ask for."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from fastapi import APIRouter
from fastapi import Query as Parameter
from markupsafe import Markup
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

from chainrule.assets import STATIC
from chainrule.errors import ChainruleError
from chainrule.explain.steps.timeline import Step, list_steps
from chainrule.graph.training.moment import moment_of
from chainrule.payload import decode, encode
from chainrule.protocol.program import Program
from chainrule.render import ViewOptions, error_picture
from chainrule.render.formats.registry import FORMATS
from chainrule.render.iframe import HEIGHT, TITLE, write_iframe
from chainrule.render.templates import template
from chainrule.traces import Trace
from chainrule.web import problems
from chainrule.web import query as queries
from chainrule.web.api.documents import embed_operation, problem_responses
from chainrule.web.http.caching import CACHED, NOT_KEPT, held_validator, kept, make_tag, validator
from chainrule.web.state import base_url, pipeline_of, settings_of

router = APIRouter(tags=["embedding"])

EMBED_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors *"
)
EMBED_PARAMETERS = frozenset({"editable", "chrome"})
CARRIED = frozenset("view pass step open direction labels widths constants detached saved".split())
"""Options of the view that the page has too."""
FRAME_WIDTH = 720
PATH = re.compile(r"/(?P<kind>[a-z]+)/(?P<payload>[A-Za-z0-9_=-]+)")


@dataclass(frozen=True, slots=True)
class EmbedFrame:
    """How a frame looks around its picture."""

    editable: bool
    chrome: bool

    @classmethod
    def from_query(cls, values: Mapping[str, str]) -> "EmbedFrame":
        """Read ``editable`` and ``chrome``: 1 or 0.

        Raises:
            HTTPException: one of them is neither.
        """
        for name in EMBED_PARAMETERS & values.keys():
            if values[name] not in ("0", "1"):
                raise HTTPException(400, f"{name} must be 1 or 0, not {values[name][:40]!r}")
        return cls(values.get("editable", "0") == "1", values.get("chrome", "1") == "1")


class Oembed(BaseModel):
    """What a site needs to show a link as the thing it links to (oembed.com, 1.0)."""

    version: Literal["1.0"] = "1.0"
    type: Literal["rich"] = "rich"
    provider_name: str = "Chainrule"
    provider_url: str
    title: str
    width: int
    height: int
    html: str = Field(description="A frame, sandboxed.")
    thumbnail_url: str
    thumbnail_width: int
    thumbnail_height: int
    cache_age: int = 86_400


@router.get("/embed", **embed_operation(with_payload=False))
@router.get("/embed/{payload}", **embed_operation(with_payload=True))
async def embed(request: Request) -> Response:
    """Answer a page that holds the graph alone, to stand in a frame."""
    query = queries.parse(request.scope["query_string"])
    frame = EmbedFrame.from_query(query.values)
    query = replace(query, values={name: text for name, text in query.values.items() if name not in EMBED_PARAMETERS})
    headers = {"Content-Security-Policy": EMBED_POLICY, "Cross-Origin-Resource-Policy": "cross-origin"}
    source, steps = "", 0
    try:
        source = _source(request, query)
        wanted = query.program(source)
        source = wanted.source
        options = query.options()
        pipeline = pipeline_of(request)
        tag = make_tag("embed", pipeline.identify(wanted), options, frame, settings_of(request).limits)
        held = held_validator(tag, request.headers.get("if-none-match"))
        if held is not None:
            return kept(headers | {"Cache-Control": CACHED, "Vary": "Accept-Encoding"}, held)
        trace = await pipeline.trace(wanted)
        drawing = await pipeline.draw(trace, "svg", options)
        steps = len(await pipeline.in_thread(lambda: _steps(trace, options)))
        status = 200
        lasting = {"ETag": validator(tag), "Cache-Control": CACHED}
        headers |= lasting if trace.reproducible else {"Cache-Control": NOT_KEPT}
    except ChainruleError as error:
        problem = problems.from_domain(error)
        wanted, status = Program(source), problem.status
        picture = partial(error_picture, problem.kind.title, problem.detail)
        drawing = await pipeline_of(request).in_thread(picture, brief=True)
        headers |= {"Cache-Control": NOT_KEPT, **dict(problem.headers)}
    write = partial(
        template("embed.html").render,
        base=base_url(request),
        payload=encode(source),
        source=source,
        shared=preview(request, source, "embed/", urlencode(_without_frame(query))),
        picture=Markup(drawing.content.decode()),  # drawn by us: every text in it is escaped
        open_url=open_url(base_url(request), wanted, query.view),
        frame=frame,
        steps=steps,
        step=query.view.get("step", ""),
        theme=query.view.get("theme", "auto").strip().lower(),
        query=urlencode(_without_frame(query) | {"code": ""}),
    )
    content = await pipeline_of(request).in_thread(write, brief=True)
    return HTMLResponse(content, status, headers)


@router.get("/embed.js", include_in_schema=False)
async def script() -> Response:
    """Answer the script that defines the element ``<chainrule-graph>``."""
    return FileResponse(
        STATIC / "embed.js",
        media_type="text/javascript",
        headers={
            "Cache-Control": "public, max-age=3600, stale-while-revalidate=604800",
            "Access-Control-Allow-Origin": "*",
            "Cross-Origin-Resource-Policy": "cross-origin",
        },
    )


@router.get(
    "/oembed",
    summary="How to embed an address of this server",
    responses=problem_responses(400, 404, 413, 421, 422)
    | {501: {"description": "Only JSON is given", **problem_responses(400)[400]}},
)
async def oembed(
    request: Request,
    url: str = Parameter(max_length=64_000, description="An address of a picture, an embedded graph or the page."),
    maxwidth: int | None = Parameter(default=None, ge=1, le=100_000),
    maxheight: int | None = Parameter(default=None, ge=1, le=100_000),
    format: str = Parameter(default="json", max_length=10, json_schema_extra={"enum": ["json"]}),
) -> Oembed:
    """Answer a frame for an address (oembed.com)."""
    if format != "json":
        raise HTTPException(501, "This server answers oEmbed as JSON only")
    base = base_url(request)
    payload, rest = _payload_of(url, base)
    decode(payload, settings_of(request).limits.source_bytes)
    width, height = min(FRAME_WIDTH, maxwidth or FRAME_WIDTH), min(HEIGHT, maxheight or HEIGHT)
    address = f"{base}/embed/{payload}{rest}"
    return Oembed(
        provider_url=base,
        title=TITLE,
        width=width,
        height=height,
        html=write_iframe(address, width=width, height=height),
        thumbnail_url=f"{base}/png/{payload}{_picture_query(rest)}",
        thumbnail_width=width,
        thumbnail_height=height,
    )


@dataclass(frozen=True, slots=True)
class Preview:
    """What a link shows of itself in a chat."""

    url: str
    text: str
    image: str
    oembed: str


def preview(request: Request, source: str, path: str = "?p=", query: str = "") -> Preview:
    """Return what a link to a program shows of itself.

    Args:
        request: tells where the server is.
        source: the program.
        path: where its payload stands in the address: "?p=" is the page.
        query: inputs and options, where the address has any.
    """
    base, payload = base_url(request), encode(source)
    rest = f"?{query}" if query else ""
    url = f"{base}/{path}{payload}{rest}"
    return Preview(url, source[:200], f"{base}/png/{payload}{rest}", f"{base}/oembed?{urlencode({'url': url})}")


def open_url(base: str, wanted: Program, view: Mapping[str, str]) -> str:
    """Return where the page shows the same program in the same state; scripts read it from the fragment."""
    payload = encode(wanted.source)
    state = {"p": payload}
    if wanted.inputs:
        state["in"] = json.dumps(dict(wanted.inputs))
    if wanted.seed:
        state["seed"] = str(wanted.seed)
    if wanted.gradient not in (None, "none"):
        state["gradient"] = json.dumps(wanted.gradient)
    state |= {name: text for name, text in view.items() if name in CARRIED}
    return f"{base}/?p={payload}#{urlencode(state, quote_via=quote)}"


def _steps(trace: Trace, options: ViewOptions) -> Sequence[Step]:
    return list_steps(moment_of(trace.index, options.pass_index).index, sentences=False)


def _without_frame(query: queries.Query) -> dict[str, str]:
    """Return what makes the picture, without the program."""
    given = {**query.request, **query.view, **query.values}
    given.pop("code", None)
    return given


def _picture_query(query: str) -> str:
    """Return the query of a frame as that of its picture."""
    kept = [(name, value) for name, value in parse_qsl(query.removeprefix("?")) if name not in EMBED_PARAMETERS]
    return f"?{urlencode(kept)}" if kept else ""


def _source(request: Request, query: queries.Query) -> str:
    payload = request.path_params.get("payload")
    if payload is None:
        return query.request.get("code", "")
    return decode(payload, settings_of(request).limits.source_bytes)


def _payload_of(url: str, base: str) -> tuple[str, str]:
    try:
        parts, own = urlsplit(url), urlsplit(base)
    except ValueError:
        raise HTTPException(404, "url is no address") from None
    found = PATH.fullmatch(parts.path.removeprefix(own.path))
    query = f"?{parts.query}" if parts.query else ""
    if parts.netloc.lower() != own.netloc.lower() or parts.scheme not in ("http", "https"):
        raise HTTPException(404, f"url is not an address of this server, {base}")
    if found is not None and found["kind"] in ("embed", *FORMATS):
        return found["payload"], query
    shared = re.search(r"(?:^|&)p=(?P<payload>[A-Za-z0-9_=-]+)", parts.query)
    if parts.path.removeprefix(own.path) in ("", "/") and shared is not None:
        return shared["payload"], ""
    raise HTTPException(404, "url carries no program: /embed/<program>, /svg/<program> and /?p=<program> do")
