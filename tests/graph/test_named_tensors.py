"""Tensors have names that a person can read, each once, whatever the program calls its own."""

import pytest
from chainrule.graph.index import GraphIndex
from chainrule.graph.named_tensors import named_tensors
from chainrule.limits import Limits
from chainrule.protocol.program import Program
from chainrule.run.execute import execute

from tests.program.idioms import IDIOMS

PATIENT = Limits(wall_seconds=100, cpu_seconds=100, answer_seconds=100)


def names(source: str, what: str = "value") -> list[str]:
    graph = execute(Program(source), PATIENT).graph
    return [one.name for one in named_tensors(graph) if one.what == what]


def test_a_name_is_what_the_program_calls_it() -> None:
    source = "x = torch.tensor([1.0, 2.0], requires_grad=True)\ny = x.exp()\ny.sum().backward()"
    assert names(source) == ["value/x", "value/y", "value/SumBackward0@n2"]
    assert names(source, "gradient") == ["gradient/1/x", "gradient/1/y", "gradient/1/SumBackward0@n2"]
    assert names(source, "grad") == ["grad/1/x"]
    assert names(source, "saved") == ["saved/y/result"]


def test_parameters_are_called_by_their_paths() -> None:
    source = "net = nn.Sequential(nn.Linear(2, 1), nn.Tanh())\nnet(torch.ones(1, 2)).sum().backward()"
    assert {"value/net.0.weight", "value/net.0.bias"} <= set(names(source))


def test_the_plain_name_is_that_of_the_variable_at_the_end() -> None:
    source = "x = torch.tensor(1.0, requires_grad=True)\nfor _ in range(2):\n    x = x.sin()\nx.backward()"
    assert names(source) == ["value/x@n0", "value/x@n1", "value/x"]


def test_each_pass_has_its_gradients() -> None:
    source = "x = torch.tensor(3.0, requires_grad=True)\ny = x * x\ny.backward(retain_graph=True)\ny.backward()"
    assert names(source, "gradient") == ["gradient/1/x", "gradient/2/x", "gradient/1/y", "gradient/2/y"]
    assert names(source, "grad") == ["grad/1/x", "grad/2/x"]


def test_outputs_of_one_node_have_names_of_their_own() -> None:
    source = "x = torch.ones(3, requires_grad=True)\na, b, _ = x.unbind()\n(a * b).backward()"
    assert names(source)[:4] == ["value/x", "value/a", "value/b", "value/_"]
    unnamed = source.replace("a, b, _ = x.unbind()\n(a * b)", "(x.unbind()[1] * x[0])")
    assert {"value/UnbindBackward0@n1", "value/UnbindBackward0@n1[1]"} <= set(names(unnamed))


def test_what_a_change_in_place_overwrote_has_a_name() -> None:
    source = "x = torch.ones(2, requires_grad=True)\ny = x * 2\ny.add_(1)\ny.sum().backward()"
    assert "before/y" in names(source, "before")


@pytest.mark.parametrize("idiom", sorted(IDIOMS))
def test_each_name_is_there_once_and_tells_its_place(idiom: str) -> None:
    graph = execute(Program(IDIOMS[idiom]), PATIENT).graph
    found = list(named_tensors(graph))
    assert len({one.name for one in found}) == len(found)
    index = GraphIndex(graph)
    for one in found:
        assert not one.name.startswith("__")
        if one.what == "value":
            assert one.output_nr is not None
            assert index.value(one.node, one.output_nr) is one.tensor
        if one.what == "gradient":
            assert one.output_nr is not None
            assert index.gradient(one.node, one.output_nr, one.pass_index) is one.tensor
    again = execute(Program(IDIOMS[idiom]), PATIENT).graph
    assert [one.name for one in named_tensors(again)] == [one.name for one in found]
