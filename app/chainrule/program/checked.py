"""The way in: from a program to a `CheckedProgram`, or to all that is wrong with them."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, replace

from chainrule.errors import InputInvalidError, ProgramRejectedError, SourceEmptyError, SourceTooLongError, Violation
from chainrule.graph import Values
from chainrule.limits import Limits
from chainrule.program.checker import Checker
from chainrule.program.inputs import validate_gradient, validate_inputs
from chainrule.program.misplaced import misplaced
from chainrule.program.notebook import code_of, is_copied
from chainrule.program.policy.lookup import closest, name_denial
from chainrule.program.policy.names import BUILTINS, NAMES
from chainrule.program.scopes import Scopes, find_scopes
from chainrule.program.source import Source
from chainrule.protocol.program import Program


@dataclass(frozen=True)
class CheckedProgram:
    """A program that may be run."""

    program: Program
    """The same with numbers as floats, and each input name with a value, 1.0 where none was given."""
    is_expression: bool
    """One expression (a docstring above it does not count), whose free names are inputs."""
    bound_names: frozenset[str]
    """Every name that the program binds itself."""


def check(program: Program, limits: Limits) -> CheckedProgram:
    """Check a program, its inputs and its cotangent.

    In an expression a name that nothing defines and that is not called is an input; in a program it is one only
    where its ``inputs`` give it.

    Raises:
        SourceEmptyError: there is nothing but blanks and comments.
        SourceTooLongError: the text is over ``limits.source_bytes``.
        ProgramRejectedError: the text does not parse or uses what is not allowed; holds every violation.
        InputInvalidError: an input is no number and no regular list of numbers, or nothing uses it.
        GradientInvalidError: the cotangent is no number and no regular list of numbers.
    """
    source = program.source
    if len(source) > limits.source_bytes or len(source.encode(errors="surrogatepass")) > limits.source_bytes:
        size = len(source.encode(errors="surrogatepass"))
        raise SourceTooLongError(
            f"The program has {size} bytes; {limits.source_bytes} are allowed. "
            "Leave out what the question does not need."
        )
    given = validate_inputs(program.inputs, limits)
    text, tree = _parsed(source)
    body = _without_docstring(tree)
    if not body:
        raise SourceEmptyError("Type an expression such as (2*x**3).sum()/12, or a program.")
    is_expression = len(body) == 1 and isinstance(body[0], ast.Expr)
    scopes = find_scopes(tree)
    names = _free_names(scopes) if is_expression else frozenset()
    for node, words in misplaced(scopes):
        raise ProgramRejectedError((text.violation("syntax-error", words, node),), text.text)
    violations = Checker(text, scopes, names | given.keys()).violations()
    if violations:
        raise ProgramRejectedError(violations, text.text)
    _refuse_unused(given, scopes, names)
    values: dict[str, Values] = {name: given.get(name, 1.0) for name in sorted(names | given.keys())}
    cotangent = program.cotangent
    gradient = program.gradient if cotangent is None else validate_gradient(cotangent, limits)
    return CheckedProgram(
        replace(program, source=text.text, inputs=values, gradient=gradient), is_expression, scopes.bound_names
    )


def _parsed(source: str) -> tuple[Source, ast.Module]:
    """Return a program with its tree: a text that is no Python as the program that was copied with more around it.

    Raises:
        ProgramRejectedError: neither is Python; what is told is the text as it came.
    """
    text = Source(source)
    tree = None if is_copied(source) else text.parse()
    if isinstance(tree, ast.Module):
        return text, tree
    if tree is None or tree.slug == "syntax-error":
        copied = Source(code_of(source))
        found = copied.parse() if copied != text else None
        if isinstance(found, ast.Module):
            return copied, found
    tree = text.parse() if tree is None else tree
    if isinstance(tree, Violation):
        raise ProgramRejectedError((tree,))
    return text, tree


def _without_docstring(tree: ast.Module) -> list[ast.stmt]:
    match tree.body:
        case [ast.Expr(value=ast.Constant(value=str())), *rest]:
            return rest
        case body:
            return list(body)


def _free_names(scopes: Scopes) -> frozenset[str]:
    """Names that nothing defines and that are not called; those with a denial of their own stay denied."""
    called: set[str] = set()
    free: set[str] = set()
    for place in scopes.places:
        node = place.node
        if isinstance(node, ast.Name) and place.scope.lookup(node.id) is None:
            is_called = isinstance(place.parent, ast.Call) and place.parent.func is node
            (called if is_called else free).add(node.id)
    return frozenset(name for name in free - called if (denial := name_denial(name)) is not None and not denial.reason)


def _refuse_unused(given: Mapping[str, Values], scopes: Scopes, free: frozenset[str]) -> None:
    used = {p.node.id for p in scopes.places if isinstance(p.node, ast.Name) and p.scope.lookup(p.node.id) is None}
    for name in given:
        if name in used:
            continue
        if name in scopes.top.bindings:
            raise InputInvalidError(name, f"the program gives {name} a value itself")
        others = sorted(free or used - NAMES.keys() - BUILTINS.keys())
        known = f"; its inputs are {', '.join(others)}" if others else ""
        near = closest(name, others)
        raise InputInvalidError(
            name, f"the program does not use {name}{known}" + (f" (did you mean {near}?)" if near else "")
        )
