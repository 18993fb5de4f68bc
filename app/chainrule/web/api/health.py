"""Is the server there, can it run programs, and how does it fare?"""

import asyncio
from time import monotonic

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from chainrule.errors import SandboxError
from chainrule.protocol.program import Program
from chainrule.sandbox import RemotePool
from chainrule.web.api.documents import problem_responses
from chainrule.web.http.metrics import MEDIA_TYPE
from chainrule.words.numbers import say_number

router = APIRouter(tags=["service"], responses=problem_responses(421))

PROBE = Program("x * 2", inputs={"x": 3.0})
PROBE_VALUE = 6.0
PROBE_SECONDS = 2.0
"""How long a good answer is believed [s]."""
PATIENCE_SECONDS = 4.0
"""How long an answer is waited for: whoever asks does not wait much longer [s]."""


class Health(BaseModel):
    """The server answers."""

    status: str = "ok"


@router.get("/healthz", summary="Does the server answer?")
async def healthz() -> Health:
    """Answer that the server serves; nothing is executed."""
    return Health()


@router.get("/readyz", summary="Can the server run programs?", responses=problem_responses(503))
async def readyz(request: Request) -> Health:
    """Run a small program in the sandbox and look at its value, at most every other second."""
    state = request.app.state
    if monotonic() - state.probed_at < PROBE_SECONDS:
        return Health()
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            answer = await state.pool.execute(PROBE)
    except TimeoutError:
        away = state.pool.away if isinstance(state.pool, RemotePool) else None
        raise SandboxError(
            away or f"A small program did not come back within {say_number(PATIENCE_SECONDS)} s"
        ) from None
    root = next((one for one in answer.graph.roots), None)
    values = [
        output.value.values
        for node in answer.graph.nodes
        if root is not None and node.id == root.node
        for output in node.outputs
        if output.value is not None
    ]
    if values != [PROBE_VALUE]:
        raise SandboxError("A small program in the sandbox did not give its value")
    state.probed_at = monotonic()
    return Health()


@router.get(
    "/metrics",
    summary="Counts and times for Prometheus",
    response_class=Response,
    responses={200: {"description": "The text format", "content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics(request: Request) -> Response:
    """Answer counts and times in the text format of Prometheus."""
    return Response(request.app.state.metrics.text(), headers={"Content-Type": MEDIA_TYPE})
