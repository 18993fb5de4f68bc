"""What connections hold is counted together, and one more that has no room is told so."""

import select
import socket
from collections.abc import Callable

import pytest
from chainrule.errors import BusyError
from chainrule.settings import Settings
from chainrule.web.http.held_memory import BODY_COPIES, PART_BYTES, HeldMemory, PartedAnswer
from starlette.types import Message

from tests.web.running import running_server

HEAD = "POST /api/v1/graphs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n"


class Taken:
    """An answer as the server would send it."""

    def __init__(self, held: HeldMemory) -> None:
        self.held = held
        self.messages: list[Message] = []
        self.counted: list[int] = []
        self.refused: list[BusyError] = []

    async def send(self, message: Message) -> None:
        self.messages.append(message)
        self.counted.append(self.held.answers)

    async def refuse(self, error: BusyError) -> None:
        self.refused.append(error)

    async def answer(self, content: bytes, *more: bytes) -> None:
        parted = PartedAnswer(self.send, self.held, self.refuse)
        await parted({"type": "http.response.start", "status": 200, "headers": []})
        for part, is_last in zip((content, *more), [False] * len(more) + [True], strict=True):
            await parted({"type": "http.response.body", "body": part, "more_body": not is_last})

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages)


@pytest.mark.parametrize("length", [0, 1, PART_BYTES, PART_BYTES + 1, 3 * PART_BYTES, 3 * PART_BYTES + 7])
async def test_an_answer_arrives_whole_in_parts_that_are_small(length: int) -> None:
    taken = Taken(HeldMemory(10**9))
    content = bytes(index % 251 for index in range(length))
    await taken.answer(content)
    assert taken.body == content
    assert all(len(message.get("body", b"")) <= PART_BYTES for message in taken.messages)
    assert [message.get("more_body", False) for message in taken.messages[1:]][-1:] == [False]
    assert sum(not message.get("more_body", False) for message in taken.messages[1:]) == 1
    assert taken.held.answers == 0


async def test_a_stream_stays_one() -> None:
    taken = Taken(HeldMemory(10**9))
    await taken.answer(b"a" * (PART_BYTES + 1), b"b", b"c" * 2 * PART_BYTES)
    assert taken.body == b"a" * (PART_BYTES + 1) + b"b" + b"c" * 2 * PART_BYTES


async def test_an_answer_that_is_sent_to_many_counts_once() -> None:
    held, content = HeldMemory(10**9), bytes(2 * PART_BYTES)
    with held.sending(content), held.sending(content):
        assert held.answers == len(content)
    assert held.answers == 0


async def test_one_that_has_no_room_is_refused_before_its_head_is_out() -> None:
    held = HeldMemory(3 * PART_BYTES)
    taken = Taken(held)
    with held.sending(bytes(2 * PART_BYTES)):
        await taken.answer(bytes(2 * PART_BYTES), b"more of it")
    assert taken.messages == []
    assert len(taken.refused) == 1
    await taken.answer(bytes(9 * PART_BYTES))  # alone it is sent, however long it is
    assert len(taken.body) == 9 * PART_BYTES


def test_bodies_and_answers_have_one_bound() -> None:
    held = HeldMemory(1_000)
    held.take_body(200)
    with held.sending(bytes(500)):
        with pytest.raises(BusyError, match="1,000 bytes"):
            held.take_body(60)
        held.take_body(50)
    held.leave_body(250)
    assert (held.bodies, held.answers) == (0, 0)


@pytest.fixture
def connect() -> Callable[[tuple[str, int]], socket.socket]:
    return lambda address: socket.create_connection(address, timeout=60)


def test_unfinished_bodies_of_many_clients_hold_no_more_than_they_may(
    connect: Callable[[tuple[str, int]], socket.socket],
) -> None:
    most, sent = 4_000_000, 400_000
    fitting = most // (BODY_COPIES * sent)
    with running_server(Settings(held_bytes=most, rate_limit=0)) as address:
        clients = [connect(address) for _ in range(3 * fitting)]
        for client in clients:
            client.sendall(HEAD.format(2 * sent).encode() + bytes(sent))
        answered: set[socket.socket] = set()
        while len(answered) < len(clients) - fitting:
            ready = select.select([client for client in clients if client not in answered], [], [], 60)[0]
            assert ready
            answered.update(ready)
        assert all(client.recv(100).startswith(b"HTTP/1.1 503") for client in answered)
        assert select.select([client for client in clients if client not in answered], [], [], 0)[0] == []
        for client in clients:
            client.close()
        with connect(address) as last:
            last.sendall(HEAD.format(16).encode() + b'{"source":"x*x"}')
            assert last.recv(100).startswith(b"HTTP/1.1 200")
