"""What accepted names lead to: four attributes deep there is no module, no frame and no globals."""

from collections.abc import Iterator
from types import CodeType, FrameType, ModuleType, TracebackType
from typing import Any

import pytest
import torch
from chainrule.program.policy.allowed import ATTRIBUTES, MODULES
from chainrule.program.policy.lookup import READ_DUNDERS, attribute_denial, is_module
from chainrule.run.namespace import resolve

STEPS = 4
INTERNAL = ModuleType | FrameType | CodeType | TracebackType
PLAIN = int | float | str | bytes | bool | None | tuple
EMPTY = {"parts"}
"""Of a transform that is made of no others: an empty list of its own."""


def is_internal(value: object) -> bool:
    return isinstance(value, INTERNAL) or (isinstance(value, dict) and "__builtins__" in value)


def named() -> Iterator[tuple[str, Any]]:
    """Yield what can be named through a module."""
    for module, names in MODULES.items():
        owner = resolve(module)
        for name in names:
            if not is_module(f"{module}.{name}") and hasattr(owner, name):
                yield f"{module}.{name}", getattr(owner, name)


def got(value: object, name: str) -> Any:
    try:
        return getattr(value, name)
    except Exception:  # a property of the library may fail in any way
        return None


def accepted(defined: frozenset[str] = frozenset()) -> list[str]:
    return [name for name in {*ATTRIBUTES, *READ_DUNDERS, *defined} if attribute_denial(name, defined) is None]


@pytest.mark.thorough
@pytest.mark.filterwarnings("ignore")
def test_no_accepted_attribute_is_the_interpreters() -> None:
    names = accepted()
    met: dict[int, object] = {}
    internal: list[str] = []
    containers: list[str] = []
    level = list(named())
    for _ in range(STEPS):
        found = []
        for path, value in level:
            for name in names:
                reached = got(value, name)
                if is_internal(reached):
                    internal.append(f"{path}.{name}")
                elif isinstance(reached, dict | list | set) and name not in EMPTY:
                    containers.append(f"{path}.{name}")
                elif not isinstance(reached, PLAIN) and id(reached) not in met:
                    met[id(reached)] = reached
                    found.append((f"{path}.{name}", reached))
        level = found[:1_500]  # of the rest each is a method of the same few kinds
    assert internal == []
    assert containers == []


@pytest.mark.filterwarnings("ignore")
def test_no_object_holds_a_module_under_a_name_that_a_program_may_define() -> None:
    weights = [torch.nn.Parameter(torch.ones(2))]
    optimizer = torch.optim.SGD(weights, lr=0.1)
    arguments = [
        (),
        (2,),
        (2, 2),
        (weights,),
        (optimizer,),
        (optimizer, lambda epoch: 1.0),
        (torch.ones(2),) * 2,
        ("a",),
    ]
    internal: list[str] = []
    for path, kind in named():
        if not isinstance(kind, type):
            continue
        for given in arguments:
            try:
                made = kind(*given)
                names = dir(made)
            except Exception:  # it takes others
                continue
            allowed = accepted(frozenset(names))
            internal += [f"{path}().{name}" for name in allowed if name in names and is_internal(got(made, name))]
            break
    assert internal == []
