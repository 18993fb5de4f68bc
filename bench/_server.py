"""A server of our own on a free port of the loopback, for the benches that measure through HTTP."""

import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class ServerProcess:
    """A server that was started: its process, and where it answers."""

    process: subprocess.Popen[bytes]
    address: str


@contextmanager
def server_process(app: Path | None = None, most_seconds: int = 0, **environment: str) -> Iterator[ServerProcess]:
    """Start ``chainrule serve``; it is stopped at the end.

    Args:
        app: another checkout's source root; None for this one's.
        most_seconds: the processor time after which the system ends it; 0 for any [s].
        environment: settings, as variables.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    def bounded() -> None:
        if most_seconds:
            resource.setrlimit(resource.RLIMIT_CPU, (most_seconds, most_seconds))

    process = subprocess.Popen(
        [sys.executable, "-m", "chainrule", "serve", "--host", "127.0.0.1", "--port", str(port)],
        env=os.environ | {"CHAINRULE_RATE_LIMIT": "0"} | ({"PYTHONPATH": str(app)} if app else {}) | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=bounded,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            if process.poll() is not None:
                raise RuntimeError(f"the server ended with exit code {process.returncode}")
            try:
                if httpx.get(f"{address}/healthz").status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.1)
        yield ServerProcess(process, address)
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def running_server(**environment: str) -> Iterator[str]:
    """Start ``chainrule serve`` and give its address; it is stopped at the end."""
    with server_process(**environment) as server:
        yield server.address


def processor_of(pid: int) -> float:
    """Return the processor time of a process, and of the descendants that it has or has waited for [s]."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS + sum(processor_of(int(child)) for child in children)


def memory_of(pid: int, *, now: bool = False) -> int:
    """Return the largest memory that a process ever had, or what it has now [bytes]."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmRSS" if now else "VmHWM"))
