"""Answers that no worker of ours gives are recognised, part by part."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from chainrule.limits import Limits
from chainrule.protocol.messages import ExecutionAnswer
from chainrule.protocol.program import Program, Question
from chainrule.protocol.record import join_record
from chainrule.protocol.trust import AnswerInvalidError, read_answer
from chainrule.run.execute import execute
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

SOURCE = "x = torch.tensor([1.0, 2.0], requires_grad=True)\ny = (x*x).sum()\nprint(y)\ny.backward()"
REQUEST = Program(SOURCE)
LIMITS = Limits(stdout_bytes=1000, nodes=50, source_bytes=2000)
ANSWER = execute(REQUEST, LIMITS).model_dump_json()


def read(answer: object, question: Question | None = None) -> None:
    read_answer(join_record(json.dumps(answer).encode()), replace(REQUEST, question=question), LIMITS)


def test_a_true_answer_is_read_as_it_is() -> None:
    assert read_answer(join_record(ANSWER.encode()), REQUEST, LIMITS).model_dump_json() == ANSWER


def forge(change: Callable[[Any], object]) -> Any:
    answer = json.loads(ANSWER)
    change(answer)
    return answer


def tensor(answer: Any) -> Any:
    return next(
        o["value"] for n in answer["graph"]["nodes"] for o in n["outputs"] if o["value"] and o["value"]["shape"]
    )


def forged_check(pass_index: int = 1, node: str = "n0", element: tuple[int, ...] | list[int] = (0,)) -> dict[str, Any]:
    numbers = {"compared": 1, "numel": 1, "largest_error": 0.0, "gradient": 1.0, "difference": 1.0}
    leaf = {"node": node, "name": "x", "element": list(element), "kink": False, "agrees": True, **numbers}
    return {"pass_index": pass_index, "step": 0.1, "runs": 2, "leaves": [leaf]}


def test_a_check_that_fits_is_read() -> None:
    read({"check": forged_check()}, "check")


def test_jacobians_that_fit_are_read() -> None:
    read({"jacobians": {"e0": [[1.0, "nan"]], "e7": [[1], [2]]}}, "jacobians")


FORGERIES: dict[str, Callable[[Any], object]] = {
    "a node twice": lambda a: a["graph"]["nodes"].append(a["graph"]["nodes"][0]),
    "an edge twice": lambda a: a["graph"]["edges"].append(a["graph"]["edges"][0]),
    "a node id with markup": lambda a: a["graph"]["nodes"][0].update(id="<b>"),
    "an edge id with markup": lambda a: a["graph"]["edges"][0].update(id="e1 onclick=alert(1)"),
    "an edge to nowhere": lambda a: a["graph"]["edges"][0].update(target="n999"),
    "an edge from nowhere": lambda a: a["graph"]["edges"][0].update(source="n999"),
    "a slot below zero": lambda a: a["graph"]["edges"][0].update(slot=-1),
    "a contribution of no pass": lambda a: a["graph"]["edges"][0]["contributions"]["passes"].clear(),
    "a contribution of a later pass": lambda a: a["graph"]["edges"][0]["contributions"].update(passes=[7]),
    "a gradient of pass 0": lambda a: a["graph"]["nodes"][0]["outputs"][0]["gradients"].update(passes=[0]),
    "a gradient too few": lambda a: a["graph"]["nodes"][0]["outputs"][0]["gradients"].update(tensors=[]),
    "a pass twice": lambda a: a["graph"]["nodes"][0].update(
        accumulated={"passes": [1, 1], "tensors": [tensor(a), tensor(a)]}
    ),
    "stacked gradients that are none": lambda a: a["graph"]["nodes"][0]["outputs"][0].update(
        gradients={"passes": [1], "stacked": tensor(a)}
    ),
    "a part of a tensor that has none": lambda a: a["graph"]["nodes"][0]["outputs"][0]["gradients"].update(
        tensors=[{**tensor(a), "of": 0}]
    ),
    "a root that is not there": lambda a: a["graph"]["roots"][0].update(node="n999"),
    "passes counted from 0": lambda a: a["graph"]["passes"][0].update(index=0),
    "an order with a stranger": lambda a: a["graph"]["passes"][0]["order"].append("n999"),
    "an accumulated stranger": lambda a: a["graph"]["passes"][0].update(accumulated={"n999": tensor(a)}),
    "a variable's stranger": lambda a: a["graph"]["variables"][0].update(node="n999"),
    "a line beyond the end": lambda a: a["graph"]["nodes"][0].update(
        span={"line": 1, "column": 0, "end_line": 99, "end_column": 0}
    ),
    "a line before the start": lambda a: a["graph"]["nodes"][0].update(
        span={"line": 0, "column": 0, "end_line": 1, "end_column": 0}
    ),
    "a column beyond the line": lambda a: a["graph"]["nodes"][0].update(
        span={"line": 1, "column": 0, "end_line": 1, "end_column": 500}
    ),
    "an end before the start": lambda a: a["graph"]["nodes"][0].update(
        span={"line": 2, "column": 3, "end_line": 1, "end_column": 2}
    ),
    "a shape that does not fit its number of elements": lambda a: tensor(a).update(numel=7),
    "values of another shape": lambda a: tensor(a).update(values=[[1.0, 2.0]]),
    "values nested too deep": lambda a: tensor(a).update(values=[[1.0], [2.0]]),
    "too many dimensions": lambda a: tensor(a).update(shape=[1] * 100, numel=1, values=None),
    "a size below zero": lambda a: tensor(a).update(shape=[-2], numel=-2),
    "a size beyond any tensor's": lambda a: tensor(a).update(shape=[2**70], numel=2**70, values=None),
    "a number beyond any tensor's": lambda a: tensor(a).update(values=[1.0, 10**400]),
    "a saved number beyond any tensor's": lambda a: a["graph"]["nodes"][0]["saved"].update(a=10**400),
    "a sequence number beyond all": lambda a: a["graph"]["nodes"][0].update(sequence_nr=10**400),
    "a dtype with markup": lambda a: tensor(a).update(dtype="<b>"),
    "a count below zero": lambda a: tensor(a)["stats"].update(zero=-1),
    "a name that is too long": lambda a: a["graph"]["nodes"][0]["names"].append("x" * 3000),
    "an op that is too long": lambda a: a["graph"]["nodes"][0].update(op="x" * 3000),
    "a preview that is too long": lambda a: tensor(a).update(preview="x" * 200_000),
    "a saved text that is too long": lambda a: a["graph"]["nodes"][0]["saved"].update(a=["x" * 200_000]),
    "a scope called for the 0th time": lambda a: a["graph"]["nodes"][0]["scope"].append(
        {"kind": "function", "name": "f", "type": "f", "call": 0}
    ),
    "too many nodes": lambda a: a["graph"]["nodes"].extend(
        {**a["graph"]["nodes"][0], "id": f"n{100 + i}"} for i in range(60)
    ),
    "too much output": lambda a: a["console"].append({"stream": "stdout", "text": "x" * 2000, "line": 1}),
    "output of no line": lambda a: a["console"].append({"stream": "stdout", "text": "x", "line": 77}),
    "a problem of no kind": lambda a: a["problems"].append(
        {"slug": "javascript", "severity": "error", "title": "t", "detail": "d"}
    ),
    "a problem at a stranger": lambda a: a["problems"].append(
        {"slug": "crash", "severity": "error", "title": "t", "detail": "d", "node": "n999"}
    ),
    "a fix outside of the source": lambda a: a["problems"].append(
        {
            "slug": "crash",
            "severity": "error",
            "title": "t",
            "detail": "d",
            "fixes": [
                {"title": "t", "text": "", "span": {"line": 50, "column": 0, "end_line": 50, "end_column": 0}},
            ],
        }
    ),
    "a severity of its own": lambda a: a["problems"].append(
        {"slug": "crash", "severity": "fatal", "title": "t", "detail": "d"}
    ),
    "a rejection of no kind": lambda a: a.update(rejection={"slug": "busy", "detail": "d"}),
    "a rejection that is too long": lambda a: a.update(rejection={"slug": "root-unknown", "detail": "d" * 200_000}),
    "a rejection outside of the source": lambda a: a.update(
        rejection={
            "slug": "program-rejected",
            "detail": "d",
            "span": {"line": 99, "column": 0, "end_line": 99, "end_column": 0},
        }
    ),
    "an edge to itself": lambda a: a["graph"]["edges"][0].update(target=a["graph"]["edges"][0]["source"]),
    "edges round in a circle": lambda a: a["graph"]["edges"].append(
        {
            **a["graph"]["edges"][0],
            "id": "e77",
            "source": a["graph"]["edges"][0]["target"],
            "target": a["graph"]["edges"][0]["source"],
        }
    ),
    "a time below zero": lambda a: a["seconds"].update(execute=-1.0),
    "a time that is no number": lambda a: a["seconds"].update(execute=float("nan")),
    "too many times": lambda a: a["seconds"].update({f"s{i}": 1.0 for i in range(50)}),
    "a field that does not exist": lambda a: a.update(html="<script>"),
    "a number as text": lambda a: tensor(a).update(numel="2"),
    "a node that is no object": lambda a: a["graph"]["nodes"].append("n5"),
    "a check that nobody asked for": lambda a: a.update(check=forged_check()),
    "Jacobians that nobody asked for": lambda a: a.update(jacobians={"e0": [[1.0]]}),
    "a reason at a stranger": lambda a: a["graph"]["nodes"][0].update(
        no_gradient={"reason": "detached", "node": "n999"}
    ),
}


@pytest.mark.parametrize(
    "content",
    [
        b'{"problems": [' + b"{}," * 3_000_000 + b"{}]}",
        b'{"graph": {"nodes": [{"saved": {"a": [' + b"[]," * 3_000_000 + b"[]]}}]}}",
        b'{"seconds": {"a": [' + b"1," * 5_000_000 + b"1]}}",
    ],
    ids=["objects", "lists", "numbers"],
)
def test_millions_of_tiny_parts_are_not_even_read(content: bytes) -> None:
    with pytest.raises(AnswerInvalidError, match="parts"):
        read_answer(join_record(content), REQUEST, Limits())


@pytest.mark.parametrize(
    "content",
    [
        b'{"problems": [{}, {}, {}]}',
        b'{"graph": {"passes": [{"accumulated": {"a": 1, "b": 2, "c": 3}}]}}',
        b'{"graph": {"nodes": [{"saved": {"a": [{}, {}, {}]}}]}}',
        b'{"graph": {"nodes": [{"saved": {"a": {}, "b": {}, "c": {}}}]}}',
    ],
)
def test_a_list_is_left_at_its_first_wrong_entry(content: bytes) -> None:
    with pytest.raises(ValidationError) as found:
        ExecutionAnswer.model_validate_json(content)
    entries = {part for error in found.value.errors() for part in error["loc"] if part in (1, 2, "b", "c")}
    assert entries == set()


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_recognised(name: str) -> None:
    with pytest.raises(AnswerInvalidError):
        read(forge(FORGERIES[name]))


ANSWERS: dict[str, tuple[Question, dict[str, Any]]] = {
    "a check of markup": ("check", {"check": forged_check(node="<b>")}),
    "a check of a pass that is never compared": ("check", {"check": forged_check(pass_index=9)}),
    "a check of an element below zero": ("check", {"check": forged_check(element=[-1])}),
    "Jacobians in the place of a check": ("check", {"jacobians": {"e0": [[1.0]]}}),
    "a Jacobian of markup": ("jacobians", {"jacobians": {"e1 onclick=alert(1)": [[1.0]]}}),
    "a Jacobian without rows": ("jacobians", {"jacobians": {"e0": []}}),
    "rows of different lengths": ("jacobians", {"jacobians": {"e0": [[1.0], [1.0, 2.0]]}}),
    "a Jacobian of text": ("jacobians", {"jacobians": {"e0": [["x"]]}}),
    "a Jacobian that is too large": ("jacobians", {"jacobians": {"e0": [[1.0] * 257]}}),
    "too many Jacobians": ("jacobians", {"jacobians": {f"e{place}": [[1.0] * 256] for place in range(33)}}),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_forged_answer_to_a_question_is_recognised(name: str) -> None:
    question, answer = ANSWERS[name]
    with pytest.raises(AnswerInvalidError):
        read(answer, question)


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b"1", b"{", b"\xff\xfe", b"[" * 10_000, b'{"graph": NaN}'])
def test_what_is_no_answer_at_all_is_recognised(content: bytes) -> None:
    for whole in (content, join_record(content)):
        with pytest.raises(AnswerInvalidError):
            read_answer(whole, REQUEST, LIMITS)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["n0", "e0", "nan"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=300, deadline=None)
@given(data=st.data(), replacement=JSON)
def test_any_part_may_be_anything_and_nothing_else_is_raised(data: st.DataObject, replacement: object) -> None:
    answer = json.loads(ANSWER)
    place = answer
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return
        key = data.draw(st.sampled_from(keys))
        if isinstance(place[key], dict | list) and data.draw(st.booleans()):
            place = place[key]
        else:
            place[key] = replacement
            break
    with suppress(AnswerInvalidError):
        read(answer)


@settings(max_examples=200, deadline=None)
@given(content=st.binary(max_size=200))
def test_bytes_are_read_or_refused(content: bytes) -> None:
    with suppress(AnswerInvalidError):
        read_answer(content, REQUEST, LIMITS)


@pytest.mark.parametrize(("number", "most"), [(1.0, 5), ({"re": 0.0, "im": 0.0}, 1)])
def test_numbers_that_stand_in_the_structure_are_bounded_in_all(number: object, most: int) -> None:
    limits = Limits(graph_elements=20, nodes=50, source_bytes=2000)  # other tensors list a dozen

    def with_numbers(count: int) -> bytes:
        listed = forge(lambda a: tensor(a).update(shape=[count], numel=count, values=[number] * count))
        return join_record(json.dumps(listed).encode())

    read_answer(with_numbers(20 * most), REQUEST, limits)
    with pytest.raises(AnswerInvalidError, match="numbers"):
        read_answer(with_numbers(20 * most + 50), REQUEST, limits)
