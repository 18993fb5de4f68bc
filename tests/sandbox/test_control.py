"""Whether the other side of a control socket lives: what was stopped has not ended, and is noticed all the same."""

import asyncio
import socket
import sys

import pytest
from chainrule.protocol.frames import ASK, Alive, Failed, Message
from chainrule.sandbox.processes import control as control_module
from chainrule.sandbox.processes.control import Control

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="sockets that keep packets apart are Linux's")


class Other:
    """The other side of a Control, with what that heard."""

    def __init__(self) -> None:
        ours, self.stream = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.stream.setblocking(False)
        self.heard: list[Message] = []
        self.gone = asyncio.Event()
        self.silent = asyncio.Event()
        self.control = Control(ours, lambda message, descriptors: self.heard.append(message), self.gone.set)

    async def asked(self) -> bytes:
        return await asyncio.get_running_loop().sock_recv(self.stream, 100)


@pytest.fixture
async def other(monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setattr(control_module, "ASK_SECONDS", 0.005)
    monkeypatch.setattr(control_module, "SILENCE_SECONDS", 0.05)
    other = Other()
    yield other
    other.control.close()
    other.stream.close()


async def test_who_does_not_answer_is_silent_once(other: Other) -> None:
    calls: list[bool] = []
    other.control.watch(lambda: (calls.append(True), other.silent.set()))
    await other.silent.wait()
    assert await other.asked() == ASK
    with pytest.raises(BlockingIOError):
        other.stream.recv(100)  # one question is enough
    assert calls == [True]
    assert not other.gone.is_set()


async def test_who_answers_is_asked_again_and_its_answers_are_nobody_elses_business(
    other: Other, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control_module, "SILENCE_SECONDS", 3_600.0)
    other.control.watch(other.silent.set)
    for _ in range(5):
        assert await other.asked() == ASK
        other.stream.send(Alive().model_dump_json().encode())
    assert await other.asked() == ASK
    assert other.heard == []
    assert not other.silent.is_set()


async def test_anything_that_is_said_is_a_sign_of_life(other: Other, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control_module, "SILENCE_SECONDS", 3_600.0)
    other.control.watch(other.silent.set)
    for _ in range(3):
        assert await other.asked() == ASK
        other.stream.send(Failed(detail="no").model_dump_json().encode())
    assert await other.asked() == ASK
    assert len(other.heard) == 3


async def test_nobody_is_asked_after_the_end(other: Other) -> None:
    other.control.watch(other.silent.set)
    other.control.close()
    other.control.watch(other.silent.set)
    assert await other.asked() == ASK
    assert await other.asked() == b""
