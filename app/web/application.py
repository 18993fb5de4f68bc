"""`create_app`: the server, put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from app import __version__
from app.cache import ByteCache
from app.errors import ChainruleError
from app.layout import make_engine
from app.paths import STATIC
from app.pipeline import Executor, Pipeline
from app.sandbox import Pool, RemotePool, make_pool
from app.settings import Settings
from app.web import api, batch, catalogue, embed, health, openapi, pages, pages_kinds, pictures, problems, render
from app.web.clients import Buckets
from app.web.envelope import Envelope
from app.web.gate import Gate
from app.web.journal import Journal
from app.web.metrics import Metrics
from app.web.packing import PackedAnswers
from app.web.recall import Recall

DRAWINGS_FOR_EACH_EXECUTION = 10
"""A client may have this many more pictures drawn than programs run: one program is looked at in many ways."""


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
    app.state.drawings = drawings
    app.state.metrics = metrics
    app.state.ready = ByteCache(settings.cache_bytes // 4)
    app.state.probed_at = float("-inf")
    runner: Executor = Journal(executor) if settings.log_sources else executor
    app.state.pipeline = Pipeline(
        settings,
        runner,
        make_engine(settings, metrics.observe_stage),
        executions.admit,
        drawings.admit,
        metrics.observe_stage,
    )
    metrics.watch(app.state.pipeline)
    if isinstance(executor, Pool | RemotePool):
        metrics.watch_pool(executor.figures)
    for part in (health, api, batch, render, catalogue, pictures, embed, openapi, pages, pages_kinds):
        app.include_router(part.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    openapi.describe(app)
    app.add_middleware(PackedAnswers)
    app.add_middleware(Recall, memory=app.state.ready)
    app.add_middleware(Gate, settings=settings)
    app.add_middleware(Envelope, metrics=metrics)
    return app
