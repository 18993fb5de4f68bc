"""`functools`: Python's own, but for what copies attributes that are named while the program runs."""

import functools as real
from collections.abc import Callable
from typing import Any, TypeVar

__all__ = ["cache", "cached_property", "cmp_to_key", "lru_cache", "partial", "partialmethod", "reduce"]
__all__ += ["total_ordering", "update_wrapper", "wraps"]

Wrapper = TypeVar("Wrapper", bound=Callable[..., Any])

KINDS = (real.partial,)
"""Classes of others whose attributes a program may read."""

cache, cached_property, cmp_to_key, lru_cache = real.cache, real.cached_property, real.cmp_to_key, real.lru_cache
partial, partialmethod, reduce, total_ordering = real.partial, real.partialmethod, real.reduce, real.total_ordering


def update_wrapper(wrapper: Wrapper, wrapped: Callable[..., Any]) -> Wrapper:
    """Make a wrapper look like what it wraps."""
    real.update_wrapper(wrapper, wrapped)
    return wrapper


def wraps(wrapped: Callable[..., Any]) -> Callable[[Wrapper], Wrapper]:
    """Return a decorator that makes a wrapper look like what it wraps."""
    return real.partial(update_wrapper, wrapped=wrapped)
