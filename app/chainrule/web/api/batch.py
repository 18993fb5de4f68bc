"""Many programs in one request, each with its own outcome."""

import asyncio
import os
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from chainrule.errors import ChainruleError
from chainrule.protocol.response import GraphAnswer
from chainrule.web import problems
from chainrule.web.answers import answer_json
from chainrule.web.api.bodies import read_json
from chainrule.web.api.documents import problem_responses, reference
from chainrule.web.api.schemas import MOST_BATCH_ITEMS, Body, TraceBody
from chainrule.web.http.caching import NOT_KEPT
from chainrule.web.problems import ProblemDocument, ProblemResponse
from chainrule.web.query import parse
from chainrule.web.state import pipeline_of, settings_of
from chainrule.words.numbers import say_count

router = APIRouter(prefix="/api/v1", tags=["graphs"])

MOST_ANSWER_BYTES = 64_000_000
"""Answers past this size together are refused, each with a problem of its own [bytes]."""


class BatchBody(Body):
    """Programs to be traced, each as for POST /api/v1/graphs."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"items": [{"source": "x ** 2", "inputs": {"x": 3.0}}, {"source": "x.sin()", "seed": 1}]}]
        }
    )

    items: list[TraceBody] = Field(
        min_length=1, max_length=MOST_BATCH_ITEMS, description="The programs; the outcomes come in their order."
    )


class LooseBatchBody(Body):
    """A batch whose items are looked at one by one, so that a bad one spoils no other."""

    items: list[Any] = Field(min_length=1, max_length=MOST_BATCH_ITEMS)


class Outcome(BaseModel):
    """What came of one program: an answer, or a problem."""

    status: int = Field(description="What POST /api/v1/graphs would have answered for it alone.")
    answer: GraphAnswer | None = Field(default=None, description="Where the status is 200.")
    problem: ProblemDocument | None = Field(default=None, description="Where it is another.")


class BatchAnswer(BaseModel):
    """One outcome for each program, in the order of the request."""

    outcomes: list[Outcome]


@router.post(
    "/graphs:batch",
    summary="Trace many programs",
    description=f"Up to {MOST_BATCH_ITEMS} programs; each has its own outcome, as if it had been sent alone.",
    response_model=None,
    responses={
        200: {
            "description": "One outcome for each program",
            "content": {"application/json": {"schema": reference(BatchAnswer)}},
        },
        **problem_responses(400, 408, 413, 415, 421, 422, 500),
    },
    openapi_extra={
        "requestBody": {"required": True, "content": {"application/json": {"schema": reference(BatchBody)}}}
    },
)
async def post_batch(request: Request) -> Response:
    """Execute the programs of the body, a few at a time."""
    parse(request.scope["query_string"]).refuse_all()
    items = (await read_json(request, LooseBatchBody, most_bytes=None)).items
    turns = asyncio.Semaphore(os.cpu_count() or 1)
    size = 0

    async def outcome(item: Any) -> bytes:
        nonlocal size
        async with turns:
            try:
                content = await _answer(request, item)
            except ValidationError as error:
                return _failure(problems.from_validation(error))
            except ChainruleError as error:
                return _failure(problems.from_domain(error))
        size += len(content)
        if size > MOST_ANSWER_BYTES:
            return _failure(
                problems.from_status(
                    413, f"The answers are over {say_count(MOST_ANSWER_BYTES)} bytes together; send fewer"
                )
            )
        return b'{"status":200,"answer":' + content + b"}"

    outcomes = await asyncio.gather(*(outcome(item) for item in items))
    content = b'{"outcomes":[' + b",".join(outcomes) + b"]}"
    return Response(content, media_type="application/json", headers={"Cache-Control": NOT_KEPT})


async def _answer(request: Request, item: Any) -> bytes:
    body = await pipeline_of(request).in_thread(lambda: TraceBody.model_validate(item), brief=True)
    view = body.view().within(settings_of(request).limits)
    _, content = await answer_json(pipeline_of(request), body.program(), view)
    return content


def _failure(problem: ProblemResponse) -> bytes:
    return Outcome(status=problem.status, problem=problem.document()).model_dump_json(exclude_none=True).encode()
