"""Where children come from: kept ready ahead of time, handed out in order, each once."""

import asyncio
from abc import ABC, abstractmethod

from pydantic import ValidationError

from chainrule.errors import SandboxError
from chainrule.protocol.frames import Layer
from chainrule.sandbox.processes.child import Child, ChildLostError
from chainrule.words.numbers import say_number

START_SECONDS = 120.0
"""How long it may take until the first child is ready; importing torch from a cold disk is most of it [s]."""
LEASE_SECONDS = 15.0
"""How long a child may be waited for; after it what makes them is taken for dead [s]."""


class ChildPoolGoneError(Exception):
    """There will be no more children from this pool."""


class ChildPool(ABC):
    """Children kept ready; subclasses say how one is made.

    Args:
        spare: how many children are kept ready.
    """

    def __init__(self, spare: int) -> None:
        self._spare = spare
        self._idle: asyncio.Queue[Child | None] = asyncio.Queue()
        self._greetings: set[asyncio.Task[None]] = set()
        self._children: dict[int, Child] = {}
        self._replaced = False
        self._owed = 0
        self._refusal = "it ended before it was ready"
        self.layers: list[Layer] = []
        """What the children reported of their confinement."""
        self.leased = 0
        """How many children were taken so far."""
        self.busy = 0
        """How many of them are in use."""
        self.retired = False
        """Whether it is to end once none is in use."""
        self.barren = asyncio.Event()
        """Set when no more children will come; those that are in use may go on."""
        self.gone = asyncio.Event()
        """Set when there are none any more."""

    async def start(self) -> None:
        """Start, and wait until the first child is confined.

        Raises:
            SandboxError: it could not be started or confined; the message says why.
        """
        try:
            async with asyncio.timeout(START_SECONDS):
                await self._prepare()
                self._make(hurry=False)
                first = await self._idle.get()
        except TimeoutError:
            self.close()
            raise SandboxError(f"no child was ready after {say_number(START_SECONDS)} s") from None
        except OSError as error:
            self.close()
            raise SandboxError(f"the sandbox cannot be started: {error}") from error
        except BaseException:
            self.close()
            raise
        if first is None:
            self.close()
            raise SandboxError(f"no child could be confined: {self._refusal}")
        self._idle.put_nowait(first)

    def fill(self) -> None:
        """Have the other children made that are kept ready beside the first."""
        for _ in range(self._spare - 1):
            self._make(hurry=False)

    @property
    def idle(self) -> int:
        """Return how many children are ready and wait to be taken."""
        return sum(child.idle for child in self._children.values())

    async def lease(self, *, hurry: bool = False) -> Child:
        """Take an idle child; another one is made in its place when it is done, at once where there is none left.

        Args:
            hurry: others are waiting, so the next one should come at once, and rather soon than warm.

        Raises:
            ChildPoolGoneError: there are none any more.
        """
        while not self.gone.is_set():
            try:
                async with asyncio.timeout(LEASE_SECONDS):
                    child = await self._idle.get()
            except TimeoutError:
                break
            if child is None:
                self._idle.put_nowait(None)  # for whoever else is waiting
                if self._replaced:  # the children that are in use go on
                    raise ChildPoolGoneError
                break
            if child.ended.done():  # it was killed while it was waiting
                child.close()
                self._make(hurry=hurry)
                continue
            child.idle = False
            self._owed += 1
            if hurry or self._idle.empty():
                self._repay(hurry=hurry)
            self.leased += 1
            self.busy += 1
            return child
        self.close()
        raise ChildPoolGoneError

    def done(self) -> None:
        """Note that a leased child is not used any more."""
        self.busy -= 1
        if not self._replaced:
            self._repay(hurry=False)
        elif not self.busy:
            self.close()

    def retire(self) -> None:
        """End as soon as no child is in use: another pool has taken over."""
        self.retired = self._replaced = True
        self.barren.set()
        if self.busy:
            self._idle.put_nowait(None)  # behind those that are ready: whoever waits goes to the other pool
        else:
            self.close()

    def close(self) -> None:
        """End all children, and what makes them."""
        if self.gone.is_set():
            return
        self.gone.set()
        self.barren.set()
        for task in self._greetings:
            task.cancel()
        while not self._idle.empty():
            child = self._idle.get_nowait()
            if child is not None:
                child.close()
        self._idle.put_nowait(None)
        for child in self._children.values():  # whoever uses one sees it end, and closes it
            child.kill()
            _settle(child, -9)
        self._children.clear()
        self._release()

    @abstractmethod
    async def _prepare(self) -> None:
        """Do what comes before the first child."""

    @abstractmethod
    def _make(self, *, hurry: bool) -> None:
        """Have one more child made; it is born later."""

    @abstractmethod
    def _release(self) -> None:
        """Let go of what is not a child."""

    def _repay(self, *, hurry: bool) -> None:
        """Have as many children made as were taken: making them costs what the programs that run could use."""
        for _ in range(self._owed):
            self._make(hurry=hurry)
        self._owed = 0

    def _born(self, child: Child) -> None:
        self._children[child.pid] = child
        task = asyncio.get_running_loop().create_task(self._greet(child))
        self._greetings.add(task)

        def greeted(task: asyncio.Task[None]) -> None:
            self._greetings.discard(task)
            if task.cancelled():  # it may not have begun, so it cannot see to this itself
                child.close()

        task.add_done_callback(greeted)

    def _ended(self, pid: int, status: int) -> None:
        child = self._children.pop(pid, None)
        if child is not None:
            _settle(child, status)

    async def _greet(self, child: Child) -> None:
        try:
            hello = await child.hello()
        except (ChildLostError, ValidationError) as lost:
            self._refusal = str(lost)
            child.close()
            if not self.layers:  # the very first one: there is no use in trying the others
                self._idle.put_nowait(None)
            else:
                self._make(hurry=True)
            return
        self.layers = hello.layers
        child.idle = True
        self._idle.put_nowait(child)


def _settle(child: Child, status: int) -> None:
    if not child.ended.done():
        child.ended.set_result(status)
