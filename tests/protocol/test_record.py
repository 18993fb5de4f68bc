"""An answer as bytes: what comes back is what was sent, and a forged table is refused."""

import json
import struct
from contextlib import suppress
from typing import Any

import pytest
import torch
from chainrule.graph import Tensor
from chainrule.graph.values import flat_values
from chainrule.limits import Limits
from chainrule.protocol.messages import ExecutionAnswer
from chainrule.protocol.program import Program
from chainrule.protocol.record import RecordInvalidError, join_record, read_record, write_record
from chainrule.protocol.trust import AnswerInvalidError, read_answer
from chainrule.run.execute import execute
from hypothesis import given, settings
from hypothesis import strategies as st

MOST = 100_000
SOURCE = """
small = torch.tensor([[1.5, -2.0], [0.1, 1e-8]], requires_grad=True)
large = torch.arange(20_000.0).reshape(100, 200) * small.sum()
odd = torch.tensor([float("nan"), float("inf"), -float("inf"), 0.0])
empty = torch.zeros(3, 0, 2)
single = torch.tensor(7)
truth = torch.tensor([True, False])
halves = torch.tensor([0.1, 65504.0], dtype=torch.float16)
brain = torch.tensor([0.1, 3e38], dtype=torch.bfloat16)
complex_ = torch.tensor([0.1 + 2j, 1j])
bytes_ = torch.tensor([0, 255], dtype=torch.uint8)
large.mean().backward()
"""
PROGRAM = Program(SOURCE)
ANSWER = execute(PROGRAM, Limits())
VECTOR = ["float32", 8 | 4, 0, [2], None]
"""A row of the table: dtype, bits for "whole" and "listed", place, shape, no statistics."""


def variables(answer: ExecutionAnswer) -> dict[str, Tensor]:
    return {one.name: one.tensor for one in answer.graph.variables if one.tensor is not None}


def forged(*rows: list[Any], elements: bytes = b"") -> ExecutionAnswer:
    structure = {
        "graph": {
            "variables": [
                {"name": "x", "type": "Tensor", "text": "", "node": None, "output_nr": 0, "tensor": {"at": number}}
                for number in range(len(rows))
            ]
        }
    }
    return read_record(join_record(json.dumps(structure).encode(), json.dumps(rows).encode(), elements), MOST)


def test_what_comes_back_is_what_was_sent() -> None:
    back = read_record(write_record(ANSWER), MOST)
    assert back.model_dump_json(exclude={"sayings"}) == ANSWER.model_dump_json(exclude={"sayings"})


def test_numbers_are_the_program_s_to_the_last_bit() -> None:
    names: dict[str, Any] = {"torch": torch}
    exec(SOURCE, names)
    found = variables(read_record(write_record(ANSWER), MOST))
    assert set(found) >= {"small", "halves", "brain", "complex_", "bytes_", "truth", "single", "empty"}
    for name, tensor in found.items():
        theirs = names[name].detach()
        assert tensor.shape == list(theirs.shape)
        if tensor.elements is not None and tensor.elements.array is not None:
            ours = torch.from_numpy(tensor.elements.array.copy()).to(theirs.dtype)
            assert torch.equal(ours, theirs) or theirs.isnan().any()


def test_a_listed_number_reads_back_as_the_same_number_in_its_own_dtype() -> None:
    names: dict[str, Any] = {"torch": torch}
    exec(SOURCE, names)
    for name, tensor in variables(read_record(write_record(ANSWER), MOST)).items():
        theirs = names[name].detach()
        if tensor.values is not None and not theirs.is_complex() and theirs.numel():
            listed = [float(value) for value in flat_values(tensor) or ()]
            ours = torch.tensor(listed, dtype=torch.float64).to(theirs.dtype).reshape(theirs.shape)
            assert torch.equal(ours.nan_to_num(7.0), theirs.nan_to_num(7.0))
        if name == "large":
            assert tensor.values is None
            assert tensor.stats.max == pytest.approx(float(theirs.max()))


def test_a_tensor_is_written_once_however_often_it_stands_there() -> None:
    back = read_record(write_record(ANSWER), MOST).graph
    carried = [tensor for edge in back.edges for tensor in edge.contributions]
    arrived = [tensor for node in back.nodes for output in node.outputs for tensor in output.gradients]
    assert any(one is other for one in carried for other in arrived)


def test_nothing_of_a_tensor_is_made_before_it_is_asked_for() -> None:
    small = variables(read_record(write_record(ANSWER), MOST))["small"]
    assert not {"values", "stats", "preview"} & set(vars(small))
    assert small.preview.startswith("tensor([[")
    assert "preview" in vars(small)


