"""Children without a zygote: each one a process of its own that imports torch anew, where forking is not to be had."""

import asyncio
import socket

from chainrule.protocol.frames import SetupOrder
from chainrule.sandbox.processes.child import Child
from chainrule.sandbox.processes.child_pool import ChildPool
from chainrule.sandbox.processes.command import start_worker


class Spawner(ChildPool):
    """Starts one process for each request, ahead of time.

    Args:
        order: what each child is told first.
        spare: how many children are kept ready.
    """

    def __init__(self, order: SetupOrder, spare: int) -> None:
        super().__init__(spare)
        self._order = order
        self._watches: set[asyncio.Task[None]] = set()

    async def _prepare(self) -> None:
        """Nothing comes before the first child."""

    def _make(self, *, hurry: bool) -> None:
        if self.gone.is_set():
            return
        ours, theirs = socket.socketpair()
        with theirs:
            process = start_worker("once", theirs)
        ours.sendall(self._order.model_dump_json().encode() + b"\n")
        self._born(Child(process.pid, ours, process.kill))

        async def watch() -> None:
            self._ended(process.pid, await asyncio.to_thread(process.wait))

        task = asyncio.get_running_loop().create_task(watch())
        self._watches.add(task)

        def watched(task: asyncio.Task[None]) -> None:
            self._watches.discard(task)
            if task.cancelled():  # the loop ends, and perhaps no thread has begun to wait: nobody else will
                process.kill()
                process.wait()

        task.add_done_callback(watched)

    def _release(self) -> None:
        """Nothing is left: the children are gone, and each watch ends with its process."""
