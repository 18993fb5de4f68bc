"""Which changes in place came after a value was saved."""

import pytest
import torch
from chainrule.graph import Graph
from chainrule.tape import Tape
from chainrule.tape.graph.stale_saves import StaleSaves

FILE = "<late>"
Found = tuple[StaleSaves | None, Graph]


def late(source: str) -> Found:
    tape = Tape(filename=FILE, source=source)
    names: dict[str, object] = {"torch": torch}
    error = None
    with tape:
        try:
            exec(compile(source, FILE, "exec"), names)
        except RuntimeError as raised:
            error = raised
    assert error is not None
    graph = tape.graph(names={name: value for name, value in names.items() if isinstance(value, torch.Tensor)})
    return tape.stale_saves(error), graph


def lines(found: StaleSaves | None) -> list[int]:
    assert found is not None
    return [change.span.line for change in found.changes if change.span is not None]


def test_the_change_is_told_with_the_node_that_needs_the_value_and_the_one_that_made_it() -> None:
    found, graph = late("x = torch.ones(2, requires_grad=True)\ny = x * 2\nz = y * y\ny.mul_(3)\nz.sum().backward()")
    assert found is not None
    nodes = {node.id: node for node in graph.nodes}
    assert found.made is not None
    assert found.needs is not None
    assert found.made_at is not None
    assert (nodes[found.made].span, found.made_at.line) == (found.made_at, 2)
    assert nodes[found.needs].names == ["z"]
    assert lines(found) == [4]


def test_changes_before_the_value_was_saved_are_not_told() -> None:
    source = (
        "x = torch.ones(2, requires_grad=True)\ny = x * 2\ny.add_(1)\nz = y * y\ny.mul_(3)\ny.sub_(1)\n"
        "z.sum().backward()"
    )
    assert lines(late(source)[0]) == [5, 6]


def test_a_change_in_a_loop_is_told_with_its_turn() -> None:
    source = (
        "x = torch.ones(2, requires_grad=True)\ny = x.exp()\nfor i in range(5):\n    if i == 3:\n        y.mul_(2)\n"
        "y.sum().backward()"
    )
    found, _ = late(source)
    assert found is not None
    [change] = found.changes
    assert change.loop is not None
    assert (change.loop.name, change.loop_value) == ("i", 3)


def test_memory_that_another_tensor_had_before_counts_nothing() -> None:
    source = (
        "x = torch.ones(2, requires_grad=True)\nfor i in range(5):\n    y = x.exp()\n    y.add_(1)\n    del y\n"
        "y = x.exp()\nz = y.sum()\ny.mul_(2)\nz.backward()"
    )
    assert lines(late(source)[0]) == [8]


def test_a_step_of_an_optimizer_is_the_line_that_asked_for_it() -> None:
    source = (
        "w = torch.ones(2, requires_grad=True)\no = torch.optim.Adam([w])\nl = (w*w).sum()\n"
        "l.backward(retain_graph=True)\no.step()\nl.backward()"
    )
    assert lines(late(source)[0]) == [5]


@pytest.mark.parametrize(
    "source",
    [
        "x = torch.ones(2, requires_grad=True)\ny = (x*x).sum()\ny.backward()\ny.backward()",
        "torch.ones(2) @ torch.ones(3)",
    ],
)
def test_another_error_has_no_changes(source: str) -> None:
    assert late(source)[0] is None
