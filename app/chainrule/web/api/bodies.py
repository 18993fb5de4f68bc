"""Bodies of requests, read in a thread, in time that counts against whoever sent them."""

from typing import TypeVar
from urllib.parse import parse_qsl

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request

from chainrule.web.api.schemas import Body, read_body
from chainrule.web.state import executions_of, pipeline_of
from chainrule.words.numbers import say_count

Model = TypeVar("Model", bound=Body)

MOST_PROGRAM_BYTES = 2_000_000
"""Longest body with one program: its source with escapes, and all the numbers that its inputs may have [bytes]."""
MOST_FIELDS = 1_000
"""Fields of a form."""


def media_type_of(request: Request) -> str:
    """Return the media type of a request's body, without parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def read_json(request: Request, model: type[Model], most_bytes: int | None = MOST_PROGRAM_BYTES) -> Model:
    """Read a body as JSON; one that is refused counts as a program.

    Args:
        request: the request.
        model: what it is to hold.
        most_bytes: its longest length; None where the server's own limit is the only one.

    Raises:
        HTTPException: it is no JSON, too long, or has too many parts.
        RequestValidationError: it does not fit the schema.
        RateLimitedError: this client has sent too much that was refused.
    """
    if media_type_of(request) != "application/json":
        raise HTTPException(415, "Send application/json", headers={"Accept": "application/json"})
    content = await _content(request, most_bytes)
    try:
        return await pipeline_of(request).in_thread(lambda: read_body(model, content), brief=True)
    except (RequestValidationError, HTTPException):
        executions_of(request).admit()
        raise


async def read_text(request: Request) -> str:
    """Read a body as text.

    Raises:
        HTTPException: it is not UTF-8, or too long.
    """
    try:
        return (await _content(request, MOST_PROGRAM_BYTES)).decode("utf-8")
    except UnicodeDecodeError as error:
        raise HTTPException(400, f"The program is not UTF-8 (byte {error.start})") from None


async def read_form(request: Request) -> dict[str, str]:
    """Read a body as a form.

    Raises:
        HTTPException: it is no form, not UTF-8, too long, or has too many fields.
    """
    if media_type_of(request) != "application/x-www-form-urlencoded":
        kind = "application/x-www-form-urlencoded"
        raise HTTPException(415, f"Send the form as {kind}", headers={"Accept": kind})
    content = await _content(request, MOST_PROGRAM_BYTES)

    def fields() -> dict[str, str]:
        try:
            pairs = parse_qsl(content.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
        except UnicodeDecodeError:
            raise HTTPException(400, "The form is not UTF-8") from None
        except ValueError:
            raise HTTPException(413, f"The form has more than {say_count(MOST_FIELDS)} fields") from None
        return dict(pairs)

    return await pipeline_of(request).in_thread(fields, brief=True)


async def _content(request: Request, most_bytes: int | None) -> bytes:
    content = await request.body()
    if most_bytes is not None and len(content) > most_bytes:
        raise HTTPException(413, f"A body with one program has at most {say_count(most_bytes)} bytes")
    return content