@pytest.mark.parametrize(
    ("rows", "elements"),
    [
        ([VECTOR], b"1234"),
        ([["float32", 12, 4, [2], None]], b"12345678"),
        ([["float32", 12, -1, [2], None]], b"12345678" * 9),
        ([["float32", 12, 2**62, [2], None]], b"12345678"),
        ([["float32", 12, 0, [2**40], None]], b"12345678"),
        ([["float32", 12, 0, [2**40, 2**40, 2**40], None]], b"12345678"),
        ([["float32", 12, 0, [0, 2**62, 2**62], None]], b""),
        ([["float32", 12, 0, [-2], None]], b"12345678"),
        ([["float32", 12, 0, [2.0], None]], b"12345678"),
        ([["float32", 12, 0, [1] * 65, None]], b"12345678"),
        ([["float99", 12, 0, [2], None]], b"12345678"),
        ([["object", 12, 0, [2], None]], b"12345678" * 2),
        ([["bool", 12, 0, [2], None]], b"\x01\x02"),
        ([["float32", 12, 0, [2]]], b"12345678"),
        ([["float32", 12, 0, [2], {"min": 0}]], b"12345678"),
        ([["float32", "12", 0, [2], None]], b"12345678"),
        ([["float32", 12, 0, [2], None, 1]], b"12345678"),
        ([{"dtype": "float32"}], b""),
        ([["float32", 16, 0, [9], None]], b"1234"),
    ],
)
def test_a_forged_row_is_refused(rows: list[Any], elements: bytes) -> None:
    with pytest.raises(RecordInvalidError):
        forged(*rows, elements=elements)


def test_rows_may_share_bytes_but_not_list_more_numbers_than_there_may_be() -> None:
    elements = bytes(4 * 1_000)
    row = ["float32", 12, 0, [1_000], None]
    assert len(forged(*[row] * 100, elements=elements).graph.variables) == 100
    with pytest.raises(RecordInvalidError, match="more numbers"):
        forged(*[row] * 101, elements=elements)


@pytest.mark.parametrize("number", [1, -1, 10**30, "0", None, 0.0])
def test_a_tensor_that_is_not_in_the_table_is_refused(number: object) -> None:
    variable = {"name": "x", "type": "Tensor", "text": "", "node": None, "output_nr": 0, "tensor": {"at": number}}
    structure = json.dumps({"graph": {"variables": [variable]}}).encode()
    with pytest.raises(RecordInvalidError):
        read_record(join_record(structure, json.dumps([VECTOR]).encode(), b"12345678"), MOST)


def with_tensor(reference: object, row: list[Any] | None = None) -> ExecutionAnswer:
    """An answer with two variables that name a tensor, the numbers 1 and 2 where nothing else is said."""
    variable = {"name": "x", "type": "Tensor", "text": "", "node": None, "output_nr": 0, "tensor": reference}
    structure = json.dumps({"graph": {"variables": [variable, variable]}}).encode()
    return read_record(join_record(structure, json.dumps([row or VECTOR]).encode(), struct.pack("=2f", 1, 2)), MOST)


@pytest.mark.parametrize("part", [-1, 2, 2**70, "0", None], ids=str)
def test_a_part_that_is_not_there_is_refused(part: object) -> None:
    with pytest.raises(RecordInvalidError):
        with_tensor({"at": 0, "of": part})


def test_a_tensor_that_has_no_parts_is_refused() -> None:
    for row in (["float32", 8 | 4, 0, [], None], ["float32", 0, 0, [2], None], ["float32", 8, 0, [0, 2**40], None]):
        with pytest.raises(RecordInvalidError):
            with_tensor({"at": 0, "of": 0}, row)


def test_a_part_is_named_by_its_place_and_is_the_same_wherever_it_stands() -> None:
    first, second = (variable.tensor for variable in with_tensor({"at": 0, "of": 1}).graph.variables)
    assert first is second
    assert first is not None
    assert (first.shape, first.values) == ([], 2.0)


def test_json_from_outside_cannot_name_a_tensor_by_its_number() -> None:
    variable = {"name": "x", "type": "Tensor", "text": "", "node": None, "output_nr": 0, "tensor": {"at": 0}}
    with pytest.raises(ValueError, match="no tensor of that number"):
        ExecutionAnswer.model_validate_json(json.dumps({"graph": {"variables": [variable]}}))


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_a_record_with_any_bytes_changed_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(write_record(ANSWER))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with suppress(AnswerInvalidError):
        read_answer(bytes(content), PROGRAM, Limits()).model_dump_json()
