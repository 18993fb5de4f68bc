"""The edits that let a program's own leaves require a gradient, or not."""

import ast
from collections.abc import Iterable, Mapping

import torch

from chainrule.diagnose.source import SourceText, called
from chainrule.protocol.messages import Fix
from chainrule.tape.record.modules import named_members
from chainrule.words.saying import listed, say

MAKERS = frozenset("tensor randn rand ones zeros full linspace arange eye ones_like zeros_like".split())
"""Functions that make a leaf and take ``requires_grad``."""
TOLD = 3
"""Edits, and names in one, at most."""


def let_require(text: SourceText, names: Mapping[str, object], line: int | None) -> list[Fix]:
    """Edits that make the program's leaves require a gradient.

    Args:
        text: of the program.
        names: its variables.
        line: up to which they are looked for; None for all of it.
    """
    fixes = []
    for name, value in names.items():
        if not isinstance(value, torch.Tensor):
            continue
        if value.requires_grad or not value.is_floating_point():
            continue
        for statement in text.bindings(name, line)[:1]:
            maker = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
            if isinstance(maker, ast.Call) and called(maker) in MAKERS and _is_silent(maker):
                title = say("Let {name} require a gradient", name=name)
                fixes.append(text.argument(title, maker, "requires_grad=True"))
    return fixes[:TOLD]


def requiring_names(names: Mapping[str, object]) -> list[str]:
    """Return the tensors and modules among some variables that require a gradient, or hold what does."""
    found = []
    for name, value in names.items():
        if isinstance(value, torch.nn.Module):
            held = [one for _, one in named_members(value, name, "_parameters")]
        else:
            held = [value] if isinstance(value, torch.Tensor) else []
        if not name.startswith("_") and any(one.requires_grad for one in held):
            found.append(name)
    return found


def _is_silent(call: ast.Call) -> bool:
    return all(keyword.arg != "requires_grad" for keyword in call.keywords)


def freeze(text: SourceText, lonely: Iterable[str], parameters: Iterable[str]) -> list[Fix]:
    """Return the edit after which nothing asks for the gradients of some leaves.

    Args:
        text: of the program.
        lonely: the leaves, by name or path ("net.0.weight").
        parameters: the paths of all parameters of the program's modules.
    """
    wanted, known = set(lonely), {*lonely, *parameters}
    paths = list(dict.fromkeys(_widest(name, wanted, known) for name in sorted(wanted)))
    made = [text.bindings(path.partition(".")[0]) for path in paths]
    if not paths or len(paths) > TOLD or any(len(found) != 1 or found[0].col_offset for found in made):
        return []
    last = max((found[0] for found in made), key=lambda statement: statement.lineno)
    code = "; ".join(f"{_code(path)}.requires_grad_(False)" for path in paths)
    return [
        text.after(say("Freeze {parameters}, if that is meant", parameters=listed(list(map(_code, paths)))), last, code)
    ]


def _widest(name: str, wanted: set[str], known: set[str]) -> str:
    """Return the outermost module around a parameter of which every parameter is wanted, else the parameter itself."""
    parts = name.split(".")
    for end in range(1, len(parts)):
        path = ".".join(parts[:end])
        if {one for one in known if one.startswith(f"{path}.")} <= wanted:
            return path
    return name


def _code(path: str) -> str:
    """Return a path as the program writes it: "net[0].weight"."""
    first, *rest = path.split(".")
    return first + "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in rest)
