"""What a client can ask about this server without running anything: limits, examples, problems, versions."""

from dataclasses import asdict

from fastapi import APIRouter
from pydantic import BaseModel, Field, create_model
from starlette.requests import Request

from chainrule.assets import EXAMPLES
from chainrule.formulas import FORMULAS
from chainrule.formulas.language.formula import texts
from chainrule.limits import BATCH_ITEMS, BODY_BYTES, EXECUTIONS_PER_MINUTE, LIMITS, URL_BYTES
from chainrule.payload import encode
from chainrule.pipeline import versions
from chainrule.problems import PROBLEMS
from chainrule.program.policy.allowed import ATTRIBUTES, MODULES
from chainrule.program.policy.names import NAMES
from chainrule.web.api.documents import problem_responses
from chainrule.web.api.schemas import MOST_BATCH_ITEMS
from chainrule.web.examples import read_examples
from chainrule.web.problems import status_of
from chainrule.web.state import pipeline_of, settings_of

router = APIRouter(prefix="/api/v1", tags=["catalogue"], responses=problem_responses(400, 421))


LimitsAnswer = create_model(  # type: ignore[call-overload]  # the fields come from the table
    "LimitsAnswer",
    __doc__="What one request may use on this server; units stand in the names.",
    **{name: (type(limit.default), Field(description=limit.sentence)) for name, limit in LIMITS.items()},
)


class VersionAnswer(BaseModel):
    """What answers and pictures depend on."""

    v: str = Field(description="Names all versions at once; a picture's URL that carries it as v never changes.")
    versions: dict[str, str]


class Example(BaseModel):
    """A program to start from."""

    name: str
    title: str
    text: str = Field(description="What to look at.")
    source: str
    payload: str = Field(description="The program as part of a URL: /svg/<payload>.")


class Operator(BaseModel):
    """A Node of autograd with a formula of its own."""

    op: str = Field(description="The name of the grad_fn.")
    title: str
    forward: list[str] = Field(description="What it computes; several where a parameter chooses.")
    vjps: dict[str, list[str]] = Field(description="For each argument, the contribution to its gradient.")
    note: str


class OperatorsAnswer(BaseModel):
    """What a program may use, and how gradients go back through it."""

    names: dict[str, str] = Field(description="Names that are there without an import, with what each means.")
    modules: dict[str, list[str]] = Field(description="What each module that may be imported offers here.")
    attributes: list[str] = Field(description="What may follow the dot after a value.")
    operators: list[Operator]


class ProblemKind(BaseModel):
    """A kind of problem that an answer can name."""

    type: str = Field(description="As in a problem document: the address of the page that explains it.")
    title: str
    status: int = Field(description="200 stands for problems of a program that ran.")


@router.get("/limits", summary="What one request may use", response_model=LimitsAnswer)
async def limits(request: Request) -> dict[str, int | float]:
    """Answer the limits of this server."""
    settings = settings_of(request)
    return {
        **asdict(settings.limits),
        URL_BYTES.name: settings.url_bytes,
        BODY_BYTES.name: settings.body_bytes,
        BATCH_ITEMS.name: MOST_BATCH_ITEMS,
        EXECUTIONS_PER_MINUTE.name: settings.rate_limit,
    }


@router.get("/version", summary="What answers and pictures depend on")
async def version(request: Request) -> VersionAnswer:
    """Answer the versions of this server."""
    return VersionAnswer(v=pipeline_of(request).version, versions=versions())


@router.get("/examples", summary="Programs to start from")
async def examples() -> list[Example]:
    """Answer the programs that come with the project."""
    return [
        Example(name=one.name, title=one.title, text=one.text, source=one.source, payload=encode(one.source))
        for one in read_examples(EXAMPLES)
    ]


@router.get("/operators", summary="What a program may use")
async def operators() -> OperatorsAnswer:
    """Answer the names, modules and attributes that programs may use, and the formulas of operators."""
    return OperatorsAnswer(
        names=NAMES,
        modules={name: sorted(offered) for name, offered in MODULES.items()},
        attributes=sorted(ATTRIBUTES),
        operators=[
            Operator(
                op=op,
                title=one.title,
                forward=texts(one.forward),
                vjps={name: texts(vjp) for name, vjp in one.vjps.items()},
                note=one.note,
            )
            for op, one in sorted(FORMULAS.items())
        ],
    )


@router.get("/problems", summary="What can go wrong")
async def problem_kinds() -> list[ProblemKind]:
    """Answer every kind of problem that a request can meet."""
    return [
        ProblemKind(type=f"/problems/{slug}", title=kind.title, status=status_of(kind))
        for slug, kind in sorted(PROBLEMS.items())
    ]
