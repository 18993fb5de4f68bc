"""Torch operations of our own, that neither autograd nor a mode of the program may see."""

from types import TracebackType
from typing import Any

import torch


class unrecorded:  # noqa: N801 # used as a statement: with unrecorded(): ...
    """Run torch operations that record no Node, advance no mode and answer no override of the program."""

    __slots__ = ("_guards",)

    def __init__(self) -> None:
        self._guards: tuple[Any, ...] = ()

    def __enter__(self) -> None:
        """Put the guards up."""
        self._guards = (
            torch._C._DisableTorchDispatch(),
            torch._C._AutoDispatchBelowAutograd(),
            torch._C.DisableTorchFunction(),
        )
        for guard in self._guards:
            guard.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Take them down in the opposite order."""
        for guard in reversed(self._guards):
            guard.__exit__(kind, error, traceback)
