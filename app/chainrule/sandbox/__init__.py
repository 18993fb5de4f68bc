"""The pool of confined children, seen from the web process: the only package that starts processes."""

from chainrule.sandbox.lazy import LazyPool
from chainrule.sandbox.pool import Pool
from chainrule.sandbox.remote.client import RemotePool
from chainrule.settings import Settings

__all__ = ["LazyPool", "Pool", "RemotePool", "make_pool"]


def make_pool(settings: Settings) -> Pool | RemotePool:
    """Return what runs programs: children of this process, or a worker where the settings name its socket."""
    return RemotePool(settings) if settings.worker_socket else Pool(settings)
