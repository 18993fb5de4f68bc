"""Python's own functions that read and set attributes by a name that the program makes, and `str.format`.

The check has read every name that stands in the text; what comes together while a program runs is looked at here, by
the same rules: no internals, no modules, nothing of PyTorch set. A format string names attributes too (``{0.shape}``).
"""

import builtins as real
from collections.abc import Mapping
from types import BuiltinMethodType, CodeType, FrameType, ModuleType, TracebackType
from typing import Any

from chainrule.program.format_strings import FORMATS, attributes_of
from chainrule.program.policy.lookup import attribute_denial, field_denial, is_dunder, member_denial
from chainrule.run.standins.absent import sets_attribute
from chainrule.run.standins.sys import exit

__all__ = ["delattr", "exit", "getattr", "quit", "setattr"]

FORMATTING = "<formatting>"
"""What `formatting` is called in a program's namespace: a name that no program can write."""
INTERNAL = ModuleType | FrameType | CodeType | TracebackType
"""What tells of the interpreter, and is given to no program."""
OWN = "__main__"
"""The module that a program's classes and functions belong to."""
_NONE = object()


quit = exit


def getattr(value: Any, name: str, default: Any = _NONE, /) -> Any:
    """Return an attribute by its name.

    Raises:
        AttributeError: there is none, or it cannot be used here.
    """
    name = _plain(name)
    denial = (
        member_denial(value.__name__, name) if isinstance(value, ModuleType) else attribute_denial(name, _own(name))
    )
    if denial is not None:
        raise AttributeError(f"{name!r} cannot be used: {denial.reason}")
    owner = formatting(value) if name in FORMATS else value
    found = real.getattr(owner, name) if default is _NONE else real.getattr(owner, name, default)
    if isinstance(found, INTERNAL):
        raise AttributeError(f"{name!r} cannot be used: it leads out of the program")
    return found


def setattr(value: Any, name: str, content: Any, /) -> None:
    """Set an attribute by its name.

    Raises:
        AttributeError: it cannot be set.
    """
    real.setattr(value, _changed(value, name), content)


def delattr(value: Any, name: str, /) -> None:
    """Delete an attribute by its name.

    Raises:
        AttributeError: there is none, or it cannot be deleted.
    """
    real.delattr(value, _changed(value, name))


def formatting(value: Any) -> Any:
    """Return what ``.format`` of a value is asked of: of texts, their methods that look at the format string first."""
    if isinstance(value, str) or (isinstance(value, type) and issubclass(value, str)):
        return _Text(value)
    if isinstance(value, super):  # in a method of a class of texts
        found = real.getattr(value, "format", None)
        if isinstance(found, BuiltinMethodType) and isinstance(found.__self__, str):
            return _Text(found.__self__)
        if found is str.format:
            return _Text(str)
    return value


class _Text:
    """The two methods of a text, or of a class of texts, that format."""

    __slots__ = ("_value",)

    def __init__(self, value: str | type[str]) -> None:
        self._value = value

    @property
    def format(self) -> Any:
        """Return ``str.format``, bound as it was."""
        return self._method("format", _format)

    @property
    def format_map(self) -> Any:
        """Return ``str.format_map``, bound as it was."""
        return self._method("format_map", _format_map)

    def _method(self, name: str, looking: Any) -> Any:
        kind = self._value if isinstance(self._value, type) else type(self._value)
        if real.getattr(kind, name) is not real.getattr(str, name):
            return real.getattr(self._value, name)  # the program's class has a method of its own
        return looking if isinstance(self._value, type) else looking.__get__(self._value)


def _format(text: str, /, *values: Any, **named: Any) -> str:
    """Return a text with values in its fields."""
    _look_at_fields(text)
    return str.format(text, *values, **named)


def _format_map(text: str, values: Mapping[str, Any], /) -> str:
    """Return a text with values in its fields."""
    _look_at_fields(text)
    return str.format_map(text, values)


def _look_at_fields(text: str) -> None:
    for name in attributes_of(text):
        denial = field_denial(name, _own(name))
        if denial is not None:
            raise AttributeError(f"{name!r} cannot be used in a format string: {denial.reason}")


def _plain(name: Any) -> str:
    """Return a name as the plain text that it is: a class of texts could compare as another."""
    if not isinstance(name, str):
        raise TypeError(f"attribute name must be string, not {type(name).__name__!r}")
    return str.__str__(name)


def _own(name: str) -> frozenset[str]:
    """Return the name, where a program may have given it to something of its own."""
    return frozenset({name} if not name.startswith("_") or sets_attribute(name) else ())


def _changed(value: Any, name: Any) -> str:
    name = _plain(name)
    if isinstance(value, ModuleType) or (isinstance(value, type) and value.__module__ != OWN):
        raise AttributeError(f"{name!r} cannot be set: it would change PyTorch itself")
    if is_dunder(name) or attribute_denial(name, frozenset({name})) is not None:
        raise AttributeError(f"{name!r} cannot be set: choose another name")
    return name


GUARDED = {"getattr": getattr, "setattr": setattr, "delattr": delattr, "exit": exit, "quit": quit}
"""What a program finds under these names."""
