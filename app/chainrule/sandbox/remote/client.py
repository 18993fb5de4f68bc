"""A pool that is somewhere else: in a worker, a process without network that is reached through a Unix socket."""

import asyncio
import logging
import time

from pydantic import ValidationError

from chainrule.errors import BusyError, SandboxError
from chainrule.protocol.frames import ANSWER, BROKEN, REQUEST, STARTED, Layer, Outcome, Unanswered
from chainrule.protocol.messages import ExecutionAnswer
from chainrule.protocol.program import Program
from chainrule.sandbox.metrics import PoolFigures, Tally
from chainrule.sandbox.outcomes import conclude
from chainrule.sandbox.pool import GRACE_SECONDS
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

LOG = logging.getLogger("chainrule.sandbox")

MARGIN_SECONDS = 3.0
"""How much longer than the worker itself waits for a program the worker is waited for [s]."""
RETURN_SECONDS = 30.0
"""How long a worker may be away before requests are refused; it takes some seconds to start again [s]."""
PAUSE_SECONDS = 0.1
"""Between two tries to reach a worker that is away [s]."""
CONNECT_SECONDS = 5.0
"""How long a connection may take; a worker that is overwhelmed does not accept any [s]."""


class WorkerLostError(Exception):
    """The worker could not be reached, or the connection to it ended before it had answered."""

    def __init__(self, reason: str, *, started: bool) -> None:
        super().__init__(reason)
        self.started = started
        """Whether the program may have run."""


