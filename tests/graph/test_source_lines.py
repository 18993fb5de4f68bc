"""Lines end where Python ends them."""

import ast

import pytest
from chainrule.graph.source_lines import lines_of


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
