"""Lines end where Python ends them, and columns are characters."""

import ast

import pytest
from chainrule.graph.model import Span
from chainrule.graph.source_text import SourceLines, lines_of, unix_lines


@pytest.mark.parametrize(
    "source", ["", "a", "a\n", "a\nb", "a\r\nb\rc\n\n", "s = 'a\u2028b\x0bc\x85d'\n\x0cx = 1\ny = 2"]
)
def test_lines_are_those_of_python(source: str) -> None:
    lines = lines_of(source)
    statements = ast.parse(source).body
    assert [lines[node.lineno - 1].lstrip("\x0c")[:1] for node in statements] == [
        (ast.get_source_segment(source, node) or "")[:1] for node in statements
    ]
    assert len(lines) == len(source.encode().splitlines())


@pytest.mark.parametrize(
    "source",
    ["x = 1", "été = 1\nz = été + 'ü'", "a = ('é',\r\n     'b')\rc = a\r\n", "s = '\u2028é'; t = s", "𝒙 = (1 +\n 2)\n"],
)
def test_the_text_of_a_node_is_what_python_says_it_is(source: str) -> None:
    text = SourceLines(source)
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.expr | ast.stmt)]
    for node in nodes:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        span = text.in_characters(node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)
        assert unix_lines(text.cut(span)) == unix_lines(ast.get_source_segment(source, node) or "")
    assert nodes


def span(line: int, column: int, end_line: int, end_column: int) -> Span:
    return Span(line=line, column=column, end_line=end_line, end_column=end_column)


@pytest.mark.parametrize(
    ("place", "cut", "in_one_line", "short"),
    [
        (span(1, 0, 1, 1), "x", "x", "x"),
        (span(1, 4, 2, 5), "(1 +\n   2)", "(1 + 2)", ""),
        (span(1, 4, 1, 99), "(1 +", "(1 +", "(1 +"),
        (span(7, 0, 7, 3), "", None, ""),
    ],
)
def test_a_place_has_its_text_whole_in_one_line_or_if_it_is_short(
    place: Span, cut: str, in_one_line: str | None, short: str
) -> None:
    text = SourceLines("x = (1 +\n   2)\n")
    assert text.cut(place) == cut
    assert text.short(place) == short
    assert text.one_line(place) == in_one_line


def test_a_span_over_two_lines_is_told_in_one() -> None:
    source = SourceLines("y = f(a,\n      b)\nz = 1\n")
    assert source.one_line(span(1, 4, 2, 8)) == "f(a, b)"
    assert source.one_line(span(9, 0, 9, 1)) is None


def test_what_is_longer_than_a_sentence_holds_is_left_out() -> None:
    text = SourceLines("abcdef")
    assert text.short(span(1, 0, 1, 6), 6) == "abcdef"
    assert text.short(span(1, 0, 1, 6), 5) == ""
    assert text.short(None) == ""


@pytest.mark.parametrize("place", [None, span(0, 0, 1, 1), span(2, 0, 1, 1), span(3, 0, 3, 0)])
def test_a_place_that_the_program_does_not_have_has_no_text(place: Span | None) -> None:
    assert SourceLines("a\nb\n").one_line(place) is None


def test_a_column_in_a_line_that_is_not_there_stays_as_it_is() -> None:
    assert SourceLines("é").column(4, 7) == 7
