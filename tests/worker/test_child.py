"""The processes of the sandbox, their code run in this one: what they say on their sockets."""

import gc
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator

import pytest
import torch
from chainrule.graph.model import Graph
from chainrule.limits import Limits
from chainrule.protocol.frames import (
    ANSWER,
    ASK,
    BROKEN,
    FORK,
    HELLO,
    OVER,
    REQUEST,
    STARTED,
    Hello,
    Layer,
    SetupOrder,
)
from chainrule.protocol.messages import ExecutionAnswer
from chainrule.protocol.program import Program
from chainrule.protocol.record import read_record
from chainrule.protocol.trust import read_answer
from chainrule.worker import serve as child
from chainrule.worker import spawned, stem, zygote
from chainrule.worker.channel import Channel, Closed
from chainrule.worker.confine import Confinement, ConfinementError
from chainrule.worker.warmup import touch_memory

from tests.frames import frame

LAYERS = [Layer(name="seccomp", active=True)]
REQUEST_FRAME = Program("(x*x).sum()", inputs={"x": 3.0}).encode()


def frames(stream: socket.socket) -> list[tuple[bytes, bytes]]:
    """Everything that was sent, until the other end is closed."""
    channel, found = Channel(stream.fileno()), []
    while True:
        try:
            found.append(channel.receive())
        except Closed:
            return found


