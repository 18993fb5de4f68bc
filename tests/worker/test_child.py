"""The processes of the sandbox, their code run in this one: what they say on their sockets."""

import gc
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator

import pytest

from app.graph.pipe import ANSWER, BROKEN, FORK, HEADER, HELLO, REQUEST, STARTED, Hello, Layer, Order
from app.graph.wire import ExecutionAnswer, ExecutionRequest
from app.limits import Limits
from app.worker import child, once, zygote
from app.worker.channel import Channel, Closed
from app.worker.confine import ConfinementError, Place
from app.worker.warmup import touch_memory

LAYERS = [Layer(name="seccomp", active=True)]
REQUEST_FRAME = ExecutionRequest(source="(x*x).sum()", inputs={"x": 3.0}).model_dump_json().encode()


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def frame(kind: bytes, content: bytes = b"") -> bytes:
    return HEADER.pack(kind, len(content)) + content


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
    hello, started, answer = frames(ours)
    assert Hello.model_validate_json(hello[1]).layers == LAYERS
    assert [hello[0], started, answer[0]] == [HELLO, (STARTED, b""), ANSWER]
    graph = ExecutionAnswer.model_validate_json(answer[1]).graph
    assert [node.accumulated[0].values for node in graph.nodes if node.accumulated and node.accumulated[0]] == [6.0]


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
    def fail(request: ExecutionRequest, limits: Limits) -> ExecutionAnswer:
        raise error

    monkeypatch.setattr(child, "execute_and_check", fail)
    answer = child.answer_to(ExecutionRequest(source="1"), Limits())
    assert [problem.slug for problem in answer.problems] == [slug]


def test_an_answer_that_is_too_long_loses_its_graph_and_then_all_but_the_reason() -> None:
    limits = Limits(answer_bytes=2_500)
    answer = child.answer_to(
        ExecutionRequest(source="print('kept')\nx = torch.randn(9, requires_grad=True)\nx*x"), limits
    )
    smaller = ExecutionAnswer.model_validate_json(child.encode(answer, limits))
    assert smaller.graph.nodes == []
    assert [line.text for line in smaller.console] == ["kept\n"]
    assert smaller.problems[-1].slug == "answer-limit"
    loud = ExecutionAnswer(console=answer.console * 100)
    smallest = ExecutionAnswer.model_validate_json(child.encode(loud, limits))
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
        zygote.run_child(Order.of(Limits()), Place(theirs.fileno(), os.getpid()), touch=touch)
    theirs.close()
    assert [kind for kind, _ in frames(ours)] == [HELLO, STARTED, ANSWER]
    assert forked == [0]


def test_a_child_that_cannot_be_confined_says_why(
    ends: tuple[socket.socket, socket.socket], forked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(order: Order, place: Place) -> list[Layer]:
        raise ConfinementError("seccomp: not here")

    monkeypatch.setattr(zygote, "confine", fail)
    ours, theirs = ends
    with pytest.raises(Ended):
        zygote.run_child(Order.of(Limits()), Place(theirs.fileno(), os.getpid()), touch=False)
    theirs.close()
    assert frames(ours) == [(BROKEN, b"ConfinementError: seccomp: not here")]
    assert forked == [1]


def test_one_process_for_one_request(
    ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(once, "warm_up", lambda limits: None)
    monkeypatch.setattr(once, "confine", lambda order, place: LAYERS)
    ours, theirs = ends
    ours.sendall(Order.of(Limits()).model_dump_json().encode() + b"\n" + frame(REQUEST, REQUEST_FRAME))
    assert once.serve_once(theirs.fileno()) == 0
    theirs.close()
    assert [kind for kind, _ in frames(ours)] == [HELLO, STARTED, ANSWER]


def test_one_process_that_was_told_nonsense_says_so(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    ours.sendall(b"nonsense\n")
    assert once.serve_once(theirs.fileno()) == 1
    theirs.close()
    assert [kind for kind, _ in frames(ours)] == [BROKEN]


@pytest.fixture
def control() -> Iterator[tuple[socket.socket, int]]:
    if sys.platform != "linux":
        pytest.skip("there is a zygote on Linux only")
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours:
        yield ours, theirs.detach()


def test_a_zygote_that_was_told_nonsense_says_so(control: tuple[socket.socket, int]) -> None:
    ours, theirs = control
    ours.send(b"nonsense")
    assert zygote.serve_zygote(theirs) == 1
    assert b'"kind":"failed"' in ours.recv(65_536)


def test_a_zygote_forks_and_tells_of_the_end(
    control: tuple[socket.socket, int], forked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[bool] = []
    monkeypatch.setattr(zygote, "warm_up", lambda limits: None)
    monkeypatch.setattr(zygote, "assert_one_thread", lambda: None)
    monkeypatch.setattr(zygote, "leave_namespaces", lambda: (["process"], "mount: no"))
    monkeypatch.setattr(zygote, "hold_process_namespace", lambda: held.append(True))
    monkeypatch.setattr(os, "fork", lambda: os.posix_spawn("/bin/sleep", ["sleep", "0.2"], {}))
    ours, theirs = control
    said: list[bytes] = []

    def web() -> None:
        ours.send(Order.of(Limits()).model_dump_json().encode())
        ours.send(FORK)
        while not (said and b"exited" in said[-1]):
            packet, descriptors, _, _ = socket.recv_fds(ours, 65_536, 2)
            said.append(packet)
            for descriptor in descriptors:
                os.close(descriptor)
        ours.shutdown(socket.SHUT_WR)

    other = threading.Thread(target=web)
    other.start()
    assert zygote.serve_zygote(theirs) == 0
    other.join()
    ready, born, exited = said
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
            zygote.assert_one_thread()
    finally:
        waiting.set()
        other.join()
