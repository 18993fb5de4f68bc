"""The program as one value, from a request's body to the child."""

from dataclasses import fields

import pytest
from chainrule.graph.model import Complex
from chainrule.limits import Limits
from chainrule.program import check
from chainrule.protocol.program import Program
from chainrule.web.api.schemas import TraceBody


@pytest.mark.parametrize("sent", ["x = 1\r\ny = x\r\n", "x = 1\ry = x\r", "\ufeffx = 1\ny = x\n", "x = 1\ny = x\n"])
def test_line_ends_are_those_of_python_whatever_is_sent(sent: str) -> None:
    assert Program(sent).source == "x = 1\ny = x\n"


def test_it_comes_out_of_the_pipe_as_it_went_in() -> None:
    program = Program(
        "x * y",
        {"x": [1.0, "nan"], "y": Complex(re=1.0, im=-2.0)},
        7,
        root="z",
        gradient=[[1.0], [2.0]],
        question="check",
    )
    assert Program.decode(program.encode()) == program
    assert Program.decode(Program("x", gradient="none").encode()).gradient == "none"


@pytest.mark.parametrize("content", [b"", b"3", b"{}", b'{"source": 1}', b'{"source": "x", "speed": 1}'])
def test_nothing_else_comes_out_of_the_pipe(content: bytes) -> None:
    with pytest.raises(ValueError, match="Program"):
        Program.decode(content)


def test_json_has_what_was_asked_for_alone() -> None:
    assert Program("x * 2").as_json() == {"source": "x * 2"}
    assert Program("x", {"x": 0.0}, gradient=0.0).as_json() == {"source": "x", "inputs": {"x": 0.0}, "gradient": 0.0}


def test_the_body_of_a_request_has_the_same_fields_with_the_same_defaults() -> None:
    body = TraceBody(source="x")
    of_the_run = [field.name for field in fields(Program) if field.name != "question"]
    assert list(TraceBody.model_fields)[: len(of_the_run)] == of_the_run
    assert body.program() == Program("x")


def test_a_checked_program_says_what_the_child_is_to_run() -> None:
    asked = Program("x * w", {"x": 2}, 3, root="x", gradient=[1, 2], question="check")
    expected = Program("x * w", {"w": 1.0, "x": 2.0}, 3, root="x", gradient=[1.0, 2.0], question="check")
    assert check(asked, Limits()).program == expected
    assert check(Program("x", gradient="none"), Limits()).program.gradient == "none"
