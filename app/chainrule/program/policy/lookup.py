"""What a program may name: an allow-list, with a reason for each denial.

A courtesy to the person and a small surface, not the wall: that is the confined process.
"""

import re
from collections.abc import Iterable

from chainrule.graph.similar import similar
from chainrule.program.policy.allowed import ATTRIBUTES, MODULES
from chainrule.program.policy.denied import (
    DENIED_ATTRIBUTES,
    DENIED_MODULES,
    DENIED_NAMES,
    DENIED_PATHS,
    INTERNALS,
    Denial,
)
from chainrule.program.policy.names import BUILTINS, NAMES
from chainrule.words.saying import say

SAVED = re.compile(r"_saved_[a-z0-9_]+|(weight|bias)_(ih|hh|hr)_l\d+(_reverse)?")
"""What a Node keeps for backward (as PyTorch's own tutorials read it), and numbered weights of recurrent layers."""

READ_DUNDERS = frozenset("__init__ __call__ __name__ __class__ __doc__ __len__ __version__ __post_init__".split())
"""Double-underscore attributes that may be read."""

_OPERATORS = """add sub mul matmul truediv floordiv mod pow and or xor lshift rshift""".split()
DEFINED_DUNDERS = frozenset(
    """__init__ __call__ __repr__ __str__ __len__ __getitem__ __setitem__ __delitem__ __contains__ __iter__ __next__
    __reversed__ __enter__ __exit__ __bool__ __int__ __float__ __index__ __abs__ __neg__ __pos__ __invert__ __round__
    __eq__ __ne__ __lt__ __le__ __gt__ __ge__ __hash__ __post_init__ __slots__ __constants__ __doc__
    __annotations__""".split()
) | {f"__{side}{name}__" for side in ("", "r", "i") for name in _OPERATORS}
"""Double-underscore names that a class may define."""

STORED_PATHS = frozenset(
    """torch.backends.cudnn.deterministic torch.backends.cudnn.benchmark torch.backends.cudnn.enabled
    torch.backends.cudnn.allow_tf32 torch.backends.cuda.matmul.allow_tf32""".split()
)
"""Attributes of modules that may be set."""


DEEPEST = 6
"""Parts of a dotted path that a denial may name."""


def is_dunder(name: str) -> bool:
    """Return whether a name is Python's own, ``__like_this__``."""
    return name.startswith("__") and name.endswith("__")


def is_module(path: str) -> bool:
    """Return whether a dotted path is a module that a program may go through."""
    return path in MODULES


def module_denial(path: str) -> Denial | None:
    """Return why a module cannot be imported; None if it can."""
    if path in MODULES:
        return None
    parts = path.split(".", DEEPEST)
    for end in range(min(len(parts), DEEPEST), 0, -1):
        prefix = ".".join(parts[:end])
        if prefix in DENIED_MODULES:
            return DENIED_MODULES[prefix]
        if prefix in DENIED_PATHS:
            return DENIED_PATHS[prefix]
    return Denial(
        say(
            "only PyTorch, NumPy and parts of Python's own library can be imported here; chainrule view runs a script "
            "with all that is installed on your own machine"
        ),
        among=frozenset(MODULES),
    )


def member_denial(module: str, name: str) -> Denial | None:
    """Return why a name of a module cannot be used; None if it can."""
    if name in MODULES.get(module, ()):
        return None
    path = f"{module}.{name}"
    if path in DENIED_PATHS:
        return DENIED_PATHS[path]
    if path in DENIED_MODULES:
        return DENIED_MODULES[path]
    if name in DENIED_ATTRIBUTES:
        return DENIED_ATTRIBUTES[name]
    if name.startswith("_"):
        return Denial(say("names that begin with an underscore are internals of {module}", module=module.split(".")[0]))
    return Denial(
        say("{module} has no such name that can be used here", module=module), among=MODULES.get(module, frozenset())
    )


def attribute_denial(name: str, defined: frozenset[str]) -> Denial | None:
    """Return why an attribute of some value cannot be used; None if it can.

    Args:
        name: the attribute, after NFKC normalisation as Python does it.
        defined: the attribute names that the program itself defines.
    """
    if name in DENIED_ATTRIBUTES:
        return DENIED_ATTRIBUTES[name]
    if is_dunder(name):
        return None if name in READ_DUNDERS else Denial(INTERNALS)
    if name in ATTRIBUTES or name in defined or SAVED.fullmatch(name):
        return None
    if name.startswith("_"):
        return Denial(
            say("names that begin with an underscore are internals; only those that the program sets can be read")
        )
    return Denial(
        say("no tensor, module or optimizer has this attribute, and the program does not define it"),
        among=ATTRIBUTES | defined,
    )


def field_denial(name: str, defined: frozenset[str]) -> Denial | None:
    """Return why a format string cannot read an attribute; None if it can. It needs none that Python itself has."""
    return Denial(INTERNALS) if is_dunder(name) else attribute_denial(name, defined)


def name_denial(name: str) -> Denial | None:
    """Return why a bare name that the program does not bind cannot be used; None if it can."""
    if name in NAMES or name in BUILTINS or name == "__name__":
        return None
    if name in DENIED_NAMES:
        return DENIED_NAMES[name]
    if is_dunder(name):
        return Denial(INTERNALS)
    return Denial("")


def closest(name: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that a person most likely meant, or None."""
    pool = sorted(candidate for candidate in candidates if abs(len(candidate) - len(name)) <= len(name) // 2 + 1)
    lowered = {candidate.lower(): candidate for candidate in reversed(pool)}
    if name.lower() in lowered and lowered[name.lower()] != name:
        return lowered[name.lower()]
    found = similar(name, pool, cutoff=0.72)
    return found[0] if found else None
