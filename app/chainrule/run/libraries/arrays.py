"""NumPy's arrays, the same in each run: generators take their seed from the request, and nothing is left over."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from types import ModuleType
from typing import Any

import numpy as np
from numpy.random import bit_generator

Array = np.ndarray[Any, Any]


@contextmanager
def same_arrays(seed: int) -> Iterator[None]:
    """Let a program make arrays that depend on it and its seed alone, and put NumPy back afterwards.

    The generator of ``np.random``'s own functions is seeded with the others of the process.

    Args:
        seed: of the request.
    """
    replaced: list[tuple[ModuleType, str, object]] = [
        # What default_rng(), RandomState() and their like start from without a seed: the system's randomness.
        (bit_generator, "randbits", random.Random(seed).getrandbits),
        (np, "empty", _filled(np.empty)),
        (np, "empty_like", _filled(np.empty_like)),
    ]
    before = [(module, name, getattr(module, name)) for module, name, _ in replaced]
    with np.printoptions(), np.errstate():
        try:
            for module, name, value in replaced:
                setattr(module, name, value)
            yield
        finally:
            for module, name, value in before:
                setattr(module, name, value)


def _filled(make: Callable[..., Array]) -> Callable[..., Array]:
    @wraps(make)
    def filled(*args: Any, **kwargs: Any) -> Array:
        made = make(*args, **kwargs)
        # As torch.empty is, see `chainrule.run.environment`.
        if made.dtype.kind in "fc":
            made.fill(np.nan)
        elif made.dtype.kind in "iu":
            made.fill(np.iinfo(made.dtype).max)
        elif not made.dtype.hasobject:
            made[...] = np.zeros((), made.dtype)
        return made

    return filled
