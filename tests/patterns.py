"""Every regular expression of the package, met with its worst texts; run as a program with little processor time.

A text is worst where a repeat goes on for as long as it can and what has to follow does not come.
"""

import ast
import itertools
import re
import resource
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import chainrule

PACKAGE = Path(chainrule.__file__).parent
CHARACTERS = 64_000
SECONDS = 40
"""Of processor for all; a single pattern that goes back over a text of this length takes longer."""
OF_PYTORCH = {"tape/derivatives.py"}
"""Modules whose patterns read PyTorch's own files."""
METHODS = frozenset("search match fullmatch sub split finditer findall".split())
SAMPLES = {
    "CATEGORY_WORD": "a1_",
    "CATEGORY_DIGIT": "1",
    "CATEGORY_SPACE": " \n",
    "CATEGORY_NOT_SPACE": "a(",
    "CATEGORY_NOT_WORD": " (",
    "CATEGORY_NOT_DIGIT": "a ",
}


@dataclass(frozen=True)
class Pattern:
    """A regular expression as it stands in the source, how it is used, and how long a text it gets."""

    place: str
    text: str | bytes
    flags: int
    method: str
    characters: int = CHARACTERS


def patterns() -> Iterator[Pattern]:
    """Find all that are written in the sources."""
    for path in sorted(PACKAGE.rglob("*.py")):
        module = str(path.relative_to(PACKAGE))
        if module in OF_PYTORCH:
            continue
        tree = ast.parse(path.read_text())
        named: dict[str, list[ast.Call]] = {}
        for node in ast.walk(tree):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    named |= {name: found} if (found := list(_compiled(value))) else {}
        used = set()
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr=method), args=[text, *_]) if (
                    method in METHODS
                ):
                    yield Pattern(f"{module}:{node.lineno}", _constant(text), 0, method)
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) if (
                    name in named and method in METHODS
                ):
                    used.add((name, method))
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name)), args=[_, ast.Name()]) if name in named:
                    used.add((name, "match"))
        used |= {(name, "fullmatch") for name in named.keys() - {name for name, _ in used}}
        for name, method in sorted(used):
            for call in named[name]:
                yield Pattern(f"{module}:{name}", _constant(call.args[0]), 0, method)


def rules() -> Iterator[Pattern]:
    """Find those of the diagnoses, which look at the beginning of what an exception says."""
    from chainrule.diagnose.exceptions.context import WORDS
    from chainrule.diagnose.exceptions.explain import RULES

    for number, rule in enumerate(RULES):
        yield Pattern(f"rule {number} {rule.slug}", rule.pattern.pattern, re.DOTALL, "search", WORDS)


def _compiled(value: ast.expr) -> Iterator[ast.Call]:
    for node in ast.walk(value):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr="compile")):
                yield node


def _constant(node: ast.expr) -> Any:
    return eval(compile(ast.Expression(node), "<pattern>", "eval"), {"range": range})


def worst_texts(pattern: Pattern) -> Iterator[str]:
    """Yield texts that each repeat of a pattern takes for as long as it can, with an end that fits nothing."""
    source = pattern.text.decode() if isinstance(pattern.text, bytes) else pattern.text
    parsed = list(re._parser.parse(source, pattern.flags))  # type: ignore[attr-defined]
    whole = _sample(parsed)
    for prefix, unit in _repeats(parsed, ""):
        for body in {unit, unit[:1], *unit} - {""}:
            for end in ("\x00", "!", " ", "a", "\n!"):
                yield prefix + body * (pattern.characters // len(body)) + end
    for unit in (whole, whole[:-1], whole[: len(whole) // 2], whole[:1]):
        if unit:
            yield unit * (pattern.characters // len(unit)) + "\x00"
    for character in " a1_(\"'\\.":
        yield character * pattern.characters + "\x00"


def _repeats(parts: list[Any], before: str) -> Iterator[tuple[str, str]]:
    for place, (op, argument) in enumerate(parts):
        prefix = before + _sample(parts[:place])
        name = str(op)
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            yield prefix, _sample(list(argument[2]))
            yield from _repeats(list(argument[2]), prefix)
        elif name == "SUBPATTERN":
            yield from _repeats(list(argument[3]), prefix)
        elif name == "BRANCH":
            for branch in argument[1]:
                yield from _repeats(list(branch), prefix)


def _sample(parts: list[Any]) -> str:
    """Return a text that parts of a pattern take."""
    found = ""
    for op, argument in parts:
        match str(op):
            case "LITERAL":
                found += chr(argument)
            case "NOT_LITERAL":
                found += "a" if argument != ord("a") else "b"
            case "ANY":
                found += "a"
            case "IN":
                found += _of_class(argument)
            case "SUBPATTERN":
                found += _sample(list(argument[3]))
            case "BRANCH":
                found += _sample(list(argument[1][0]))
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                found += _sample(list(argument[2])) * max(1, argument[0])
            case _:
                pass
    return found


def _of_class(items: list[Any]) -> str:
    if str(items[0][0]) == "NEGATE":
        return next(one for one in "a1 ~" if not any(_takes(item, one) for item in items[1:]))
    for op, argument in items:
        match str(op):
            case "LITERAL":
                return chr(argument)
            case "RANGE":
                return chr(argument[0])
            case "CATEGORY":
                return SAMPLES[str(argument)][0]
    raise AssertionError(items)


def _takes(item: tuple[Any, Any], character: str) -> bool:
    op, argument = item
    match str(op):
        case "LITERAL":
            return bool(ord(character) == argument)
        case "RANGE":
            return bool(argument[0] <= ord(character) <= argument[1])
        case "CATEGORY":
            return character in SAMPLES[str(argument)]
    return False


def main() -> None:
    """Meet each with its texts; the last line says where the time ran out, if it did."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    count = 0
    for pattern in itertools.chain(patterns(), rules()):
        print(pattern.place, pattern.method, repr(pattern.text)[:80], flush=True)
        compiled = re.compile(pattern.text, pattern.flags)
        for text in worst_texts(pattern):
            given: Any = text.encode() if isinstance(pattern.text, bytes) else text
            if pattern.method == "sub":
                compiled.sub(type(given)(), given)
            elif pattern.method == "finditer":
                for _ in compiled.finditer(given):
                    pass
            else:
                getattr(compiled, pattern.method)(given)
        count += 1
    print(f"all {count}")


if __name__ == "__main__":
    main()
