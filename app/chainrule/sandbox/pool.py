"""The pool: takes requests in order, as many at once as there are cores, each in a child of its own."""

import asyncio
import os
import sys
import time
from collections.abc import Callable, Coroutine
from functools import partial

from chainrule.errors import BusyError, SandboxError
from chainrule.protocol.frames import Layer, Outcome, SetupOrder, Unanswered
from chainrule.protocol.messages import ExecutionAnswer
from chainrule.protocol.program import Program
from chainrule.sandbox.metrics import PoolFigures, Tally
from chainrule.sandbox.outcomes import conclude
from chainrule.sandbox.processes.child import Child, ChildLostError
from chainrule.sandbox.processes.child_pool import ChildPool, ChildPoolGoneError
from chainrule.sandbox.processes.spawner import Spawner
from chainrule.sandbox.processes.standby import BACK_OFF_SECONDS, StemStandby
from chainrule.sandbox.processes.zygote import ZygoteHandle
from chainrule.sandbox.queue import Queue, QueueClosedError, QueueFullError
from chainrule.settings import Settings

GRACE_SECONDS = 2.0
"""How much longer than it may run the end of a program is awaited, as of the operation that it is in [s]."""
STATUS_SECONDS = 1.0
"""How long the exit code of a lost child is waited for [s]."""
SPARE = 12
"""How many children are ready beyond those that may run: so many requests that come at once find a warm one."""
ATTEMPTS = 4 * SPARE
"""How often a request is given to another child when one was lost before it had started: if something ends all that
are idle, one request meets many of them."""


