"""The web process's end of one zygote, which forks children from memory that is already warm."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess

from pydantic import TypeAdapter, ValidationError

from app.errors import SandboxError
from app.graph.pipe import FORK, FORK_NOW, PACKET_BYTES, Exited, Failed, Forked, Layer, Message, Order, Ready
from app.sandbox.child import Child
from app.sandbox.command import start_worker
from app.sandbox.nursery import Nursery

MESSAGE: TypeAdapter[Message] = TypeAdapter(Message)


class Zygote(Nursery):
    """One zygote process and its children.

    Args:
        order: what it is told first.
        spare: how many children are kept ready.
    """

    def __init__(self, order: Order, spare: int) -> None:
        super().__init__(spare)
        self._order = order
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._ready: asyncio.Future[Ready] = asyncio.get_running_loop().create_future()
        self.own_layers: list[Layer] = []
        """What holds for the zygote, and so for all its children."""

    @property
    def pid(self) -> int:
        """The process id of the zygote."""
        assert self._process is not None
        return self._process.pid

    async def _prepare(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        self._control = ours
        with theirs:
            self._process = start_worker("zygote", theirs)
        ours.send(self._order.model_dump_json().encode())
        asyncio.get_running_loop().add_reader(ours, self._hear)
        self.own_layers = (await self._ready).layers

    def _make(self, *, hurry: bool) -> None:
        if self._control is not None:
            with contextlib.suppress(OSError):  # it is gone, and `_hear` is about to see that
                self._control.send(FORK_NOW if hurry else FORK)

    def _release(self) -> None:
        if not self._ready.done():
            self._ready.set_exception(SandboxError("the zygote ended before it was ready"))
            self._ready.exception()  # seen: whoever should wait for it may have failed before
        if self._control is not None:
            asyncio.get_running_loop().remove_reader(self._control)
            self._control.close()
            self._control = None
        if self._process is not None:
            self._process.kill()
            # Its memory is large, and taking it down must not hold the event loop up.
            asyncio.get_running_loop().run_in_executor(None, self._process.wait)

    def _hear(self) -> None:
        """Take one message from the zygote."""
        assert self._control is not None
        try:
            packet, descriptors, _, _ = socket.recv_fds(self._control, PACKET_BYTES, 2)
            message = MESSAGE.validate_json(packet) if packet else None
        except BlockingIOError:
            return
        except (OSError, ValidationError):
            message, descriptors = None, []
        if message is None:
            self.close()
        elif isinstance(message, Forked):
            self._born(_child(message.pid, *descriptors))
        elif isinstance(message, Exited):
            self._ended(message.pid, message.status)
        elif isinstance(message, Ready):
            self._ready.set_result(message)
        elif isinstance(message, Failed):
            self._ready.set_exception(SandboxError(message.detail))


def _child(pid: int, stream: int, pidfd: int) -> Child:
    """Return a child that is killed through a descriptor of the process itself: no later one can take its place."""

    def kill() -> None:
        try:
            signal.pidfd_send_signal(pidfd, signal.SIGKILL)
        finally:
            os.close(pidfd)

    return Child(pid, socket.socket(fileno=stream), kill)
