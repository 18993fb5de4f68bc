"""What a client can ask about this server without running anything: limits, examples, problems, versions."""

from dataclasses import asdict

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request

from chainrule.assets import EXAMPLES
from chainrule.formulas import FORMULAS
from chainrule.formulas.language.formula import texts
from chainrule.payload import encode
from chainrule.pipeline import versions
from chainrule.problems import PROBLEMS
from chainrule.program.policy.allowed import ATTRIBUTES, MODULES
from chainrule.program.policy.names import NAMES
from chainrule.web.api.documents import problem_responses
from chainrule.web.api.schemas import MOST_BATCH_ITEMS
from chainrule.web.examples import read_examples
from chainrule.web.problems import HTTP_PROBLEMS, STATUSES
from chainrule.web.state import pipeline_of, settings_of

router = APIRouter(prefix="/api/v1", tags=["catalogue"], responses=problem_responses(400, 421))


class LimitsAnswer(BaseModel):
    """What one request may use on this server; units stand in the names."""

    source_bytes: int = Field(description="Size of a program's source in UTF-8.")
    wall_seconds: float = Field(description="Time from the start of a program to its answer.")
    cpu_seconds: int = Field(description="Processor time of a program.")
    memory_bytes: int = Field(description="Address space that a program may take.")
    stdout_bytes: int = Field(description="Console output that is kept.")
    answer_bytes: int = Field(description="Size of the answer of an execution.")
    detailed_nodes: int = Field(description="Nodes of one graph up to which everything is told.")
    nodes: int = Field(description="Nodes of one graph.")
    records: int = Field(description="Operations that one program may have recorded.")
    input_elements: int = Field(description="Numbers in all the inputs of a request together.")
    tensor_elements: int = Field(description="Elements up to which a tensor's numbers are listed one by one.")
    graph_elements: int = Field(description="Numbers listed in one graph altogether.")
    jacobian_elements: int = Field(description="Numbers of one edge's local Jacobian.")
    graph_jacobian_elements: int = Field(description="Numbers of all local Jacobians of one graph together.")
    check_seconds: float = Field(description="Time that the comparison with finite differences may take.")
    check_elements: int = Field(description="Elements that are compared with finite differences, all leaves together.")
    url_bytes: int = Field(description="Length of a request's path and query.")
    body_bytes: int = Field(description="Size of a request's body.")
    batch_items: int = Field(description="Programs of one batch.")
    executions_per_minute: int = Field(description="Programs that one client may have run; 0 for no limit.")


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


@router.get("/limits", summary="What one request may use")
async def limits(request: Request) -> LimitsAnswer:
    """Answer the limits of this server."""
    settings = settings_of(request)
    return LimitsAnswer(
        **asdict(settings.limits),
        url_bytes=settings.url_bytes,
        body_bytes=settings.body_bytes,
        batch_items=MOST_BATCH_ITEMS,
        executions_per_minute=settings.rate_limit,
    )


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
    found = {
        slug: ProblemKind(type=f"/problems/{slug}", title=kind.title, status=200) for slug, kind in PROBLEMS.items()
    }
    for status, problem in HTTP_PROBLEMS.items():
        found[problem.slug] = ProblemKind(type=f"/problems/{problem.slug}", title=problem.title, status=status)
    for error, status in STATUSES.items():
        found[error.slug] = ProblemKind(type=f"/problems/{error.slug}", title=error.title, status=status)
    return [found[slug] for slug in sorted(found)]
