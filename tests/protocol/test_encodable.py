"""Texts that no encoding has come through as what Python writes for them."""

from chainrule.graph.model import Graph, Variable
from chainrule.protocol.encodable import SHORT, encodable
from chainrule.protocol.messages import ExecutionAnswer, Problem


def test_lone_surrogates_are_told_wherever_they_stand() -> None:
    variable = Variable(name="\udc80", type="\ud800", text="é", node=None, output_nr=0, tensor=None)
    answer = ExecutionAnswer(
        graph=Graph(variables=[variable]), problems=[Problem.of("exception", "\ud800!", message="a\udfffb")]
    )
    told = encodable(answer)
    assert told.graph.variables[0].name == r"\udc80"
    assert told.graph.variables[0].type == r"\ud800"
    assert told.graph.variables[0].text == "é"
    assert (told.problems[0].detail, told.problems[0].message) == (r"\ud800!", r"a\udfffb")
    told.model_dump_json().encode()


def test_what_has_none_is_the_same_object() -> None:
    answer = ExecutionAnswer(problems=[Problem.of("exception", "plain")])
    assert encodable(answer) is answer


def test_a_long_text_does_not_grow() -> None:
    assert len(encodable("\ud800" * 70_000)) == 70_000
    assert encodable("\ud800" * 100) == r"\ud800" * 100
    assert len(encodable("\ud800" * 1_000)) == SHORT
