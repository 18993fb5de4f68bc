"""The catalogue of problems has a page's worth for every kind that the project can tell of, and has it alone."""

import ast
from collections.abc import Iterator
from pathlib import Path

import chainrule
import pytest
from chainrule.assets import TEMPLATES
from chainrule.errors import ChainruleError
from chainrule.pipeline import REJECTIONS
from chainrule.problems import BY_STATUS, GROUPS, PROBLEMS, Kind, http
from chainrule.protocol.answers import TRANSIENT_PROBLEMS
from chainrule.protocol.messages import Problem

PACKAGE = Path(chainrule.__file__).parent
CATALOGUE = PACKAGE / "problems"
SOURCES = [path for path in sorted(PACKAGE.rglob("*.py")) if CATALOGUE not in path.parents]
"""All modules but the catalogue's own."""
TEXTS = {path: path.read_text(encoding="utf-8") for path in [*SOURCES, *sorted(TEMPLATES.rglob("*.html"))]}


def _all_errors(kind: type[ChainruleError]) -> Iterator[type[ChainruleError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _all_errors(child)


def _slugs_in(path: Path) -> Iterator[str]:
    """Yield what stands where a slug is expected."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="Problem"), attr="of"), args=[ast.Constant(value=slug), *_]
            ):
                yield slug
            case ast.Call(func=ast.Name(id="rule"), args=[_, ast.Constant(value=slug), _]):
                yield slug
            case ast.Call(func=ast.Attribute(attr="violation"), args=[ast.Constant(value=slug), *_]):
                yield slug
            case ast.Call(func=ast.Name(id="Diagnosis" | "Rejection"), keywords=keywords):
                values = [one.value for one in keywords if one.arg == "slug"]
                yield from (value.value for value in values if isinstance(value, ast.Constant))
            case ast.Assign(targets=[ast.Name(id="slug")], value=ast.Constant(value=slug)):
                yield slug
            case ast.Subscript(value=ast.Name(id="PROBLEMS"), slice=ast.Constant(value=slug)):
                yield slug


def _strings_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_no_slug_and_no_title_is_used_twice() -> None:
    listed = [kind for _, kinds in GROUPS for kind in kinds]
    assert len(listed) == len({kind.slug for kind in listed}) == len({kind.title for kind in listed})


@pytest.mark.parametrize("kind", PROBLEMS.values(), ids=lambda kind: kind.slug)
def test_a_kind_says_in_whole_sentences_what_it_is(kind: Kind) -> None:
    assert kind.slug == kind.slug.lower().replace(" ", "-")
    assert not kind.title.endswith(".")
    for text in (kind.summary, *kind.explanation):
        assert text[0].isupper() or text[0] in "`."
        assert text.rstrip()[-1] in ".:?"
        assert text.count("`") % 2 == 0


def test_every_domain_error_has_a_kind_with_a_status() -> None:
    errors = [error for error in _all_errors(ChainruleError) if error.__module__ == ChainruleError.__module__]
    assert len(errors) > 10
    assert [error for error in errors if not PROBLEMS[error.slug].status] == []


def test_a_status_means_one_kind_and_every_kind_of_http_has_one() -> None:
    assert len(BY_STATUS) == len(http.KINDS)
    assert all(kind.status == status for status, kind in BY_STATUS.items())


def test_a_refused_request_is_an_error() -> None:
    assert {kind.severity for kind in PROBLEMS.values() if kind.status is not None} == {"error"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_slug_that_a_module_names_is_in_the_catalogue(path: Path) -> None:
    assert set(_slugs_in(path)) <= PROBLEMS.keys()


def test_every_kind_of_the_catalogue_is_named_by_a_module_or_is_what_a_status_means() -> None:
    named = {text for path in SOURCES for text in _strings_in(path)}
    reached = set(_strings_in(CATALOGUE / "limits.py"))
    by_status = {kind.slug for kind in http.KINDS}
    assert sorted(PROBLEMS.keys() - named - by_status - reached) == []


def test_what_a_child_refuses_and_what_depends_on_the_machine_has_a_kind() -> None:
    assert TRANSIENT_PROBLEMS | REJECTIONS.keys() <= PROBLEMS.keys()


@pytest.mark.parametrize("kind", PROBLEMS.values(), ids=lambda kind: kind.slug)
def test_a_title_stands_in_the_catalogue_alone(kind: Kind) -> None:
    assert [path for path, text in TEXTS.items() if kind.title in text] == []


def test_a_problem_has_the_title_and_the_severity_of_its_kind() -> None:
    problem = Problem.of("gradient-cancels", "It does.")
    assert (problem.title, problem.severity) == ("The gradient cancels out here", "warning")
    assert Problem.of("gradient-cancels", "It does.", severity="notice").severity == "notice"


def test_a_problem_of_which_no_more_is_known_says_what_the_catalogue_says() -> None:
    assert Problem.of("interrupted").detail == (
        "The sandbox was restarted, or did not answer, while the program ran. "
        "The program is not at fault: run it again."
    )


def test_there_is_no_problem_without_a_kind() -> None:
    with pytest.raises(KeyError):
        Problem.of("no-such-kind", "It is not there.")
