"""`create_app`: the server, put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from chainrule.assets import STATIC
from chainrule.cache import ByteCache
from chainrule.errors import ChainruleError
from chainrule.layout import make_engine
from chainrule.pipeline import Executor, Pipeline
from chainrule.sandbox import Pool, RemotePool, make_pool
from chainrule.settings import Settings
from chainrule.version import __version__
from chainrule.web import problems
from chainrule.web.api import batch, catalogue, closed_form, graphs, health, openapi, render
from chainrule.web.http.answer_cache import AnswerCache
from chainrule.web.http.compression import PackedAnswers
from chainrule.web.http.execution_log import ExecutionLog
from chainrule.web.http.headers import ResponseHeaders
from chainrule.web.http.held_memory import HeldMemory
from chainrule.web.http.metrics import Metrics
from chainrule.web.http.rate_limits import Buckets
from chainrule.web.http.request_limits import RequestLimits
from chainrule.web.page import problem_pages, routes
from chainrule.web.pictures import embed, pictures

EXECUTIONS_FOR_EACH_SECOND = 10
"""Checking, drawing and explaining take that much less than a second for each program, unless somebody is at it."""
FEWEST_SECONDS = 30
DRAWINGS_FOR_EACH_EXECUTION = 10
"""A client may have this many more pictures drawn than programs run: one program is looked at in many ways."""


def seconds_for_each(settings: Settings) -> int:
    """Return how much of its own processor time a server spends on one client in a minute [s]; 0 for any."""
    return max(FEWEST_SECONDS, settings.rate_limit // EXECUTIONS_FOR_EACH_SECOND) if settings.rate_limit else 0


class StartedExecutor(Executor, Protocol):
    """An executor that starts and stops with the server."""

    async def start(self) -> None:
        """Make it ready."""

    async def stop(self) -> None:
        """End everything that it started."""


def create_app(settings: Settings | None = None, pool: StartedExecutor | None = None) -> FastAPI:
    """Return the server as an ASGI application; what runs programs starts and stops with its lifespan.

    Args:
        settings: what the operator set; None reads the environment.
        pool: what runs programs; None for the sandbox.

    Raises:
        ValueError: a setting in the environment cannot be used.
    """
    settings = settings or Settings.from_environment()
    executor = pool or make_pool(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await executor.start()
        try:
            yield
        finally:
            await executor.stop()

    app = FastAPI(
        title="Chainrule",
        version=__version__,
        summary="See the autograd graph that PyTorch built, with values and gradients on every node.",
        license_info={"name": "MIT", "identifier": "MIT"},
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        exception_handlers={
            ChainruleError: problems.on_domain_error,
            HTTPException: problems.on_http_error,
            RequestValidationError: problems.on_validation_error,
        },
    )
    app.state.settings = settings
    app.state.pool = executor
    metrics = Metrics()
    executions = Buckets(settings.rate_limit)
    drawings = Buckets(settings.rate_limit * DRAWINGS_FOR_EACH_EXECUTION, "draws {} pictures")
    app.state.executions, app.state.drawings = executions, drawings
    app.state.metrics = metrics
    app.state.ready = ByteCache(settings.cache_bytes // 4)
    app.state.probed_at = float("-inf")
    runner: Executor = ExecutionLog(executor) if settings.log_sources else executor
    app.state.pipeline = Pipeline(
        settings,
        runner,
        make_engine(settings, metrics.observe_stage),
        executions.admit,
        drawings.admit,
        Buckets(seconds_for_each(settings), "spends {} s of processor time"),
        metrics.observe_stage,
    )
    held = HeldMemory(settings.held_bytes)
    metrics.watch(app.state.pipeline)
    metrics.watch_held(held)
    if isinstance(executor, Pool | RemotePool):
        metrics.watch_pool(executor.figures)
    for part in (health, graphs, batch, closed_form, render, catalogue, embed, openapi, routes, problem_pages):
        app.include_router(part.router)
    app.include_router(pictures.make_router())
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    openapi.describe(app)
    app.add_middleware(PackedAnswers)
    app.add_middleware(AnswerCache, memory=app.state.ready)
    app.add_middleware(RequestLimits, settings=settings, held=held)
    app.add_middleware(ResponseHeaders, metrics=metrics)
    return app
