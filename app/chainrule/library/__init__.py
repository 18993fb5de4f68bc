"""What ``import chainrule`` offers to a program of one's own, without a server."""

from chainrule.library.background import close_shared, shared_engine, shared_pipeline
from chainrule.library.failure import TraceError
from chainrule.library.pictures import GraphPicture, draw, show
from chainrule.library.tracing import trace

__all__ = ["GraphPicture", "TraceError", "close_shared", "draw", "shared_engine", "shared_pipeline", "show", "trace"]
