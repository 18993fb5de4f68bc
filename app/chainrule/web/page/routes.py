"""The page for people: a plain form that works without scripts, and what the scripts ask for."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import Field

from chainrule.errors import ChainruleError
from chainrule.payload import decode
from chainrule.protocol.program import Program, Question
from chainrule.render import ViewOptions
from chainrule.web.api.bodies import read_form, read_json
from chainrule.web.api.schemas import TraceBody
from chainrule.web.http.disconnects import CLIENT_GONE, ClientGoneError, while_connected
from chainrule.web.page.completions import entries
from chainrule.web.page.i18n import teller
from chainrule.web.page.inputs import parse_inputs
from chainrule.web.page.problems import of_error
from chainrule.web.page.templates import page_templates
from chainrule.web.page.view import View, look
from chainrule.web.pictures.embed import Preview, preview
from chainrule.web.problems import from_domain
from chainrule.web.state import is_confined, pipeline_of, settings_of

router = APIRouter(include_in_schema=False)

MOST_PAYLOAD_CHARACTERS = 60_000
"""Of a program that the page's address carries."""

USUAL_PARTS = frozenset({"problems", "console", "variables", "inputs", "inspector"})
"""The parts of the page that a run renews where it names none."""

HELD_PARTS = frozenset({"console", "variables", "inputs"})
"""Those that are the same whatever is selected, stepped to or drawn."""


class RunBody(TraceBody):
    """A program, the picture that is wanted of it, and the node that the inspector shows."""

    options: dict[str, str] = Field(default_factory=dict, max_length=40)
    node: str | None = Field(default=None, max_length=40)
    pass_index: int | None = Field(default=None, ge=1)
    parts: list[str] = Field(default_factory=list, max_length=10)
    """The parts of the page that are wanted; empty for all but the table."""
    fixes: bool = False
    """Whether fixes are to be tried: a run for each."""
    held: str | None = Field(default=None, max_length=100)
    """``held`` of an answer that the page has: what is still the same, whatever is selected or drawn, is left out."""
    inspected: str | None = Field(default=None, max_length=100)
    """``inspected`` of that answer whose inspector the page has: it is left out where it is still the same."""

    curve: str | None = Field(default=None, max_length=100)
    """``curve`` of an answer whose series the page has: it is left out where it is still the same."""

    def questions(self) -> tuple[Question, ...]:
        """Return what is to be asked about the program."""
        asked: tuple[tuple[Question, bool], ...] = (("check", self.check), ("jacobians", self.jacobians))
        return tuple(question for question, wanted in asked if wanted)

    def wishes(self) -> tuple[Question, ...]:
        """Return what the parts that are wanted show, where it is there at once; else the page asks again."""
        return ("jacobians",) if self.node is not None or "inspector" in self.parts else ()


@router.get("/")
async def show_page(
    request: Request,
    example: Annotated[str | None, Query(max_length=100)] = None,
    code: Annotated[str | None, Query(max_length=20_000)] = None,
    p: Annotated[str | None, Query(max_length=MOST_PAYLOAD_CHARACTERS)] = None,
) -> Response:
    """Show the page with an example, or with the program that the address carries."""
    chosen = page_templates().example(example)
    program = Program(chosen.source if code is None else code)
    try:
        if p is not None:
            program = Program(decode(p, settings_of(request).limits.source_bytes))
        view = await _look(request, program)
    except ChainruleError as error:
        view = View(program.source, problems=of_error(error, program.source), error=error)
    return await _page(
        request, view, shared=preview(request, program.source) if (p, code, example) != (None, None, None) else None
    )


@router.post("/")
async def run_form(request: Request) -> Response:
    """Run the program of the form: the page without scripts."""
    form = await read_form(request)
    program = Program(form.get("source", ""))
    try:
        questions: tuple[Question, ...] = ("jacobians", "check") if "check" in form else ("jacobians",)
        view = await _look(request, replace(program, inputs=parse_inputs(form)), questions)
    except ChainruleError as error:
        view = View(program.source, problems=of_error(error, program.source), error=error)
    return await _page(request, view)


@router.get("/names")
async def list_names() -> Response:
    """List what the editor completes."""
    return JSONResponse([asdict(entry) for entry in entries()], headers={"Cache-Control": "public, max-age=3600"})


@router.post("/run")
async def run(request: Request) -> Response:
    """Run a program for the page's scripts: the picture, the parts of the page around it, and the graph's index."""
    body = await read_json(request, RunBody)
    try:
        return await while_connected(request, _run(request, body))
    except ClientGoneError:
        return Response(status_code=CLIENT_GONE)  # for the metrics: nobody reads it


async def _run(request: Request, body: RunBody) -> Response:
    options = ViewOptions.from_query(body.options)
    limits = settings_of(request).limits
    program = body.program()
    view = await look(
        pipeline_of(request),
        limits,
        program,
        options,
        body.node,
        body.pass_index,
        body.questions(),
        body.wishes(),
        fixes=body.fixes,
    )
    language = page_templates().language(request)
    status = 200 if view.error is None else from_domain(view.error).status

    def respond() -> Response:
        state, inspected = view.state(language), view.inspected(language)
        wanted = set(body.parts) or USUAL_PARTS
        is_held = state is not None and state == body.held and not body.parts
        if is_held:
            wanted = wanted - HELD_PARTS
        if inspected is not None and inspected == body.inspected:
            wanted = wanted - {"inspector"}
        answer: dict[str, Any] = {
            "id": view.id,
            "held": state,
            "inspected": inspected,
            "html": page_templates().parts(wanted, view, language),
            "problems": [problem.as_json(teller(language)) for problem in view.problems],
            "untried": view.untried,
            "seconds": view.seconds,
        }
        if view.source != program.source:
            answer["source"] = view.source
        if view.ran and not body.parts:
            answer |= {"svg": view.picture, "steps": view.counts(), "step": view.told(teller(language))}
            if view.training is not None:
                answer |= {"curve": view.curve, "now": view.training.now()}
                if view.curve is None or view.curve != body.curve:
                    answer["series"] = view.training.overview()
            if not is_held:
                answer |= {"inputs": view.values, "index": view.index(), "cotangent": view.cotangent()}
        if "gradient" in body.parts:
            answer["gradient"] = view.gradient()
        return JSONResponse(answer, status, headers={"Cache-Control": "no-store"})

    return await pipeline_of(request).in_thread(respond)


async def _look(request: Request, wanted: Program, questions: Sequence[Question] = ()) -> View:
    return await look(
        pipeline_of(request),
        settings_of(request).limits,
        wanted,
        ViewOptions(),
        questions=questions,
        wishes=("jacobians",),
    )


async def _page(request: Request, view: View, shared: Preview | None = None) -> Response:
    language = page_templates().language(request)
    status, headers = 200, {"Cache-Control": "no-store", "Vary": "Accept-Language, Cookie"}
    if view.error is not None:
        problem = from_domain(view.error)
        status, headers = problem.status, headers | dict(problem.headers)
    write = partial(page_templates().page, view, language, shared, confined=is_confined(request))
    response = HTMLResponse(await pipeline_of(request).in_thread(write, brief=view.id is None), status, headers)
    if request.query_params.get("lang") == language:
        response.set_cookie("lang", language, max_age=31_536_000, samesite="lax", httponly=True)
    return response
