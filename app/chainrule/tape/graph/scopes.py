"""The stack of modules and functions that something was made in."""

from functools import lru_cache
from inspect import CO_OPTIMIZED

from chainrule.graph import Scope
from chainrule.graph.construct import make
from chainrule.tape.record.names import BoundNames
from chainrule.tape.record.operations import ModuleCall
from chainrule.tape.where.frames import Place
from chainrule.tape.where.iterations import Iteration

_COMPREHENSIONS = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})
_KIND_CHARACTERS = 200
"""Longest name of a class that is told whole."""


def scopes(place: Place, modules: tuple[ModuleCall, ...], names: BoundNames) -> list[Scope]:
    """Return the modules and functions around a place, outermost first.

    A module's own ``forward`` is not told again beside the module, a comprehension is a loop, and the body of a class
    is no function.
    """
    found: list[Scope] = []
    waiting = list(modules)
    calls = list(place.calls)
    for depth, call in enumerate(calls):
        entered = False
        while waiting and waiting[0].depth <= depth:
            found.append(_of_module(waiting.pop(0), names))
            entered = True
        is_told = call.above is None or (entered and call.code.co_name == "forward")
        is_function = call.code.co_flags & CO_OPTIMIZED and call.code.co_name not in _COMPREHENSIONS
        if is_function and not is_told:
            found.append(_of_function(call.code.co_qualname, call.number))
        found += [_of_loop(iteration) for iteration in place.iterations[depth]]
    return found + [_of_module(module, names) for module in waiting]


def _of_module(call: ModuleCall, names: BoundNames) -> Scope:
    kind = type(call.module).__name__[:_KIND_CHARACTERS]
    path = names.module_path(call.module) or kind
    return make(Scope, kind="module", name=path, type=kind, call=call.number)


def _of_loop(iteration: Iteration) -> Scope:
    return make(Scope, kind="loop", name=iteration.loop.name, type=iteration.loop.kind, call=iteration.number)


@lru_cache(maxsize=4_096)
def _of_function(qualified_name: str, number: int) -> Scope:
    # Each node of a deep recursion stands in all the calls of those before it.
    parts = qualified_name.replace("<locals>.", "").split(".")
    name = ".".join(part for part in parts if part not in _COMPREHENSIONS)
    return make(Scope, kind="function", name=name, type=name, call=number)
