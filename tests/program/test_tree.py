"""The quick walk of a syntax tree is the slow one, without what tells nothing."""

import ast

import pytest
from chainrule.assets import EXAMPLES
from chainrule.errors import Violation
from chainrule.program.source import MAX_DEPTH, Source
from chainrule.program.tree import children_of, depth_of

MARKS = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)
SOURCES = [path.read_text(encoding="utf-8") for path in sorted(EXAMPLES.glob("*.py"))]
SYNTAX = """
import a.b as c
from d import (e, f as g)
@decorated
async def function(p, /, q=1, *args, r: int = 2, **more) -> int:
    global h
    async with c as (x, y), z: pass
    async for x, y in z: await q
    try: raise e from None
    except* ValueError as error: del error
class One(Two, metaclass=Three): word: str = f"{x!r:>{y}}"
match x:
    case {"k": [1, *rest], **others} | One(n=None as m): pass
l = lambda *, s: [s := -t[1:2] ** 2 for t in u if not t < 1 <= 2 for v in w]
"""


@pytest.mark.parametrize("source", [*SOURCES, SYNTAX])
def test_children_are_those_of_ast_without_marks(source: str) -> None:
    for node in ast.walk(ast.parse(source)):
        expected = [child for child in ast.iter_child_nodes(node) if not isinstance(child, MARKS)]
        assert children_of(node) == expected


def test_a_type_alias_has_its_name_beneath_it() -> None:
    alias = ast.parse("x: int").body[0]
    alias._fields = ("name",)  # as ast.TypeAlias of Python 3.12 has it
    alias.name = ast.Name("x", ast.Store())
    assert children_of(alias) == [alias.name]


@pytest.mark.parametrize("source", SOURCES)
def test_depth_is_that_of_the_deepest_node(source: str) -> None:
    def deepest(node: ast.AST) -> int:
        return max((1 + deepest(c) for c in ast.iter_child_nodes(node) if not isinstance(c, MARKS)), default=0)

    tree = ast.parse(source)
    assert depth_of(tree) == deepest(tree)


def test_the_deepest_program_is_as_deep_as_before() -> None:
    # Module, Expr, then the attributes, the name, and its ast.Load, which counts as well.
    longest = "x" + ".a" * (MAX_DEPTH - 3)
    assert isinstance(Source(longest).parse(), ast.Module)
    refused = Source(longest + ".a").parse()
    assert isinstance(refused, Violation)
    assert refused.slug == "too-deep"


@pytest.mark.parametrize("word", ["- ", "not "])
def test_runs_that_are_spread_over_a_text_are_no_run(word: str) -> None:
    assert isinstance(Source("\n".join([f"y = {word}x"] * 100)).parse(), ast.Module)
    refused = Source("y = " + word * 41 + "x").parse()
    assert isinstance(refused, Violation)
    assert refused.slug == "too-deep"
