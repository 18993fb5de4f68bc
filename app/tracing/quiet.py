"""Torch operations of our own, that neither autograd nor a mode of the program may see."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def quiet() -> Iterator[None]:
    """Run torch operations that record no Node, advance no mode and answer no override of the program."""
    with torch._C._DisableTorchDispatch(), torch._C._AutoDispatchBelowAutograd(), torch._C.DisableTorchFunction():
        yield
