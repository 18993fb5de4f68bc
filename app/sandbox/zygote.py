"""The web process's end of one zygote: starts it, keeps children forked ahead, and hears when they end."""

import asyncio
import socket
import subprocess
import sys
from pathlib import Path

from pydantic import TypeAdapter

from app.errors import SandboxError
from app.graph.pipe import FORK, PACKET_BYTES, Exited, Failed, Forked, Layer, Message, Order, Ready
from app.sandbox.child import Child, ChildLostError

MESSAGE: TypeAdapter[Message] = TypeAdapter(Message)

ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "LC_ALL": "C.UTF-8",
    "CUDA_VISIBLE_DEVICES": "",
}
"""All of the zygote's environment but PYTHONPATH: one thread, the same hashes at each run, nothing of the server's."""


class ZygoteGoneError(Exception):
    """The zygote ended; nothing can be leased from it any more."""


class Zygote:
    """One zygote process and its idle children.

    Args:
        order: what it is told first.
        spare: how many children are kept ready.
    """

    def __init__(self, order: Order, spare: int) -> None:
        self._order = order
        self._spare = spare
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._children: dict[int, Child] = {}
        self._idle: asyncio.Queue[Child | None] = asyncio.Queue()
        self._ready: asyncio.Future[Ready] = asyncio.get_running_loop().create_future()
        self._greetings: set[asyncio.Task[None]] = set()
        self._refusal = "it ended"
        self.layers: list[Layer] = []
        """What the first child reported."""
        self.leased = 0
        """How many children were taken so far."""
        self.gone = asyncio.Event()
        """Set once the process has ended or its socket is closed."""

    async def start(self) -> None:
        """Start the process, and wait until it is warm and its first child is confined.

        Raises:
            SandboxError: it could not be warmed up or confined; the message says why.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            root = str(Path(__file__).resolve().parents[2])
            self._process = subprocess.Popen(
                [sys.executable, "-m", "app.worker", str(theirs.fileno())],
                env={**ENVIRONMENT, "PYTHONPATH": root},
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        ours.setblocking(False)
        self._control = ours
        ours.send(self._order.model_dump_json().encode())
        asyncio.get_running_loop().add_reader(ours, self._hear)
        ready = await self._ready
        for _ in range(self._spare):
            self._fork()
        first = await self._idle.get()
        if first is None:
            raise SandboxError(f"a child could not be confined: {self._refusal}")
        self._idle.put_nowait(first)
        self.layers = [*ready.layers, *self.layers]

    async def lease(self) -> Child:
        """Take an idle child, and have the next one forked.

        Raises:
            ZygoteGoneError: the process has ended.
        """
        if self.gone.is_set():
            raise ZygoteGoneError
        child = await self._idle.get()
        if child is None:
            self._idle.put_nowait(None)  # for whoever else is waiting
            raise ZygoteGoneError
        self.leased += 1
        self._fork()
        return child

    def close(self) -> None:
        """End the process and all of its children."""
        if self._control is not None:
            asyncio.get_running_loop().remove_reader(self._control)
            self._control.close()
            self._control = None
        for task in self._greetings:
            task.cancel()
        for child in self._children.values():
            child.kill()
            if not child.ended.done():
                child.ended.set_result(-9)
        self._children.clear()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        if not self.gone.is_set():
            self.gone.set()
            self._idle.put_nowait(None)
        if not self._ready.done():
            self._ready.set_exception(SandboxError("the zygote ended before it was ready"))

    def _fork(self) -> None:
        if self._control is not None:
            try:
                self._control.send(FORK)
            except OSError:
                self.close()

    def _hear(self) -> None:
        """Take one message from the zygote."""
        assert self._control is not None
        try:
            packet, descriptors, _, _ = socket.recv_fds(self._control, PACKET_BYTES, 2)
        except BlockingIOError:
            return
        except OSError:
            packet, descriptors = b"", []
        if not packet:
            self.close()
            return
        message = MESSAGE.validate_json(packet)
        if isinstance(message, Forked):
            child = Child(message.pid, socket.socket(fileno=descriptors[0]), descriptors[1])
            self._children[message.pid] = child
            task = asyncio.get_running_loop().create_task(self._greet(child))
            self._greetings.add(task)
            task.add_done_callback(self._greetings.discard)
        elif isinstance(message, Exited):
            ended = self._children.pop(message.pid, None)
            if ended is not None:
                ended.ended.set_result(message.status)
        elif isinstance(message, Ready):
            self._ready.set_result(message)
        elif isinstance(message, Failed):
            self._ready.set_exception(SandboxError(message.detail))

    async def _greet(self, child: Child) -> None:
        try:
            hello = await child.hello()
        except ChildLostError as lost:
            child.kill()
            self._refusal = str(lost)
            self._idle.put_nowait(None)
            return
        self.layers = hello.layers
        self._idle.put_nowait(child)
