"""Learning-rate schedulers whose state tells nothing of the interpreter."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from types import FunctionType
from typing import Any

from torch.optim.lr_scheduler import CyclicLR, LambdaLR, MultiplicativeLR

from chainrule.run.standins.builtins import INTERNAL, OWN

_COPYING = (LambdaLR, MultiplicativeLR, CyclicLR)
"""Schedulers that put the attributes of what they call into their state."""
State = dict[str, Any]


@contextmanager
def plain_scheduler_states() -> Iterator[None]:
    """Leave out of their states what is no data of the program.

    They copy the ``__dict__`` of any object that they were given to call, one of the library's as well, and that may
    hold a module.
    """
    before = [(kind, kind.state_dict) for kind in _COPYING]
    for kind, state_dict in before:
        kind.state_dict = _plain(state_dict)
    try:
        yield
    finally:
        for kind, state_dict in before:
            kind.state_dict = state_dict


def _plain(state_dict: Callable[[Any], State]) -> Callable[[Any], State]:
    @wraps(state_dict)
    def plain(self: Any) -> State:
        state = state_dict(self)
        if "lr_lambdas" in state:
            copies = zip(self.lr_lambdas, state["lr_lambdas"], strict=True)
            state["lr_lambdas"] = [_attributes(called, copied) for called, copied in copies]
        if state.get("_scale_fn_custom") is not None:
            state["_scale_fn_custom"] = _attributes(self._scale_fn_custom, state["_scale_fn_custom"])
        return state

    return plain


def _attributes(called: object, copied: Mapping[str, Any] | None) -> State | None:
    if copied is None or isinstance(called, FunctionType):
        return None
    if type(called).__module__ != OWN:
        return {}
    return {name: value for name, value in copied.items() if not isinstance(value, INTERNAL)}
