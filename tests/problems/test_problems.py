"""The catalogue of problems has a page's worth for every kind that the project can tell of."""

import ast
from collections.abc import Iterator
from pathlib import Path

import chainrule
import pytest
from chainrule.errors import ChainruleError
from chainrule.problems import GROUPS, PROBLEMS, Kind, title_of
from chainrule.web.problems import HTTP_PROBLEMS

SOURCES = sorted(Path(chainrule.__file__).parent.rglob("*.py"))


def _all_errors(kind: type[ChainruleError]) -> Iterator[type[ChainruleError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _all_errors(child)


def _slugs_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(
                func=ast.Name(id="Problem"), keywords=[ast.keyword(arg="slug", value=ast.Constant(value=slug)), *_]
            ):
                yield slug
            case ast.Call(func=ast.Name(id="rule"), args=[_, ast.Constant(value=slug), _]):
                yield slug


def test_no_slug_is_used_twice() -> None:
    listed = [kind.slug for _, kinds in GROUPS for kind in kinds]
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("kind", PROBLEMS.values(), ids=lambda kind: kind.slug)
def test_a_kind_says_in_whole_sentences_what_it_is(kind: Kind) -> None:
    assert kind.slug == kind.slug.lower().replace(" ", "-")
    assert not kind.title.endswith(".")
    for text in (kind.summary, *kind.explanation):
        assert text[0].isupper() or text[0] in "`."
        assert text.rstrip()[-1] in ".:?"
        assert text.count("`") % 2 == 0


def test_every_domain_error_of_the_project_has_a_kind() -> None:
    assert {error.slug for error in _all_errors(ChainruleError)} <= PROBLEMS.keys()


def test_every_status_that_the_service_answers_has_a_kind() -> None:
    assert {problem.slug for problem in HTTP_PROBLEMS.values()} <= PROBLEMS.keys()


def test_every_problem_that_the_code_makes_has_a_kind() -> None:
    assert {slug for path in SOURCES for slug in _slugs_in(path) if isinstance(slug, str)} <= PROBLEMS.keys()


def test_an_unknown_kind_has_no_title() -> None:
    assert title_of("no-such-kind") is None
    assert title_of("nan") == PROBLEMS["nan"].title
