"""The web process's end of one zygote, which forks children from memory that is already warm."""

import asyncio
import os
import signal
import socket
import time

from chainrule.errors import SandboxError
from chainrule.protocol.frames import FORK, FORK_NOW, Exited, Failed, Forked, Layer, Message, Ready
from chainrule.sandbox.processes.child import Child
from chainrule.sandbox.processes.child_pool import ChildPool
from chainrule.sandbox.processes.control import Control
from chainrule.sandbox.processes.standby import StemStandby
from chainrule.sandbox.processes.stem import ForkedProcess, Stem

DESCRIPTORS = 2
"""What comes along with a child: its socket and its pidfd."""
AGAIN_SECONDS = 1.0
"""How long it takes until another child is asked for, where there was no room for the last one's descriptors [s]."""


class ZygoteHandle(ChildPool):
    """One zygote process and its children.

    Args:
        standby: what it is forked from.
        spare: how many children are kept ready.
    """

    def __init__(self, standby: StemStandby, spare: int) -> None:
        super().__init__(spare)
        self._standby = standby
        self._stem: Stem | None = None
        self._process: ForkedProcess | None = None
        self._control: Control | None = None
        self._ready: asyncio.Future[list[Layer]] = asyncio.get_running_loop().create_future()
        self.own_layers: list[Layer] = []
        """What holds for the zygote, and so for all its children."""

    @property
    def age_seconds(self) -> float:
        """Return how long its layout of the address space has been in use: it has that of its stem [s]."""
        return 0.0 if self._stem is None else time.monotonic() - self._stem.warm_since

    async def _prepare(self) -> None:
        self._stem, self._process = await self._standby.fork()
        self._control = Control(self._process.stream, self._hear, self.close)
        self.own_layers = await self._ready
        self._control.watch(self.barren.set)  # it does not answer any more; the children in use go on

    def _make(self, *, hurry: bool) -> None:
        if self._control is not None:
            self._control.send(FORK_NOW if hurry else FORK)

    def _release(self) -> None:
        if not self._ready.done():
            self._ready.set_exception(SandboxError("the zygote ended before it was ready"))
            self._ready.exception()  # seen: whoever should wait for it may have failed before
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            # Its memory is large, and taking it down must not hold the event loop up.
            asyncio.get_running_loop().run_in_executor(None, self._process.end)

    def _hear(self, message: Message, descriptors: list[int]) -> None:
        if isinstance(message, Forked):
            self._take(message.pid, descriptors)
        elif isinstance(message, Exited):
            self._ended(message.pid, message.status)
        elif isinstance(message, Ready):
            self._ready.set_result(message.layers)
        elif isinstance(message, Failed):
            self._ready.set_exception(SandboxError(message.detail))

    def _take(self, pid: int, descriptors: list[int]) -> None:
        """Take a child in; one whose descriptors this process had no room for has ended, and comes again later."""
        if len(descriptors) == DESCRIPTORS:
            self._born(_child(pid, *descriptors))
            return
        for descriptor in descriptors:
            os.close(descriptor)
        asyncio.get_running_loop().call_later(AGAIN_SECONDS, lambda: self._make(hurry=True))


def _child(pid: int, stream: int, pidfd: int) -> Child:
    """Return a child that is killed through a descriptor of the process itself: no later one can take its place."""

    def kill() -> None:
        try:
            signal.pidfd_send_signal(pidfd, signal.SIGKILL)
        finally:
            os.close(pidfd)

    return Child(pid, socket.socket(fileno=stream), kill)
