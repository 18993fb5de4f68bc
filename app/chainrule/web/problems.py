"""Problem details (RFC 9457): the responses that refuse a request, made from the catalogue of problems."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from chainrule import errors
from chainrule.problems import BY_STATUS, PROBLEMS, Kind

MEDIA_TYPE = "application/problem+json"


class SourceReplacement(BaseModel):
    """A change of the program: lines from 1, columns from 0."""

    title: str
    line: int
    column: int
    end_line: int
    end_column: int
    text: str


class SourceViolation(BaseModel):
    """One place in the program that keeps it from being run: lines from 1, columns from 0."""

    slug: str
    message: str
    line: int
    column: int
    end_line: int
    end_column: int
    suggestion: str | None = None
    fix: SourceReplacement | None = None


class FieldViolation(BaseModel):
    """One field of the request that does not fit."""

    field: str
    message: str


class ProblemDocument(BaseModel):
    """What went wrong with a request (RFC 9457)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "/problems/program-rejected",
                    "title": PROBLEMS["program-rejected"].title,
                    "status": PROBLEMS["program-rejected"].status,
                    "detail": "line 1, column 1: tenosr is not defined; did you mean tensor?",
                    "instance": "/api/v1/graphs",
                    "request_id": "5f2b8c1d",
                }
            ]
        }
    )

    type: str = Field(description="Address of a page that explains this kind of problem, relative to this server.")
    title: str
    status: int
    detail: str = Field(description="What went wrong this time, where, and what to do.")
    instance: str | None = Field(default=None, description="The path that was asked for.")
    request_id: str | None = Field(default=None, description="As in the X-Request-ID header.")
    violations: list[SourceViolation | FieldViolation] | None = Field(
        default=None, description="Every single thing that is wrong, where there can be several."
    )


@dataclass(frozen=True, slots=True)
class ProblemResponse:
    """A problem on its way to a response."""

    kind: Kind
    status: int
    detail: str
    violations: tuple[SourceViolation | FieldViolation, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()

    def document(self, path: str | None = None, request_id: str | None = None) -> ProblemDocument:
        """Return the problem as RFC 9457 has it."""
        return ProblemDocument(
            type=f"/problems/{self.kind.slug}",
            title=self.kind.title,
            status=self.status,
            detail=self.detail,
            instance=path,
            request_id=request_id,
            violations=list(self.violations) or None,
        )


def status_of(kind: Kind) -> int:
    """Return the HTTP status of a kind of problem: 200 where it is told of a program that ran."""
    return kind.status or 200


def from_domain(error: errors.ChainruleError) -> ProblemResponse:
    """Return the problem that a domain error is."""
    violations: tuple[SourceViolation, ...] = ()
    if isinstance(error, errors.ProgramRejectedError):
        violations = tuple(SourceViolation(**asdict(violation)) for violation in error.violations)
    headers: tuple[tuple[str, str], ...] = ()
    if isinstance(error, errors.BusyError | errors.RateLimitedError):
        headers = (("Retry-After", str(max(1, error.retry_after_seconds))),)
    kind = PROBLEMS[error.slug]
    return ProblemResponse(kind, status_of(kind), str(error) or kind.title, violations, headers)


def from_status(status: int, detail: str | None = None, headers: Sequence[tuple[str, str]] = ()) -> ProblemResponse:
    """Return the problem that an HTTP status of our own is."""
    kind = BY_STATUS.get(status)
    if kind is None:
        kind = BY_STATUS[400 if status < 500 else 500]
        detail = detail or HTTPStatus(status).phrase
    return ProblemResponse(kind, status, detail or kind.detail.replace("`", ""), (), tuple(headers))


def from_validation(error: ValidationError | RequestValidationError) -> ProblemResponse:
    """Return the problem of a body or query that does not fit its schema."""
    found = error.errors(include_url=False) if isinstance(error, ValidationError) else error.errors()
    if any(item["type"] == "json_invalid" for item in found):
        return from_status(400, f"The body is not JSON: {found[0]['msg'].removeprefix('Invalid JSON: ')}")
    violations = tuple(
        FieldViolation(field=".".join(str(part) for part in item["loc"]) or "body", message=item["msg"])
        for item in found[:50]
    )
    detail = "; ".join(f"{violation.field}: {violation.message}" for violation in violations[:5])
    return ProblemResponse(BY_STATUS[422], 422, detail, violations)


def respond(problem: ProblemResponse, request: Request) -> Response:
    """Return the problem as a response."""
    return Response(
        content=problem.document(request.scope["path"], getattr(request.state, "request_id", None)).model_dump_json(
            exclude_none=True
        ),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", **dict(problem.headers)},
    )


async def on_domain_error(request: Request, error: Exception) -> Response:
    """Answer a domain error."""
    assert isinstance(error, errors.ChainruleError)
    return respond(from_domain(error), request)


async def on_http_error(request: Request, error: Exception) -> Response:
    """Answer a status raised by the framework or an endpoint."""
    assert isinstance(error, HTTPException)
    phrase = HTTPStatus(error.status_code).phrase
    detail = None if error.detail in (phrase, "") else str(error.detail)
    headers = dict(error.headers or {})
    if "GET" in headers.get("Allow", "").split(", "):
        headers["Allow"] += ", HEAD"  # what answers GET answers HEAD
    return respond(from_status(error.status_code, detail, tuple(headers.items())), request)


async def on_validation_error(request: Request, error: Exception) -> Response:
    """Answer a request that does not fit its schema."""
    assert isinstance(error, RequestValidationError)
    return respond(from_validation(error), request)