def test_a_child_says_hello_starts_and_answers(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    ours.sendall(frame(REQUEST, REQUEST_FRAME))
    child.serve_one(Channel(theirs.fileno()), LAYERS, Limits())
    theirs.close()
    hello, started, over, answer = frames(ours)
    assert Hello.model_validate_json(hello[1]).layers == LAYERS
    assert [hello[0], started, over, answer[0]] == [HELLO, (STARTED, b""), (OVER, b""), ANSWER]
    graph = read_record(answer[1], 1_000).graph
    assert [node.accumulated[0].values for node in graph.nodes if node.accumulated] == [6.0]


@pytest.mark.parametrize("sent", [b"", frame(STARTED)], ids=["nothing", "another kind"])
def test_a_child_that_is_not_asked_ends(sent: bytes, ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    ours.sendall(sent)
    ours.shutdown(socket.SHUT_WR)
    child.serve_one(Channel(theirs.fileno()), LAYERS, Limits())
    theirs.close()
    assert [kind for kind, _ in frames(ours)] == [HELLO]


@pytest.mark.parametrize(("error", "slug"), [(KeyError("x"), "tracing-failed"), (MemoryError(), "memory-limit")])
def test_a_fault_of_ours_is_answered_as_one(error: Exception, slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(request: Program, limits: Limits, over: Callable[[], None]) -> ExecutionAnswer:
        raise error

    monkeypatch.setattr(child, "answer_program", fail)
    answer = child.answer_to(Program("1"), Limits())
    assert [problem.slug for problem in answer.problems] == [slug]


def test_an_answer_that_is_too_long_keeps_what_is_nearest_to_the_result() -> None:
    source = (
        "print('kept')\nx = torch.ones(2, requires_grad=True)\ny = x\nfor i in range(60):\n    y = y.sin()\ny.sum()"
    )
    request = Program(source)
    answer = child.answer_to(request, Limits())
    limits = Limits(answer_bytes=len(child.encode(answer, Limits())) // 2)
    content = child.encode(answer, limits)
    assert limits.answer_bytes // 2 < len(content) <= limits.answer_bytes
    smaller = read_answer(content, request, limits)  # nothing in it names what is gone
    assert [problem.slug for problem in smaller.problems] == ["answer-limit"]
    assert [line.text for line in smaller.console] == ["kept\n"]
    whole, part = answer.graph, smaller.graph
    assert [node.op for node in part.nodes] == ["SinBackward0"] * (len(part.nodes) - 1) + ["SumBackward0"]
    assert part.nodes[1:] == whole.nodes[-len(part.nodes) + 1 :]
    assert part.nodes[0].flags == ["truncated"]
    assert part.passes[0].order == whole.passes[0].order[: len(part.nodes)]


def test_the_words_on_what_is_left_out_can_be_told_in_another_language() -> None:
    request = Program(
        "y = x = torch.ones(2, requires_grad=True)\nfor _ in range(300):\n    y = y.sin()\ny.sum().backward()"
    )
    cut = read_answer(child.encode(child.answer_to(request, Limits()), Limits(answer_bytes=30_000)), request, Limits())
    (limit,) = [problem for problem in cut.problems if problem.slug == "answer-limit"]
    assert limit.detail in [said.text for said in cut.sayings]


def test_an_answer_of_many_passes_keeps_them_all_and_loses_the_farthest_elements_first() -> None:
    source = (
        "x = torch.ones(30, 20, requires_grad=True)\nfor step in range(12):\n"
        "    h = x.sin()\n    y = h * h\n    loss = y.mean()\n    loss.backward()\n    x.grad = None\n"
    )
    request = Program(source)
    answer = child.answer_to(request, Limits())
    whole = len(child.encode(answer, Limits()))
    smaller = read_answer(child.encode(answer, Limits(answer_bytes=3 * whole // 4)), request, Limits())
    assert [problem.slug for problem in smaller.problems] == ["answer-limit"]
    assert [node.id for node in smaller.graph.nodes] == [node.id for node in answer.graph.nodes]
    assert [run.order for run in smaller.graph.passes] == [run.order for run in answer.graph.passes]

    def listed(graph: Graph, op: str) -> list[bool]:
        outputs = [output for node in graph.nodes if node.op == op for output in node.outputs]
        return [tensor.is_listed for output in outputs for tensor in output.gradients]

    assert all(listed(answer.graph, "AccumulateGrad"))
    assert not any(listed(smaller.graph, "AccumulateGrad"))
    assert all(listed(smaller.graph, "MulBackward0"))
    (before,), (after,) = ([n for n in g.nodes if n.kind == "leaf"] for g in (answer.graph, smaller.graph))
    pairs = list(zip(before.outputs[0].gradients, after.outputs[0].gradients, strict=True))
    assert len(pairs) == 12
    assert all(whole.stats.norm == part.stats.norm for whole, part in pairs)


def test_a_pass_of_a_graph_that_was_cut_names_no_node_that_is_gone() -> None:
    loop = "y = x\nfor i in range(60):\n    y = y.sin()\ntorch.autograd.grad(y.sum(), x)"
    request = Program(f"x = torch.ones(2, requires_grad=True)\n{loop}")
    answer = child.answer_to(request, Limits())
    (leaf,) = [node.id for node in answer.graph.nodes if node.kind == "leaf"]
    assert answer.graph.passes[0].inputs == [leaf]
    limits = Limits(answer_bytes=len(child.encode(answer, Limits())) // 2)
    smaller = read_answer(child.encode(answer, limits), request, limits).graph
    assert 0 < len(smaller.nodes) < len(answer.graph.nodes)
    assert smaller.passes[0].inputs == []
    known = {node.id for node in smaller.nodes}
    assert smaller.passes[0].order
    assert known.issuperset(smaller.passes[0].order)


def test_what_an_edge_carried_comes_through_though_its_numbers_are_written_once() -> None:
    source = (
        "x = torch.tensor([1., 2.], requires_grad=True)\ny = x * 3\ny.register_hook(lambda g: g * 5)\n"
        "z = y.sin() + y\nz.sum().backward(retain_graph=True)\nz.backward(torch.tensor([1., 0.]))\n"
    )
    request = Program(source)
    answer = child.answer_to(request, Limits())
    assert read_answer(child.encode(answer, Limits()), request, Limits()).graph == answer.graph
    (mul,) = [node for node in answer.graph.nodes if node.op == "MulBackward0"]
    (to_leaf,) = [edge for edge in answer.graph.edges if edge.source == mul.id and edge.kind == "gradient"]
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = x * 3
    y.register_hook(lambda g: g * 5)
    (y.sin() + y).sum().backward()
    assert x.grad is not None
    first, second = x.grad.tolist()
    carried = [torch.tensor(part.values).tolist() for part in to_leaf.contributions]
    assert carried == [[first, second], [first, 0]]


def test_an_answer_that_is_much_too_long_loses_its_graph_and_then_all_but_the_reason() -> None:
    limits = Limits(answer_bytes=2_000)
    answer = child.answer_to(Program("print('kept')\ntorch.ones(9, requires_grad=True)*2"), limits)
    bare = read_record(child.encode(answer, limits), 1_000)
    assert bare.graph.nodes == []
    assert [line.text for line in bare.console] == ["kept\n"]
    assert bare.problems[-1].slug == "answer-limit"
    loud = ExecutionAnswer(console=answer.console * 100)
    smallest = read_record(child.encode(loud, limits), 1_000)
    assert smallest.console == []
    assert [problem.slug for problem in smallest.problems] == ["answer-limit"]


def test_touching_memory_runs_a_program_that_works(capsys: pytest.CaptureFixture[str]) -> None:
    touch_memory(Limits())
    assert capsys.readouterr().out == ""


class Ended(Exception):  # noqa: N818  # it stands for the end of a process
    """Raised in the place of `os._exit`."""


@pytest.fixture
def forked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """What a child does to this process on its way in is kept from happening, and put back."""
    statuses: list[int] = []

    def end(status: int) -> None:
        statuses.append(status)
        raise Ended

    handler, wakeup = signal.getsignal(signal.SIGCHLD), signal.set_wakeup_fd(-1)
    monkeypatch.setattr(os, "_exit", end)
    monkeypatch.setattr(zygote, "confine", lambda order, place: LAYERS)
    yield statuses
    signal.signal(signal.SIGCHLD, handler)
    signal.set_wakeup_fd(wakeup)
    gc.unfreeze()


@pytest.mark.parametrize("touch", [True, False])
def test_a_forked_child_serves_and_exits(
    touch: bool, ends: tuple[socket.socket, socket.socket], forked: list[int]
) -> None:
    ours, theirs = ends
    ours.sendall(frame(REQUEST, REQUEST_FRAME))
    with pytest.raises(Ended):
        zygote.run_child(SetupOrder.of(Limits()), Confinement(theirs.fileno(), os.getpid()), touch=touch)
    theirs.close()
    assert [kind for kind, _ in frames(ours)] == [HELLO, STARTED, OVER, ANSWER]
    assert forked == [0]


def test_a_child_that_cannot_be_confined_says_why(
    ends: tuple[socket.socket, socket.socket], forked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(order: SetupOrder, place: Confinement) -> list[Layer]:
        raise ConfinementError("seccomp: not here")

    monkeypatch.setattr(zygote, "confine", fail)
    ours, theirs = ends
    with pytest.raises(Ended):
        zygote.run_child(SetupOrder.of(Limits()), Confinement(theirs.fileno(), os.getpid()), touch=False)
    theirs.close()
    assert frames(ours) == [(BROKEN, b"ConfinementError: seccomp: not here")]
    assert forked == [1]


def test_one_process_for_one_request(
    ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spawned, "warm_up", lambda limits: None)
    monkeypatch.setattr(spawned, "confine", lambda order, place: LAYERS)
    ours, theirs = ends
    ours.sendall(SetupOrder.of(Limits()).model_dump_json().encode() + b"\n" + frame(REQUEST, REQUEST_FRAME))
    assert spawned.serve_once(theirs.fileno()) == 0
    theirs.close()
    assert [kind for kind, _ in frames(ours)] == [HELLO, STARTED, OVER, ANSWER]


def test_one_process_that_was_told_nonsense_says_so(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    ours.sendall(b"nonsense\n")
    assert spawned.serve_once(theirs.fileno()) == 1
    theirs.close()
    assert [kind for kind, _ in frames(ours)] == [BROKEN]


@pytest.fixture
def control() -> Iterator[tuple[socket.socket, socket.socket]]:
    if sys.platform != "linux":
        pytest.skip("there is a zygote on Linux only")
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        yield ours, theirs


def serve(
    control: tuple[socket.socket, socket.socket], orders: list[bytes], count: int, work: Callable[[], int]
) -> list[bytes]:
    """Let a stem or zygote serve in this thread, give it orders from another one, and return what it says first."""
    ours, _ = control
    said: list[bytes] = []

    def web() -> None:
        for order in orders:
            ours.send(order)
        while len(said) < count:
            packet, descriptors, _, _ = socket.recv_fds(ours, 65_536, 2)
            said.append(packet)
            for descriptor in descriptors:
                os.close(descriptor)
        ours.shutdown(socket.SHUT_WR)

    other = threading.Thread(target=web)
    other.start()
    assert work() == 0
    other.join()
    return said


def test_a_stem_that_was_told_nonsense_says_so(control: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = control
    ours.send(b"nonsense")
    assert stem.serve_stem(theirs.detach()) == 1
    assert b'"kind":"failed"' in ours.recv(65_536)


def test_a_stem_forks_a_zygote_for_each_order(
    control: tuple[socket.socket, socket.socket], forked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stem, "warm_up", lambda limits: None)
    monkeypatch.setattr(stem, "settle_memory", lambda: None)
    monkeypatch.setattr(stem, "assert_one_thread", lambda: None)
    monkeypatch.setattr(os, "fork", lambda: os.posix_spawn("/bin/sleep", ["sleep", "0"], {}))
    orders = [SetupOrder.of(Limits()).model_dump_json().encode(), FORK, ASK, FORK]
    warm, *said = serve(control, orders, 4, lambda: stem.serve_stem(control[1].detach()))
    assert f'"torch":"{torch.__version__}"'.encode() in warm
    first, alive, second = (json.loads(message) for message in said)
    assert [message["kind"] for message in (first, alive, second)] == ["forked", "alive", "forked"]
    assert first["pid"] != second["pid"]


def test_a_zygote_that_cannot_leave_its_namespaces_says_so(
    control: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(zygote, "leave_namespaces", lambda: (["process"], ""))
    monkeypatch.setattr(zygote, "hold_process_namespace", fail)
    ours, theirs = control
    assert zygote.serve_zygote(theirs, SetupOrder.of(Limits())) == 1
    assert b"no more processes" in ours.recv(65_536)


def test_a_zygote_forks_and_tells_of_the_end(
    control: tuple[socket.socket, socket.socket], forked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[bool] = []
    monkeypatch.setattr(zygote, "leave_namespaces", lambda: (["process"], "mount: no"))
    monkeypatch.setattr(zygote, "hold_process_namespace", lambda: held.append(True))
    monkeypatch.setattr(os, "fork", lambda: os.posix_spawn("/bin/sleep", ["sleep", "0.2"], {}))
    order = SetupOrder.of(Limits())
    ready, alive, born, exited = serve(control, [ASK, FORK], 4, lambda: zygote.serve_zygote(control[1], order))
    assert alive == b'{"kind":"alive"}'
    assert b'"name":"namespaces","active":true,"detail":"process; mount: no"' in ready
    assert b'"kind":"forked"' in born
    assert b'"status":0' in exited
    assert held == [True]


def test_more_than_one_thread_is_an_error() -> None:
    waiting = threading.Event()
    other = threading.Thread(target=waiting.wait)
    other.start()
    try:
        with pytest.raises(RuntimeError, match="more than one thread"):
            stem.assert_one_thread()
    finally:
        waiting.set()
        other.join()
