"""What every endpoint finds at hand: the pipeline and the settings of this server."""

from typing import cast

from starlette.requests import Request

from app.pipeline import Pipeline
from app.settings import Settings


def pipeline_of(request: Request) -> Pipeline:
    """Return the pipeline of the server that got the request."""
    return cast(Pipeline, request.app.state.pipeline)


def settings_of(request: Request) -> Settings:
    """Return the settings of the server that got the request."""
    return cast(Settings, request.app.state.settings)


def base_url(request: Request) -> str:
    """Return where this server is reached from outside, without a slash at the end."""
    return settings_of(request).public_url or str(request.base_url).rstrip("/")
