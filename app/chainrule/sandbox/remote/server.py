"""A pool that serves others: a worker, which runs programs for the servers that connect to its Unix socket."""

import asyncio
import contextlib
import errno
import os
import secrets
import socket
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chainrule.errors import BusyError, SandboxError
from chainrule.protocol.frames import ANSWER, BROKEN, STARTED, Outcome
from chainrule.sandbox.pool import Pool
from chainrule.sandbox.remote.link import (
    ALIVE,
    ALIVE_SECONDS,
    BUSY,
    GREETING,
    UNANSWERED,
    Busy,
    Greeting,
    Incoming,
    LinkBrokenError,
    frame,
    own_limits,
    own_versions,
)
from chainrule.settings import Settings

REQUEST_SECONDS = 10.0
"""How long a server that has connected may take to send its request [s]."""
TAKE_SECONDS = 10.0
"""How long a server may take to take its answer [s]."""
SOCKET_MODE = 0o660
"""Its owner and its group may connect."""


@asynccontextmanager
async def serving(settings: Settings, path: str) -> AsyncIterator[None]:
    """Start the sandbox and run programs for whoever connects; at the end, those that run come to their end.

    Args:
        settings: the limits of each execution, how many run at once, how many may wait.
        path: where the socket is made, once programs can be run.

    Raises:
        SandboxError: programs cannot be confined here, or the socket cannot be made.
    """
    pool = Pool(settings)
    await pool.start()
    try:
        listener = claim(path)
        try:
            desk = _Desk(pool, settings)
            server = await asyncio.start_unix_server(desk.serve, sock=listener)
            try:
                yield
            finally:
                server.close()
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
        desk.closing = True
    finally:
        await pool.stop(waiting=False)  # the servers give what has not begun to the next worker
    await desk.finish()


def claim(path: str) -> socket.socket:
    """Return a socket that listens at a path; one that a dead worker left behind is taken over.

    Raises:
        SandboxError: another worker listens there, something else stands there, or it cannot be made.
    """
    listener = socket.socket(socket.AF_UNIX)
    try:
        try:
            _bind(listener, path)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            if not stat.S_ISSOCK(os.lstat(path).st_mode):
                raise SandboxError(f"{path} is there already, and is not a socket") from None
            if _is_served(path):
                raise SandboxError(f"another worker listens at {path}") from None
            os.unlink(path)
            _bind(listener, path)
        listener.listen(1024)
    except OSError as error:
        listener.close()
        raise SandboxError(f"cannot listen at {path}: {error.strerror or error}") from error
    except SandboxError:
        listener.close()
        raise
    return listener


def _bind(listener: socket.socket, path: str) -> None:
    before = os.umask(0o777 & ~SOCKET_MODE)
    try:
        listener.bind(path)
    finally:
        os.umask(before)


def _is_served(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            return False
        return True


class _Desk:
    """Serves the connections of a worker, each in a task of its own."""

    def __init__(self, pool: Pool, settings: Settings) -> None:
        self._pool = pool
        self._limits = settings.limits
        self._instance = secrets.token_hex(8)
        self._tasks: set[asyncio.Task[None]] = set()
        self.closing = False
        """Whether what has not started is given back, for the next worker."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Run the one request of a connection."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            writer.write(frame(GREETING, self._greeting().model_dump_json().encode()))
            _, content = await Incoming.at_worker(reader, self._limits).next(REQUEST_SECONDS)
            kind, answer = await self._run(content, reader, writer)
            writer.write(frame(kind, answer))
            async with asyncio.timeout(TAKE_SECONDS):
                await writer.drain()
                writer.close()
                await writer.wait_closed()
        except (LinkBrokenError, OSError, TimeoutError):
            pass  # a server that went away is answered no more
        finally:
            writer.transport.abort()

    async def finish(self) -> None:
        """Wait until what was answered is taken."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=TAKE_SECONDS)

    def _greeting(self) -> Greeting:
        return Greeting(
            instance=self._instance,
            versions=own_versions(),
            limits=own_limits(self._limits),
            at_once=self._pool.figures().workers,
            layers=self._pool.report(),
        )

    async def _run(
        self, content: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> tuple[bytes, bytes]:
        run = asyncio.create_task(self._pool.run(content, lambda: writer.write(frame(STARTED))))
        left = asyncio.create_task(reader.read(1))
        try:
            while not run.done():
                await asyncio.wait({run, left}, timeout=ALIVE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                if left.done() and not run.done():
                    raise LinkBrokenError("the server went away")
                if not run.done():
                    writer.write(frame(ALIVE))
            return self._frame_of(run)
        finally:
            run.cancel()
            left.cancel()
            await asyncio.wait({run, left})

    def _frame_of(self, run: "asyncio.Task[Outcome]") -> tuple[bytes, bytes]:
        try:
            outcome = run.result()
        except BusyError as error:
            if self.closing:
                raise LinkBrokenError("the next worker will run it") from None
            busy = Busy(message=str(error), retry_after_seconds=error.retry_after_seconds)
            return BUSY, busy.model_dump_json().encode()
        except SandboxError as error:
            return BROKEN, str(error).encode()[:1_000]
        if isinstance(outcome, bytes):
            return ANSWER, outcome
        return UNANSWERED, outcome.model_dump_json().encode()