class RemotePool:
    """Executes programs in a worker, which has the queue and the children; its answers are checked here.

    Args:
        settings: where the worker is, and the limits, which it must have been told too.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._limits = settings.limits
        limits = settings.limits
        longest = limits.wall_seconds + limits.answer_seconds + limits.check_seconds
        self._patience = longest + 2 * GRACE_SECONDS + MARGIN_SECONDS
        self._tally = Tally()
        self._under_way = 0
        self._greeting: Greeting | None = None
        self._greeted = b""
        self._away_since: float | None = None
        self.away: str | None = None
        """Why the worker cannot be reached, as long as it cannot."""
        self._stopping = False
        self._deadlines: set[asyncio.Timeout] = set()

    async def start(self) -> None:
        """Look for the worker; where it is not there yet, the server starts all the same, and is not ready.

        Raises:
            SandboxError: the worker is there, and is not one for this server.
        """
        try:
            _, writer = await self._connect()
        except WorkerLostError as lost:
            self._miss(lost)
        else:
            writer.close()

    async def drain(self, seconds: float | None = None) -> None:
        """Take no more requests, and let those that were taken come to their end, or be told that they cannot.

        Args:
            seconds: how long they are waited for; left out, as long as the settings say [s].
        """
        self._stopping = True
        until = time.monotonic() + (self._settings.drain_seconds if seconds is None else seconds)
        while self._under_way and time.monotonic() < until:
            await asyncio.sleep(0.01)
        for deadline in self._deadlines:
            deadline.reschedule(0)
        while self._under_way:
            await asyncio.sleep(0.01)

    async def stop(self, drain_seconds: float | None = None) -> None:
        """Do so where it was not done before.

        Args:
            drain_seconds: how long running programs are waited for; left out, as long as the settings say [s].
        """
        if not self._stopping:
            await self.drain(drain_seconds)

    def report(self) -> list[Layer]:
        """Return the layers of confinement as the worker told them."""
        return [] if self._greeting is None else self._greeting.layers

    def figures(self) -> PoolFigures:
        """Return what this server had done and has under way, in numbers."""
        return self._tally.figures(self._at_once, self._under_way - self._tally.running)

    async def execute(self, program: Program) -> ExecutionAnswer:
        """Execute one program.

        Returns:
            Its answer; a limit that it hit or a crash is a problem in there.

        Raises:
            BusyError: too many requests wait already, or the server is about to stop.
            SandboxError: the worker is away, or is not one for this server.
        """
        if self._stopping:
            raise BusyError("The server is about to stop.", retry_after_seconds=10)
        if self._under_way >= self._at_once + self._settings.queue:
            self._tally.outcomes["refused"] += 1
            raise BusyError(f"{self._under_way} programs are under way already.", retry_after_seconds=5)
        self._under_way += 1
        try:
            async with asyncio.timeout(None) as deadline:
                self._deadlines.add(deadline)
                try:
                    outcome = await self._attempts(program.encode())
                finally:
                    self._deadlines.discard(deadline)
        except TimeoutError:
            self._tally.outcomes["refused"] += 1
            raise BusyError("The server is about to stop.", retry_after_seconds=10) from None
        except BusyError:
            self._tally.outcomes["refused"] += 1
            raise
        except asyncio.CancelledError:
            self._tally.outcomes["cancelled"] += 1
            raise
        finally:
            self._under_way -= 1
        name, answer = conclude(outcome, program, self._limits)
        self._tally.outcomes[name] += 1
        return answer

    @property
    def _at_once(self) -> int:
        return 1 if self._greeting is None else self._greeting.at_once

    async def _attempts(self, content: bytes) -> Outcome:
        first = True
        while True:
            try:
                return await self._exchange(content)
            except WorkerLostError as lost:
                if lost.started:
                    return Unanswered(kind="interrupted")
                if self._miss(lost) > RETURN_SECONDS:
                    raise SandboxError(self.away) from lost
                self._tally.retries += first
                first = False
                await asyncio.sleep(PAUSE_SECONDS)

    async def _exchange(self, content: bytes) -> Outcome:
        arrived = time.monotonic()
        incoming, writer = await self._connect()
        started: float | None = None
        alive = 0
        try:
            writer.write(frame(REQUEST, content))
            while True:
                kind, note = await incoming.next()
                alive += kind == ALIVE
                if ALIVE_SECONDS * (alive - 10) > time.monotonic() - arrived:
                    raise LinkBrokenError("it says too often that it is alive")
                if kind == STARTED and started is None:
                    started = time.monotonic()
                    self._tally.waited_seconds += started - arrived
                    self._tally.running += 1
                elif kind == ANSWER and started is not None:
                    return note
                elif kind == UNANSWERED:
                    return Unanswered.model_validate_json(note)
                elif kind == BUSY:
                    busy = Busy.model_validate_json(note)
                    raise BusyError(busy.message, busy.retry_after_seconds)
                elif kind == BROKEN:
                    raise SandboxError(f"The worker cannot run programs: {note.decode('utf-8', 'replace')[:500]}")
                elif kind in (ANSWER, GREETING, STARTED):
                    raise LinkBrokenError(f"it sent {kind!r} out of turn")
                if started is not None and time.monotonic() - started > self._patience:
                    return Unanswered(kind="interrupted")  # a worker that works would have ended the program itself
        except (LinkBrokenError, ValidationError) as error:
            raise WorkerLostError(str(error), started=started is not None) from error
        finally:
            if started is not None:
                self._tally.running -= 1
                self._tally.run_seconds += time.monotonic() - started
            writer.transport.abort()

    async def _connect(self) -> tuple[Incoming, asyncio.StreamWriter]:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                reader, writer = await asyncio.open_unix_connection(self._settings.worker_socket)
        except TimeoutError:
            raise WorkerLostError("it accepts no connection", started=False) from None
        except OSError as error:
            raise WorkerLostError(error.strerror or str(error), started=False) from error
        incoming = Incoming.at_server(reader, self._limits)
        try:
            kind, content = await incoming.next()
            if kind != GREETING:
                raise LinkBrokenError(f"it said {kind!r} instead of a greeting")
            self._meet(content)
        except (LinkBrokenError, ValidationError) as error:
            writer.transport.abort()
            raise WorkerLostError(str(error), started=False) from error
        except BaseException:
            writer.transport.abort()
            raise
        self._away_since = self.away = None
        return incoming, writer

    def _miss(self, lost: WorkerLostError) -> float:
        """Note that the worker is away, and return for how long already [s]."""
        now = time.monotonic()
        if self._away_since is None:
            self._away_since = now
            LOG.warning("the worker at %s cannot be reached: %s", self._settings.worker_socket, lost)
        self.away = f"The worker that runs programs cannot be reached: {lost}"
        return now - self._away_since

    def _meet(self, content: bytes) -> None:
        """Check that a worker is one for this server.

        Raises:
            SandboxError: it is not; the message says why.
            ValidationError: it is none at all.
        """
        if content == self._greeted:
            return
        greeting = Greeting.model_validate_json(content)
        for what, here, there in (
            ("versions", own_versions(), greeting.versions),
            ("limits", own_limits(self._limits), greeting.limits),
        ):
            other = [
                f"{name} is {there.get(name)} there and {value} here"
                for name, value in here.items()
                if there.get(name) != value
            ]
            if other:
                raise SandboxError(f"The worker has other {what} than this server: {', '.join(other)}.")
        if not self._settings.on_loopback and not any(
            layer.name == "seccomp" and layer.active for layer in greeting.layers
        ):
            raise SandboxError("The worker does not confine programs, so the server may listen on the loopback only.")
        if self._greeting is None or self._greeting.instance != greeting.instance:
            self._tally.starts += 1
        self._greeting, self._greeted = greeting, content
