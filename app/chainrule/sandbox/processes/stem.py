"""The web process's end of the stem: the process in whose memory torch is warm, and which forks zygotes."""

import asyncio
import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from typing import Any

from chainrule.errors import SandboxError
from chainrule.protocol.frames import FORK, Failed, Forked, Message, SetupOrder, Warm
from chainrule.sandbox.processes.command import start_worker
from chainrule.sandbox.processes.control import Control
from chainrule.words.numbers import say_number

START_SECONDS = 120.0
"""How long it may take until a stem is warm; importing torch from a cold disk is most of it [s]."""


@dataclass(frozen=True, slots=True)
class ForkedProcess:
    """A zygote process as the stem hands it over."""

    pid: int
    stream: socket.socket
    """Its control socket."""
    pidfd: int

    def end(self) -> None:
        """Kill the process, and wait for it where that is ours to do: its stem may have ended before it."""
        try:
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
            os.waitid(os.P_PIDFD, self.pidfd, os.WEXITED)
        except (ProcessLookupError, ChildProcessError):
            pass
        finally:
            os.close(self.pidfd)


class Stem:
    """One stem process; started by the first that asks it for a zygote.

    Args:
        order: what it and all that come from it are told.
    """

    def __init__(self, order: SetupOrder) -> None:
        self._order = order
        self._process: subprocess.Popen[bytes] | None = None
        self._control: Control | None = None
        self._starting = asyncio.Lock()
        self._warm: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._asked: list[asyncio.Future[ForkedProcess]] = []
        self.gone = asyncio.Event()
        """Set when it has ended; the zygotes that came from it live on."""
        self.warm_since = 0.0
        """When it was warm, by the monotonic clock [s]."""

    async def start(self) -> None:
        """Start, and wait until it is warm; nothing where it is already.

        Raises:
            SandboxError: it ended before, or has ended; the message says why.
            OSError: it cannot be started.
        """
        async with self._starting:
            if self._control is None and not self.gone.is_set():
                ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                self._control = Control(ours, self._hear, self.close)
                try:
                    with theirs:
                        self._process = start_worker("stem", theirs)
                except OSError:
                    self.close()  # else the next to ask would wait for what never began
                    raise
                self._control.send(self._order.model_dump_json().encode())
            try:
                async with asyncio.timeout(START_SECONDS):
                    await asyncio.shield(self._warm)
            except TimeoutError:
                self._give_up(f"it was not warm after {say_number(START_SECONDS)} s")
                self.close()
                await self._warm

    async def fork(self) -> ForkedProcess:
        """Return a new zygote, which has not left any namespace yet.

        Raises:
            SandboxError: the stem has ended.
            OSError: it cannot be started.
        """
        await self.start()
        if self.gone.is_set():
            raise SandboxError("it has ended")
        asked: asyncio.Future[ForkedProcess] = asyncio.get_running_loop().create_future()
        self._asked.append(asked)
        assert self._control is not None
        self._control.send(FORK)
        return await asked

    def close(self) -> None:
        """End the process; the zygotes that came from it live on."""
        if self.gone.is_set():
            return
        self.gone.set()
        self._give_up("it ended before it was ready")
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.kill()
            # Its memory is large, and taking it down must not hold the event loop up.
            asyncio.get_running_loop().run_in_executor(None, self._process.wait)

    def _give_up(self, reason: str) -> None:
        waiting: list[asyncio.Future[Any]] = [self._warm, *self._asked]
        self._asked.clear()
        for future in waiting:
            if not future.done():
                future.set_exception(SandboxError(reason))
                future.exception()  # seen: whoever should wait for it may have failed before

    def _hear(self, message: Message, descriptors: list[int]) -> None:
        if isinstance(message, Forked):
            stream, pidfd = descriptors
            born = ForkedProcess(message.pid, socket.socket(fileno=stream), pidfd)
            asked = self._asked.pop(0)
            if asked.done():  # nobody waits for it any more
                born.stream.close()
                born.end()
            else:
                asked.set_result(born)
        elif isinstance(message, Warm) and self._control is not None:
            self.warm_since = time.monotonic()
            self._warm.set_result(None)
            self._control.watch(self.close)
        elif isinstance(message, Failed):
            self._give_up(message.detail)
            self.close()
