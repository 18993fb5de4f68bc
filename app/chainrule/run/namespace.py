"""The namespace that a program finds: torch, nn, F, np, math and the common functions by their bare names."""

import builtins
import importlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import Any

from chainrule.program.policy.allowed import MODULES
from chainrule.program.policy.names import BUILTINS, NAMES
from chainrule.run.standins import standins
from chainrule.run.standins.absent import absent, absent_member
from chainrule.run.standins.builtins import FORMATTING, GUARDED, OWN, formatting


@cache
def bindings() -> Mapping[str, Any]:
    """Return what a program finds before its first line, ``__builtins__`` and all."""
    return {
        **{name: resolve(path) for name, path in NAMES.items()},
        "__name__": OWN,
        "__builtins__": {
            **{name: _builtin(name) for name in BUILTINS},
            FORMATTING: formatting,
            "__import__": import_listed,
            "__build_class__": builtins.__build_class__,
            "__debug__": True,
        },
    }


def _builtin(name: str) -> Any:
    return GUARDED[name] if name in GUARDED else getattr(builtins, name)


def import_listed(
    name: str,
    globals: Mapping[str, object] | None = None,  # the names that Python calls it with
    locals: Mapping[str, object] | None = None,
    fromlist: Sequence[str] | None = (),
    level: int = 0,
) -> ModuleType:
    """Import a module that programs may use; the program's ``import`` statements call this.

    Of a module that they may not use nothing is used, as the check has seen to; the program goes on without it.

    Raises:
        ModuleNotFoundError: programs may not use it, and this one has a way to do without.
    """
    # The C code of torch and numpy imports parts of itself with the builtins of the frame that called it: its list of
    # names is a list, that of an import statement is a tuple or None.
    of_itself = isinstance(fromlist, list) and name.split(".")[0] in {"torch", "numpy", "time", "_strptime"}
    if level or (name not in MODULES and not of_itself):
        missing = None if level else absent(name, sys._getframe(1).f_lineno, _listed)
        if missing is None:
            raise ModuleNotFoundError(f"{name} cannot be imported here", name=name)
        return missing
    stand_in = None if of_itself else standins().get(name if fromlist else name.split(".")[0])
    found = __import__(name, globals, locals, fromlist or (), level) if stand_in is None else stand_in
    if of_itself or not fromlist or MODULES[name].issuperset(fromlist) or "*" in fromlist:
        return found
    line, listed = sys._getframe(1).f_lineno, ModuleType(name)
    for member in fromlist:
        value = getattr(found, member) if member in MODULES[name] else absent_member(name, member, line)
        setattr(listed, member, value)
    return listed


def _listed(name: str) -> ModuleType | None:
    return import_listed(name) if name in MODULES else None


def resolve(path: str) -> Any:
    """Return the module, function or class that a dotted path names, a stand-in where there is one.

    Raises:
        ModuleNotFoundError: the first part is no module.
        AttributeError: a later part does not exist.
    """
    head, *rest = path.split(".")
    found: Any = standins().get(head) or importlib.import_module(head)
    for index, name in enumerate(rest, start=1):
        if not hasattr(found, name) and isinstance(found, ModuleType):
            importlib.import_module(".".join([head, *rest[:index]]))
        found = getattr(found, name)
    return found


class ProgramModule(ModuleType):
    """The program's module: its variables are those of a namespace that is already there."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        super().__init__(OWN)
        self._namespace = namespace

    @property
    def __dict__(self) -> dict[str, Any]:  # type: ignore[override]  # read-only here, and nobody sets it
        """Return the program's variables."""
        return self._namespace

    def __getattr__(self, name: str) -> Any:
        """Return a variable of the program."""
        try:
            return self._namespace[name]
        except KeyError:
            raise AttributeError(f"module {OWN!r} has no attribute {name!r}") from None


@contextmanager
def as_main(namespace: dict[str, Any]) -> Iterator[None]:
    """Stand a namespace in the place of the module ``__main__``.

    Dataclasses and typing look a class's module up in ``sys.modules``, so it must be there.
    """
    before = sys.modules[OWN]
    sys.modules[OWN] = ProgramModule(namespace)
    try:
        yield
    finally:
        sys.modules[OWN] = before
