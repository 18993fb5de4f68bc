"""What one place held in the passes that reached it."""

import json
from typing import Any

import pytest
import torch
from chainrule.graph.history import EMPTY, History
from chainrule.graph.tensors.references import SHORTEN
from chainrule.tape import Namespace, Tape
from pydantic import TypeAdapter, ValidationError

from tests.tape.traced import Trace, Traced

ADAPTER = TypeAdapter(History)


@pytest.fixture
def trace() -> Trace:
    def run(source: str) -> Traced:
        tape = Tape(source=source)
        names = Namespace(tape, {"torch": torch})
        with tape:
            exec(compile(source, "<program>", "exec"), names)
        return Traced(tape, tape.graph(names={k: v for k, v in names.items() if k[0] != "_"}), names, None)

    return run


def history(trace: Trace, dtype: str = "float32", first: str = "[1., 2.]") -> History:
    """The gradients of a leaf in passes 1 and 3; pass 2 does not reach it."""
    source = (
        f"x = torch.tensor({first}, requires_grad=True, dtype=torch.{dtype})\n"
        "w = torch.tensor(1., requires_grad=True)\n(x * x).sum().backward()\n(w * 2).backward()\n"
        "(x * 0.1).sum().backward()\n"
    )
    found: History = trace(source).node("x").outputs[0].gradients
    return found


def test_it_has_an_entry_for_each_pass_that_reached_the_place(trace: Trace) -> None:
    found = history(trace)
    assert found.passes == (1, 3)
    assert len(found) == 2
    assert found[0] is found.in_pass(1)
    assert found[-1] is found.in_pass(3)
    assert [found.in_pass(number) for number in (None, -1, 0, 2, 4)] == [None] * 5
    assert [number for number, _ in found.items()] == [1, 3]
    assert not EMPTY


def test_tensors_of_one_kind_are_written_as_one_and_come_back_as_they_were(trace: Trace) -> None:
    found = history(trace)
    written = json.loads(ADAPTER.dump_json(found))
    assert written["passes"] == [1, 3]
    assert written["stacked"]["shape"] == [2, 2]
    assert written["stacked"]["values"] == [[2.0, 4.0], [0.1, 0.1]]
    assert ADAPTER.validate_json(ADAPTER.dump_json(found)) == found


@pytest.mark.parametrize("dtype", ["float64", "bfloat16", "float16", "complex64"])
def test_every_dtype_comes_back_as_it_was(trace: Trace, dtype: str) -> None:
    if dtype == "complex64":
        source = "x = torch.tensor([1.+2.j], requires_grad=True)\n" + "(x * x).abs().sum().backward()\n" * 2
        found = trace(source).node("x").outputs[0].gradients
    else:
        found = history(trace, dtype)
    back = ADAPTER.validate_json(ADAPTER.dump_json(found))
    assert back == found
    assert [tensor.stats for tensor in back] == [tensor.stats for tensor in found]


def test_what_is_told_shorter_is_told_for_each_pass(trace: Trace) -> None:
    found = history(trace)
    short = found[0].model_copy(update={"values": None})
    written = json.loads(ADAPTER.dump_json(found, context={SHORTEN: lambda tensor: short}))
    assert written["stacked"] is None
    assert [tensor["values"] for tensor in written["tensors"]] == [None, None]
    assert json.loads(ADAPTER.dump_json(found, context={SHORTEN: lambda tensor: tensor}))["stacked"] is not None


def test_one_pass_is_a_list_of_one(trace: Trace) -> None:
    found = trace("x = torch.ones(2, requires_grad=True)\nx.sum().backward()").node("x").outputs[0].gradients
    assert json.loads(ADAPTER.dump_json(found))["stacked"] is None
    assert ADAPTER.validate_json(ADAPTER.dump_json(found)) == found


def edited(written: dict[str, Any], **changes: object) -> str:
    return json.dumps({**written, **changes})


@pytest.mark.parametrize(
    "change",
    [
        {"passes": [3, 1]},
        {"passes": [1, 1]},
        {"passes": [0, 1]},
        {"passes": [1]},
        {"passes": [1, 2, 3]},
        {"passes": []},
        {"tensors": [None, None]},
        {"stacked": None},
        {"more": 1},
    ],
    ids=str,
)
def test_a_history_that_does_not_fit_is_refused(trace: Trace, change: dict[str, object]) -> None:
    written = json.loads(ADAPTER.dump_json(history(trace)))
    with pytest.raises(ValidationError):
        ADAPTER.validate_json(edited(written, **change))


@pytest.mark.parametrize(
    "change",
    [
        {"values": None},
        {"values": [[1.0, 2.0]]},
        {"values": [[1.0, 2.0], [3.0]]},
        {"values": [[1.0, {"re": 1.0, "im": 2.0}], [3.0, 4.0]]},
        {"values": 1.0},
        {"shape": [2]},
        {"shape": [2, 2**40], "values": None},
        {"dtype": "bfloat16"},
        {"dtype": "float99"},
        {"dtype": "int64", "values": [[1, "nan"], [1, 1]]},
        {"dtype": "int8", "values": [[1, 10**9], [1, 1]]},
    ],
    ids=str,
)
def test_what_is_stacked_has_its_shape_and_its_dtype(trace: Trace, change: dict[str, object]) -> None:
    written = json.loads(ADAPTER.dump_json(history(trace)))
    with pytest.raises(ValidationError):
        ADAPTER.validate_json(edited(written, stacked={**written["stacked"], **change}))


def test_a_graph_of_version_1_is_read_with_its_list_of_every_pass(trace: Trace) -> None:
    found = history(trace)
    first, second = (json.loads(tensor.model_dump_json()) for tensor in found)
    assert ADAPTER.validate_json(json.dumps([first, None, second, None])) == found
    assert ADAPTER.validate_json("[null, null]") == EMPTY
    with pytest.raises(ValidationError):
        ADAPTER.validate_json(json.dumps([first, 1]))
