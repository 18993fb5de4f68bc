"""The names that the editor completes: all that programs may use, the common ones with what they take and do."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from chainrule.program.policy.allowed import ATTRIBUTES, MODULES
from chainrule.program.policy.names import NAMES

DESCRIBED = Path(__file__).resolve().parent / "completions.txt"
"""One name a line: its dotted path, its signature, and after a bar what it does."""

OWNERS = {
    "torch": "torch",
    "nn": "torch.nn",
    "torch.nn": "torch.nn",
    "F": "torch.nn.functional",
    "torch.nn.functional": "torch.nn.functional",
    "nn.functional": "torch.nn.functional",
    "optim": "torch.optim",
    "torch.optim": "torch.optim",
    "autograd": "torch.autograd",
    "torch.autograd": "torch.autograd",
    "linalg": "torch.linalg",
    "torch.linalg": "torch.linalg",
    "math": "math",
}
"""What may stand before the dot, and the module that it means."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One completion; ``owner`` is what stands before the dot: a module's name, "Tensor" for any value, or None."""

    name: str
    owner: str | None
    signature: str
    text: str


@cache
def described() -> dict[str, tuple[str, str]]:
    """Signature and description of each described name, by its dotted path."""
    found = {}
    for line in DESCRIBED.read_text(encoding="utf-8").splitlines():
        call, _, text = line.partition(" | ")
        path, bracket, arguments = call.partition("(")
        found[path] = (bracket + arguments, text)
    return found


@cache
def entries() -> tuple[Entry, ...]:
    """Return every completion: bare names, names of modules, attributes of values."""
    bare = [_entry(name, None, path) for name, path in NAMES.items()]
    owned = [
        _entry(name, owner, f"{module}.{name}")
        for owner, module in OWNERS.items()
        for name in MODULES.get(module, ())
        if not name.startswith("_")
    ]
    methods = [_entry(name, "Tensor", f"Tensor.{name}") for name in ATTRIBUTES if not name.startswith("_")]
    return tuple(sorted((*bare, *owned, *methods), key=lambda entry: (entry.owner or "", entry.name)))


def _entry(name: str, owner: str | None, path: str) -> Entry:
    signature, text = described().get(path, ("", ""))
    return Entry(name, owner, signature, text)
