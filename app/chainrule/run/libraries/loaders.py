"""``DataLoader`` without processes of its own: there is one process here, and batches are the same without others."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from torch.utils.data import DataLoader

from chainrule.run.libraries.notices import Notices
from chainrule.words.saying import say

_FOR_WORKERS = ("prefetch_factor", "persistent_workers", "multiprocessing_context", "timeout")
"""Arguments that mean nothing without workers, and that PyTorch refuses then."""


@contextmanager
def loaded_in_one_process(notices: Notices) -> Iterator[None]:
    """Make each loader one without workers, and say so where a program asks for some."""
    original = DataLoader.__init__

    @wraps(original)
    def alone(self: Any, *args: Any, num_workers: int = 0, **kwargs: Any) -> None:
        if len(args) > _WORKERS:
            num_workers, args = args[_WORKERS], (*args[:_WORKERS], 0, *args[_WORKERS + 1 :])
        elif num_workers < 0:
            kwargs["num_workers"] = num_workers  # PyTorch says what is wrong with it
        if num_workers > 0:
            for name in _FOR_WORKERS:
                kwargs.pop(name, None)
            notices.tell("no-workers", _told(num_workers))
        # What is pinned is copied to a GPU faster, and nothing else: without one PyTorch only warns.
        kwargs.pop("pin_memory", None)
        original(self, *args, **kwargs)

    DataLoader.__init__ = alone
    try:
        yield
    finally:
        DataLoader.__init__ = original


_WORKERS = 5
"""Where ``num_workers`` stands among the arguments of a loader."""


def _told(workers: int) -> str:
    return say(
        "num_workers={workers} was taken as 0: programs run in one process here. The batches are the same, made one "
        "after the other; a worker_init_fn is not called.",
        workers=workers,
    )
