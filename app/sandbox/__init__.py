"""The pool of confined children, seen from the web process: the only package that starts processes."""

from app.sandbox.late import LatePool
from app.sandbox.pool import Pool
from app.sandbox.remote import RemotePool
from app.settings import Settings

__all__ = ["LatePool", "Pool", "RemotePool", "make_pool"]


def make_pool(settings: Settings) -> Pool | RemotePool:
    """Return what runs programs: children of this process, or a worker where the settings name its socket."""
    return RemotePool(settings) if settings.worker_socket else Pool(settings)
