"""Problem details (RFC 9457): the one table from errors to statuses, and the responses made from it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from chainrule import errors

MEDIA_TYPE = "application/problem+json"

STATUSES: dict[type[errors.ChainruleError], int] = {
    errors.RequestError: 400,
    errors.SourceEmptyError: 422,
    errors.SourceTooLongError: 413,
    errors.ProgramRejectedError: 422,
    errors.InputInvalidError: 422,
    errors.RootUnknownError: 422,
    errors.GradientInvalidError: 422,
    errors.ViewInvalidError: 422,
    errors.PayloadInvalidError: 400,
    errors.GraphInvalidError: 422,
    errors.PictureError: 422,
    errors.LayoutDeadlineError: 422,
    errors.ServiceError: 503,
    errors.BusyError: 503,
    errors.TooManyConnectionsError: 503,
    errors.RateLimitedError: 429,
    errors.SandboxError: 503,
    errors.ChainruleError: 500,
}
"""The HTTP status of each domain error; an error without a line of its own has its nearest ancestor's."""


@dataclass(frozen=True, slots=True)
class HttpProblem:
    """What an HTTP status of our own means to the person who meets it."""

    slug: str
    title: str
    explanation: str


HTTP_PROBLEMS: dict[int, HttpProblem] = {
    400: HttpProblem(
        "bad-request", "The request cannot be read", "Something in the request is malformed; the detail says what."
    ),
    404: HttpProblem(
        "not-found", "There is nothing here", "No page, picture or call of the API has this address; /api lists them."
    ),
    405: HttpProblem(
        "method-not-allowed",
        "This address does not take this method",
        "The Allow header of the answer lists the methods that the address takes.",
    ),
    406: HttpProblem(
        "not-acceptable",
        "No answer of the kind asked for",
        "The Accept header names only kinds of answer that this address does not give.",
    ),
    408: HttpProblem(
        "request-timeout", "The request took too long to arrive", "The whole body must arrive within the time limit."
    ),
    413: HttpProblem(
        "body-too-large", "The request is too large", "The body is over the size limit; /api/v1/limits lists it."
    ),
    414: HttpProblem(
        "url-too-long", "The address is too long", "Send a long program with POST /api/v1/graphs, as the body."
    ),
    415: HttpProblem(
        "unsupported-media-type",
        "The body is of an unknown kind",
        "Send application/json, or text/x-python with the program alone; /api describes both.",
    ),
    421: HttpProblem(
        "wrong-host",
        "This server does not answer under that name",
        "The Host header names a host that this server was not told to answer for; its operator sets "
        "CHAINRULE_ALLOWED_HOSTS.",
    ),
    422: HttpProblem(
        "request-invalid", "The request does not fit its schema", "Each violation names a field and what it must be."
    ),
    431: HttpProblem(
        "head-too-large", "The head of the request is too large", "The address and headers together are over the limit."
    ),
    500: HttpProblem(
        "internal", "Something went wrong here", "This is a fault of the server; the request id helps to find it."
    ),
    501: HttpProblem("not-implemented", "This server does not do that", "The detail says what it does instead."),
}


class SourceViolation(BaseModel):
    """One place in the program that keeps it from being run: lines from 1, columns from 0."""

    slug: str
    message: str
    line: int
    column: int
    end_line: int
    end_column: int
    suggestion: str | None = None


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
                    "title": "The program was not run",
                    "status": 422,
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

    status: int
    slug: str
    title: str
    detail: str
    violations: tuple[SourceViolation | FieldViolation, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()

    def document(self, path: str | None = None, request_id: str | None = None) -> ProblemDocument:
        """Return the problem as RFC 9457 has it."""
        return ProblemDocument(
            type=f"/problems/{self.slug}",
            title=self.title,
            status=self.status,
            detail=self.detail,
            instance=path,
            request_id=request_id,
            violations=list(self.violations) or None,
        )


def status_of(error: errors.ChainruleError) -> int:
    """Return the HTTP status of a domain error."""
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def from_domain(error: errors.ChainruleError) -> ProblemResponse:
    """Return the problem that a domain error is."""
    violations: tuple[SourceViolation, ...] = ()
    if isinstance(error, errors.ProgramRejectedError):
        violations = tuple(SourceViolation(**asdict(violation)) for violation in error.violations)
    headers: tuple[tuple[str, str], ...] = ()
    if isinstance(error, errors.BusyError | errors.RateLimitedError):
        headers = (("Retry-After", str(max(1, error.retry_after_seconds))),)
    return ProblemResponse(status_of(error), error.slug, error.title, str(error) or error.title, violations, headers)


def from_status(status: int, detail: str | None = None, headers: Sequence[tuple[str, str]] = ()) -> ProblemResponse:
    """Return the problem that an HTTP status of our own is."""
    known = HTTP_PROBLEMS.get(status)
    if known is None:
        phrase = HTTPStatus(status).phrase
        known = HttpProblem(f"http-{status}", phrase, phrase)
    return ProblemResponse(status, known.slug, known.title, detail or known.explanation, (), tuple(headers))


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
    problem = from_status(422, detail)
    return ProblemResponse(422, problem.slug, problem.title, problem.detail, violations)


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
