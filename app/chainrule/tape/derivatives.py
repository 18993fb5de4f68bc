"""The derivative of every operator as PyTorch itself states it, read from the torch wheel at run time.

``torchgen/packaged/autograd/derivatives.yaml`` is the file that PyTorch's C++ Nodes are generated from. It is read here
line by line, without ``torchgen`` and without a YAML parser: neither is needed to run torch.

Source: the head of that file, and ``torchgen/packaged/autograd/load_derivatives.py`` for how a Node gets its name.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_NAME = re.compile(r"- name: +(?P<base>\w+)(?:\.\w+)?\((?P<arguments>.*?)\) -> ")
_KEY = re.compile(r"(?P<indent> {2,6})(?P<names>\w+(?:, ?\w+)*): ?(?P<text>.*)")
_LATER_INDENT = 6
"""Spaces before a formula that stands under a dispatch key; more than that continues the formula above."""


@dataclass(slots=True)
class _Entry:
    """One function of the file, while it is read."""

    base: str
    arguments: frozenset[str]
    formulas: dict[str, dict[str, str]] = field(default_factory=dict)
    """By dispatch key, by the names of the arguments."""


@cache
def derivatives() -> Mapping[str, str]:
    """Return every derivative by the name of its Node ("MulBackward0"): a line "argument: formula" for each input.

    Empty where the wheel does not carry the file. It is read once, at the first call: a process that will be
    forbidden to open files calls this before.
    """
    spec = find_spec("torchgen")
    for place in (spec.submodule_search_locations or []) if spec else []:
        path = Path(place, "packaged", "autograd", "derivatives.yaml")
        if path.is_file():
            return read(path.read_text(encoding="utf-8").splitlines())
    return {}


def formula_of(op: str) -> str | None:
    """PyTorch's words for the derivative of a Node, or None for those that are not made from the file."""
    return derivatives().get(op.removesuffix("_copy"))


def read(lines: Iterable[str]) -> dict[str, str]:
    """Read the text of derivatives.yaml."""
    found: dict[str, str] = {}
    seen: Counter[str] = Counter()
    for entry in _entries(lines):
        for key, formulas in entry.formulas.items():
            stated = {
                names: text
                for names, text in ((names, _scalar(text)) for names, text in formulas.items())
                if text != "non_differentiable" and set(names.replace(" ", "").split(",")) <= entry.arguments
            }
            if not stated:
                continue
            prefix = _node_prefix(entry.base) + ("" if key == "Default" else key)
            found[f"{prefix}{seen[prefix]}"] = "\n".join(f"{names}: {text}" for names, text in stated.items())
            seen[prefix] += 1
    return found


def _entries(lines: Iterable[str]) -> Iterator[_Entry]:
    entry: _Entry | None = None
    key, names = "Default", ""
    for line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if head := _NAME.match(line):
            if entry is not None:
                yield entry
            entry = _Entry(head["base"], frozenset(_argument_names(head["arguments"])))
            key, names = "Default", ""
        elif entry is not None:
            given = _KEY.match(line)
            if given is None or len(line) - len(line.lstrip()) > _LATER_INDENT:
                formulas = entry.formulas.get(key, {})
                formulas[names] = f"{formulas.get(names, '')} {line.strip()}"
            elif given["names"] == "dispatch":
                continue
            elif not given["text"]:
                key = given["names"]
            else:
                names = given["names"]
                entry.formulas.setdefault(key, {})[names] = given["text"]
    if entry is not None:
        yield entry


def _scalar(text: str) -> str:
    """Return what a value of the file says, without its quotes or the comment behind it."""
    for quote in "\"'":
        if text.startswith(quote):
            return text[1 : text.rindex(quote)]
    return text.partition(" #")[0].rstrip()


def _argument_names(arguments: str) -> list[str]:
    """Return the names in "Tensor self, Tensor other, *, Scalar alpha=1"."""
    words = (part.partition("=")[0].split() for part in re.split(r",(?![^(\[]*[)\]])", arguments))
    return [part[-1] for part in words if part]


def _node_prefix(base: str) -> str:
    return ("".join(part.title() for part in base.split("_")) + "Backward").replace("ForwardBackward", "Backward")