class Pool:
    """Executes programs, each in a confined child.

    Args:
        settings: the limits of each execution, how many run at once, how many may wait.
        without: layers of confinement that are left out, to show in a test what each of them holds back.
        grace_seconds: how much longer than it may run the program's end is awaited, and its answer likewise [s].
    """

    def __init__(
        self, settings: Settings, *, without: tuple[str, ...] = (), grace_seconds: float = GRACE_SECONDS
    ) -> None:
        limits = settings.limits
        self._patience = limits.wall_seconds + grace_seconds
        self._patience_for_answer = limits.answer_seconds + limits.check_seconds + grace_seconds
        self._settings = settings
        self._limits = settings.limits
        self._workers = settings.workers or _cores()
        self._queue = Queue(self._workers, settings.queue)
        insecure = settings.insecure_local or not _can_fork()
        self._order = SetupOrder.of(settings.limits, insecure=insecure, without=without)
        self._tally = Tally()
        self._children: ChildPool | None = None
        self._retired: list[ChildPool] = []
        self._standby = StemStandby(self._order)
        self._stopping = False
        self._over = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._starting = asyncio.Lock()

    async def start(self) -> None:
        """Start the sandbox, and return once a program can be executed.

        Raises:
            SandboxError: programs cannot be confined here, or not started at all; the message says why.
        """
        await self._current()

    async def drain(self, seconds: float | None = None, *, waiting: bool = True) -> None:
        """Take no more requests, and let those that were taken come to their end.

        Who waits for what cannot be done in that time is told so at once, as far as that is known by then, and
        everybody else when the time is over: nobody is left without an answer.

        Args:
            seconds: how long they are waited for; left out, as long as the settings say [s].
            waiting: False where those that have not begun go elsewhere.
        """
        seconds = self._settings.drain_seconds if seconds is None else seconds
        self._stopping = True
        fitting = self._tally.fitting(self._workers, seconds) if waiting else 0
        if fitting is not None:
            self._queue.turn_away(max(0, fitting - self._tally.running))
        until = time.monotonic() + seconds
        while not self._queue.empty and time.monotonic() < until:
            await asyncio.sleep(0.01)
        self._over = True
        self._queue.turn_away()
        self._end_children()
        while not self._queue.empty:  # they are being told that they were interrupted
            await asyncio.sleep(0.01)

    async def stop(self, drain_seconds: float | None = None, *, waiting: bool = True) -> None:
        """End every process, once what runs has come to its end; at once where that was waited for before.

        Args:
            drain_seconds: how long it is waited for; left out, as long as the settings say [s].
            waiting: False where those that have not begun go elsewhere.
        """
        if not self._stopping:
            await self.drain(drain_seconds, waiting=waiting)
        for task in self._tasks:
            task.cancel()
        self._standby.close()
        self._end_children()

    def _end_children(self) -> None:
        for children in (self._children, *self._retired):
            if children is not None:
                children.close()

    def report(self) -> list[Layer]:
        """Return the layers of confinement as the children have them."""
        if self._children is None:
            return []
        own = self._children.own_layers if isinstance(self._children, ZygoteHandle) else []
        return [*own, *self._children.layers]

    @property
    def idle(self) -> int:
        """Return how many children are ready and wait for a program."""
        return 0 if self._children is None else self._children.idle

    def figures(self) -> PoolFigures:
        """Return what the pool has done and is doing, in numbers."""
        return self._tally.figures(self._workers, self._queue.waiting)

    async def execute(self, program: Program) -> ExecutionAnswer:
        """Execute one program.

        Returns:
            Its answer; a limit that it hit or a crash is a problem in there.

        Raises:
            BusyError: too many requests wait already, or the server is about to stop.
            SandboxError: no child could be had.
        """
        outcome = await self.run(program.encode())
        name, answer = conclude(outcome, program, self._limits)
        self._tally.outcomes[name] += 1
        return answer

    async def run(self, content: bytes, started: Callable[[], None] = lambda: None) -> Outcome:
        """Run one request, given and answered as bytes; nobody has looked into the answer yet.

        Args:
            content: a Program, encoded.
            started: called when the program starts: from then on it is not given to another child.

        Raises:
            BusyError: too many requests wait already, or the server is about to stop.
            SandboxError: no child could be had.
        """
        if self._stopping:
            raise _about_to_stop()
        arrived = time.monotonic()
        try:
            async with self._queue:
                self._tally.waited_seconds += time.monotonic() - arrived
                self._tally.running += 1
                try:
                    return await self._attempts(content, started)
                finally:
                    self._tally.running -= 1
        except QueueFullError:
            self._tally.outcomes["refused"] += 1
            waiting = self._queue.waiting
            seconds = max(1, round(waiting * self._limits.wall_seconds / self._workers / 4))
            raise BusyError(f"{waiting} programs are waiting already.", retry_after_seconds=seconds) from None
        except QueueClosedError:
            self._tally.outcomes["refused"] += 1
            raise _about_to_stop() from None
        except asyncio.CancelledError:
            self._tally.outcomes["cancelled"] += 1
            raise

    async def _attempts(self, content: bytes, started: Callable[[], None]) -> Outcome:
        for attempt in range(ATTEMPTS):
            if self._over:
                raise _about_to_stop()
            children = await self._current()
            try:
                child = await children.lease(hurry=bool(self._queue.waiting))
            except ChildPoolGoneError:
                continue
            self._tally.retries += attempt > 0
            self._replace_if_old(children)
            began = time.monotonic()
            try:
                async with asyncio.timeout(self._patience) as deadline:
                    over = partial(self._await_answer, deadline)
                    return await child.run(content, self._limits.answer_bytes, started, over)
            except TimeoutError:
                if child.started:
                    return Unanswered(kind="overdue", over=child.over)
            except ChildLostError as lost:
                if lost.started:
                    return await self._explain(children, child, lost)
            finally:
                self._tally.run_seconds += time.monotonic() - began
                self._tally.runs += 1
                child.close()
                children.done()
        raise SandboxError(f"{ATTEMPTS} children were lost before the program started.")

    def _await_answer(self, deadline: asyncio.Timeout) -> None:
        """Give the answer of a program that is over its own time, whatever the program took of its own."""
        deadline.reschedule(asyncio.get_running_loop().time() + self._patience_for_answer)

    async def _explain(self, children: ChildPool, child: Child, lost: ChildLostError) -> Unanswered:
        if lost.forged:
            return Unanswered(kind="forged", reason=str(lost))
        try:
            status = await asyncio.wait_for(asyncio.shield(child.ended), STATUS_SECONDS)
        except TimeoutError:
            status = None
        if children.gone.is_set():
            return Unanswered(kind="interrupted")
        return Unanswered(kind="lost", reason=str(lost), status=status, over=child.over)

    async def _current(self) -> ChildPool:
        """Return the pool of children, started again if no more come of it."""
        async with self._starting:
            children = self._children
            if children is None or children.barren.is_set():
                old, children = children, await self._next()
                self._children = children
                if old is not None:
                    self._retire(old)
            return children

    def _retire(self, children: ChildPool) -> None:
        """Let programs that run in a pool of children come to their end, and end it then."""
        self._retired = [*(old for old in self._retired if not old.gone.is_set()), children]
        children.retire()

    async def _next(self) -> ChildPool:
        """Return a new pool of children, to be used from now on."""
        children = await self._new()
        children.fill()
        self._in_background(self._watch(children))
        return children

    async def _new(self) -> ChildPool:
        self._tally.starts += 1
        # A spawned child costs too much for more than may run at once.
        children: ChildPool = (
            ZygoteHandle(self._standby, self._workers + SPARE) if _can_fork() else Spawner(self._order, self._workers)
        )
        await children.start()
        confined = any(layer.name == "seccomp" and layer.active for layer in children.layers)
        if not confined and not self._settings.on_loopback:
            children.close()
            raise SandboxError(
                f"programs cannot be confined on this machine, so the server may listen on the loopback only, "
                f"not on {self._settings.host}"
            )
        return children

    async def _watch(self, children: ChildPool) -> None:
        """Start again at once when a pool of children dies, so that the next request does not have to wait for it."""
        await children.barren.wait()
        attempt = 0
        while not self._stopping and children is self._children:
            await asyncio.sleep(BACK_OFF_SECONDS[min(attempt, len(BACK_OFF_SECONDS) - 1)])
            attempt += 1
            try:
                await self._current()
            except SandboxError:
                continue

    def _replace_if_old(self, children: ChildPool) -> None:
        """Have a fresh stem and zygote made when these are old: all children have their layout of the address space."""
        if not isinstance(children, ZygoteHandle) or children is not self._children or children.retired:
            return
        most = self._settings.zygote_executions, 60 * self._settings.zygote_minutes
        if children.leased >= most[0] or children.age_seconds >= most[1]:
            children.retired = True
            self._in_background(self._replace(children))

    async def _replace(self, old: ChildPool) -> None:
        try:
            await self._standby.renew()
            async with self._starting:
                if self._children is old:
                    self._children = await self._next()
        except (SandboxError, OSError):
            old.retired = False  # it still serves; the next request tries again
        else:
            self._retire(old)

    def _in_background(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _about_to_stop() -> BusyError:
    return BusyError("The server is about to stop.", retry_after_seconds=10)


def _can_fork() -> bool:
    """Return whether the zygote works here: it needs descriptors of processes and sockets that keep packets apart."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open")


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
