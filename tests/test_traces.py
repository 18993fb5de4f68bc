"""Executed programs are kept as the bytes that they came as."""

from dataclasses import replace

import numpy as np
from chainrule.graph import Graph, Node, Output, Tensor
from chainrule.graph.tensors.elements import Elements
from chainrule.limits import Limits
from chainrule.protocol.messages import ExecutionAnswer
from chainrule.protocol.program import Program
from chainrule.protocol.record import write_record
from chainrule.protocol.trust import read_answer
from chainrule.traces import KeptRecord, Trace, TraceCache

LIMITS = Limits()
PROGRAM = Program("x * 2")


def record(size: int = 1_000) -> bytes:
    array = np.arange(float(size))
    value = Tensor.of(Elements((size,), "float64", array, None, None, listed=True), requires_grad=True, is_leaf=True)
    node = Node(
        id="n0",
        kind="leaf",
        op="AccumulateGrad",
        names=["x"],
        sequence_nr=None,
        span=None,
        outputs=[Output(output_nr=0, value=value, gradients=[])],
    )
    return write_record(ExecutionAnswer(graph=Graph(nodes=[node])))


def read(key: str, content: bytes) -> Trace:
    return Trace(key, read_answer(content, PROGRAM, LIMITS), PROGRAM)


def test_an_answer_knows_its_bytes_and_a_changed_copy_does_not() -> None:
    answer = read_answer(record(), PROGRAM, LIMITS)
    assert answer.record == record()
    assert answer.model_copy(update={"console": []}).record is None
    assert ExecutionAnswer().record is None


def test_what_was_asked_for_long_ago_takes_its_bytes_and_little_more() -> None:
    content = record(100_000)
    cache = TraceCache(16 * len(content))
    for number in range(8):
        cache.put(read(f"t{number}", content))
    assert len(cache) == 8
    old = cache.get("t0")
    assert isinstance(old, KeptRecord)
    assert old.size_bytes < 1.2 * len(content)
    assert cache.size_bytes <= 16 * len(content)


def test_the_bytes_read_as_the_same_answer_again() -> None:
    trace = read("t", record())
    kept = KeptRecord("t", PROGRAM, record())
    assert kept.read(LIMITS) == trace
    assert kept.read(LIMITS).answer.graph.nodes[0].outputs[0].value.values == [float(n) for n in range(1_000)]  # type: ignore[union-attr]


def test_the_latest_is_ready_however_large_it_is() -> None:
    content = record(100_000)
    cache = TraceCache(int(1.5 * len(content)))
    first, second = read("a", content), read("b", content)
    cache.put(first)
    assert cache.get("a") is first
    cache.put(second)
    assert cache.get("b") is second
    assert cache.get("a") is None


def test_what_was_read_again_is_ready_then() -> None:
    content = record(10_000)
    cache = TraceCache(9 * len(content))
    for name in "abcd":
        cache.put(read(name, content))
    kept = cache.get("a")
    assert isinstance(kept, KeptRecord)
    again = kept.read(LIMITS)
    cache.remember(again)
    assert cache.get("a") is again


def test_what_did_not_come_as_bytes_stays_as_it_is() -> None:
    cache = TraceCache(100_000)
    trace = Trace("t", ExecutionAnswer(), PROGRAM)
    cache.put(trace)
    assert cache.get("t") is trace
    assert replace(trace).index.graph is trace.answer.graph
    assert (cache.hits, cache.misses) == (1, 0)
    assert cache.get("u") is None
    assert (cache.hits, cache.misses) == (1, 1)
