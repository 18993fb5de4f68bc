"""What requests hold while they come in, and answers while they go out: counted together, bounded, sent in parts."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from starlette.types import Message, Send

from chainrule.errors import BusyError
from chainrule.words.numbers import say_count

BODY_COPIES = 2
"""A body stands in memory as it came and once more in one piece."""
PART_BYTES = 131_072
"""What is handed to a connection at once: what a client does not take stays where it is, and is not copied for it."""
RETRY_SECONDS = 5
"""When somebody who was turned away should try again [s]."""


class HeldMemory:
    """Counts the bytes that connections hold.

    Args:
        most: how many there may be together [bytes].
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._sending: Counter[int] = Counter()
        self.bodies = 0
        """Bytes of bodies of requests that are not answered yet."""
        self.answers = 0
        """Bytes of answers that are not taken yet; one that is kept and sent to many counts once."""

    def take_body(self, length: int) -> None:
        """Count more of a body, to be given back by `leave_body`.

        Raises:
            BusyError: there is no room for it.
        """
        self._check(BODY_COPIES * length)
        self.bodies += BODY_COPIES * length

    def leave_body(self, length: int) -> None:
        """Count a body as gone."""
        self.bodies -= BODY_COPIES * length

    @contextmanager
    def sending(self, content: bytes) -> Iterator[None]:
        """Count an answer while it is sent.

        Raises:
            BusyError: there is no room for it beside the others.
        """
        known = id(content)
        if not self._sending[known]:
            if self.bodies or self.answers:  # alone it is sent, however long it is
                self._check(len(content))
            self.answers += len(content)
        self._sending[known] += 1
        try:
            yield
        finally:
            self._sending[known] -= 1
            if not self._sending[known]:
                del self._sending[known]
                self.answers -= len(content)

    def _check(self, more: int) -> None:
        if self.bodies + self.answers + more > self._most:
            raise BusyError(
                f"Requests and answers under way hold as much memory as they may, {say_count(self._most)} bytes",
                RETRY_SECONDS,
            )


class PartedAnswer:
    """Sends one answer on, in parts, and counts it meanwhile.

    Args:
        send: where it goes.
        held: where it is counted.
        refuse: answers in its place where there is no room for it.
    """

    def __init__(self, send: Send, held: HeldMemory, refuse: Callable[[BusyError], Awaitable[None]]) -> None:
        self._send = send
        self._held = held
        self._refuse = refuse
        self._start: Message | None = None
        self._refused = False

    async def __call__(self, message: Message) -> None:
        """Send a message; the head waits for the first of the body, which may have no room."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        if self._refused:
            return
        content = message.get("body", b"")
        if len(content) <= PART_BYTES:
            await self._begin()
            await self._send(message)
            return
        try:
            with self._held.sending(content):
                await self._begin()
                for at in range(0, len(content), PART_BYTES):
                    more = message.get("more_body", False) or at + PART_BYTES < len(content)
                    await self._send({**message, "body": content[at : at + PART_BYTES], "more_body": more})
        except BusyError as error:
            if self._start is None:  # its beginning is out already
                raise
            self._refused = True
            await self._refuse(error)

    async def _begin(self) -> None:
        start, self._start = self._start, None
        if start is not None:
            await self._send(start)
