"""The stem: has torch warm in memory and forks a zygote whenever it is told to, which is then as warm.

It sees no program and none of their processes: what ends a zygote does not end it, and the next one is there at once.
"""

import contextlib
import os
import socket

import torch

from chainrule.protocol.frames import ASK, FORK, PACKET_BYTES, Failed, SetupOrder, Warm
from chainrule.worker.memory import settle_memory
from chainrule.worker.warmup import warm_up
from chainrule.worker.zygote import hand_over, say_alive, serve_zygote


def serve_stem(descriptor: int) -> int:
    """Serve on a control socket until the other side closes it."""
    with socket.socket(fileno=descriptor) as control:
        return _serve(control)


def _serve(control: socket.socket) -> int:
    try:
        order = SetupOrder.model_validate_json(control.recv(PACKET_BYTES))
        warm_up(order.read_limits())
        assert_one_thread()
        settle_memory()
        control.send(Warm(torch=torch.__version__).model_dump_json().encode())
    except Exception as error:  # whatever keeps it from serving, the web process must hear it
        control.send(Failed(detail=f"{type(error).__name__}: {error}"[:10_000]).model_dump_json().encode())
        return 1
    while (message := control.recv(PACKET_BYTES)) in {FORK, ASK}:
        if message == FORK:
            _bury()
            _fork(control, order)
        else:
            say_alive(control)
    return 0


def assert_one_thread() -> None:
    """Check that nothing has started a thread.

    Raises:
        RuntimeError: there is one; a child forked beside it could find a lock that nobody will ever release.
    """
    tasks = "/proc/self/task"
    if os.path.isdir(tasks) and len(os.listdir(tasks)) != 1:
        raise RuntimeError("the zygote has more than one thread")


def _bury() -> None:
    """Let go of the zygotes that ended: a new one is asked for when one has."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _fork(control: socket.socket, order: SetupOrder) -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            control.close()
            ours.close()
            status = serve_zygote(theirs, order)
        finally:
            os._exit(status)
    theirs.close()
    hand_over(control, pid, ours)
