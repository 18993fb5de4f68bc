"""What every endpoint finds at hand: the pipeline and the settings of this server."""

from typing import cast

from starlette.requests import Request

from chainrule.pipeline import Pipeline
from chainrule.sandbox import Pool, RemotePool
from chainrule.settings import Settings
from chainrule.web.http.rate_limits import Buckets


def pipeline_of(request: Request) -> Pipeline:
    """Return the pipeline of the server that got the request."""
    return cast(Pipeline, request.app.state.pipeline)


def settings_of(request: Request) -> Settings:
    """Return the settings of the server that got the request."""
    return cast(Settings, request.app.state.settings)


def drawings_of(request: Request) -> Buckets:
    """Return how many drawings each client has left."""
    return cast(Buckets, request.app.state.drawings)


def executions_of(request: Request) -> Buckets:
    """Return how many programs each client may still have run."""
    return cast(Buckets, request.app.state.executions)


def base_url(request: Request) -> str:
    """Return where this server is reached from outside, without a slash at the end."""
    return settings_of(request).public_url or str(request.base_url).rstrip("/")


def is_confined(request: Request) -> bool:
    """Say whether strangers' programs may be run here; only ``--insecure-local`` serves where they may not."""
    pool = request.app.state.pool
    layers = pool.report() if isinstance(pool, Pool | RemotePool) else []
    return all(layer.active for layer in layers if layer.name == "seccomp")
