"""The zygote: forks a child whenever it is told to, from memory that is warm already."""

import os
import select
import signal
import socket

from chainrule.protocol.frames import (
    ASK,
    BROKEN,
    FORK,
    FORK_NOW,
    PACKET_BYTES,
    Alive,
    Exited,
    Failed,
    Forked,
    Layer,
    Ready,
    SetupOrder,
)
from chainrule.worker.channel import Channel
from chainrule.worker.confine import Confinement, confine, empty_folder, hold_process_namespace, leave_namespaces
from chainrule.worker.serve import serve_one
from chainrule.worker.warmup import touch_memory


def serve_zygote(control: socket.socket, order: SetupOrder) -> int:
    """Serve on a control socket until the other side closes it.

    Args:
        control: the socket.
        order: what the stem was told.
    """
    with control:
        try:
            namespaces = _namespaces(order)
            if namespaces.active and "process" in namespaces.detail:
                hold_process_namespace()
            control.send(Ready(layers=[namespaces]).model_dump_json().encode())
        except Exception as error:  # whatever keeps it from serving, the web process must hear it
            control.send(Failed(detail=f"{type(error).__name__}: {error}"[:10_000]).model_dump_json().encode())
            return 1
        ZygoteProcess(control, order).serve()
        return 0


def _namespaces(order: SetupOrder) -> Layer:
    if "namespaces" in order.without:
        return Layer(name="namespaces", active=False, detail="switched off")
    left, refused = leave_namespaces()
    return Layer(name="namespaces", active=bool(left), detail="; ".join(filter(None, (", ".join(left), refused))))


class ZygoteProcess:
    """Forks children on demand and tells when they end."""

    def __init__(self, control: socket.socket, order: SetupOrder) -> None:
        self._control = control
        self._order = order
        self._folder = empty_folder()
        self._null = os.open(os.devnull, os.O_RDWR)
        self._forked = 0

    def serve(self) -> None:
        """Serve until the control socket closes; the children die with this process."""
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        poll.register(reading, select.POLLIN)
        while True:
            for descriptor, _ in poll.poll():
                if descriptor == reading:
                    os.read(reading, 4096)
                    self._reap()
                elif not self._obey():
                    return

    def _obey(self) -> bool:
        try:
            message = self._control.recv(PACKET_BYTES)
        except ConnectionResetError:  # it was closed with messages unread
            return False
        if message in {FORK, FORK_NOW}:
            self._fork(touch=message == FORK)
        elif message == ASK:
            say_alive(self._control)
        return bool(message)

    def _fork(self, *, touch: bool) -> None:
        ours, theirs = socket.socketpair()
        place = Confinement(theirs.fileno(), os.getpid(), self._forked, self._folder, self._null)
        self._forked += 1
        pid = os.fork()
        if pid == 0:
            ours.close()  # else a child that keeps its descriptors would not see its other side end
            run_child(self._order, place, touch=touch)
        theirs.close()
        hand_over(self._control, pid, ours)

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            message = Exited(pid=pid, status=os.waitstatus_to_exitcode(status))
            self._control.send(message.model_dump_json().encode())


def say_alive(control: socket.socket) -> None:
    """Tell the web process that this one still does what it is told."""
    control.send(Alive().model_dump_json().encode())


def hand_over(control: socket.socket, pid: int, stream: socket.socket) -> None:
    """Give a new process to the web process: its id, its socket and a descriptor of itself."""
    pidfd = os.pidfd_open(pid)
    socket.send_fds(control, [Forked(pid=pid).model_dump_json().encode()], [stream.fileno(), pidfd])
    stream.close()
    os.close(pidfd)


def run_child(order: SetupOrder, place: Confinement, *, touch: bool) -> None:
    """Be a child to the end: nothing returns from here into the zygote's code.

    Args:
        order: what the zygote was told.
        place: where the child stands.
        touch: have the memory that every program writes to copied now, before there is a request to wait for it.
    """
    status = 1
    channel = Channel(place.keep)
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        if touch:
            touch_memory(order.read_limits())
        layers = confine(order, place)
        serve_one(channel, layers, order.read_limits())
        status = 0
    except BaseException as error:  # there is no one above to tell
        channel.send(BROKEN, f"{type(error).__name__}: {error}".encode("utf-8", "replace")[:1000])
    finally:
        os._exit(status)
