"""The pool of confined children, seen from the web process: the only package that starts processes."""

from app.sandbox.pool import Pool

__all__ = ["Pool"]
