"""A server with few descriptors takes fewer connections, keeps its log short, and has its children back."""

import errno
import os
import resource
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import chainrule
import httpx
import pytest
from chainrule.web.http import descriptors
from chainrule.web.http.descriptors import FEWEST, KEPT, QUIET_SECONDS, MissingDescriptors, most_connections


@pytest.mark.parametrize(("soft", "most"), [(1_024, 1_024 - KEPT), (80, 80 - KEPT), (20, FEWEST), (100_000, 1_000)])
def test_some_descriptors_are_kept_from_connections(monkeypatch: pytest.MonkeyPatch, soft: int, most: int) -> None:
    monkeypatch.setattr(descriptors.resource, "getrlimit", lambda which: (soft, soft))
    assert most_connections(1_000) == most


class Loop:
    """Notes what it would tell."""

    def __init__(self) -> None:
        self.told: list[Any] = []

    def default_exception_handler(self, context: Any) -> None:
        self.told.append(context)


def test_missing_descriptors_are_told_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    now = [0.0]
    handler, loop = MissingDescriptors(lambda: now[0]), Loop()
    missing = {"exception": OSError(errno.EMFILE, "Too many open files"), "message": "accept"}
    for _ in range(2_000):
        handler(loop, missing)  # type: ignore[arg-type]
    assert len(caplog.records) == 1
    now[0] = QUIET_SECONDS
    handler(loop, missing)  # type: ignore[arg-type]
    assert len(caplog.records) == 2
    other = {"exception": KeyError("x"), "message": "a fault of ours"}
    handler(loop, other)  # type: ignore[arg-type]
    assert loop.told == [other]


@pytest.mark.thorough
@pytest.mark.skipif(sys.platform != "linux", reason="children come from a zygote on Linux only")
def test_a_server_with_80_descriptors_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "log"

    def few() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (80, 80))

    environ = {
        **os.environ,
        "PYTHONPATH": str(Path(chainrule.__file__).parents[1]),
        "CHAINRULE_CLIENT_CONNECTIONS": "0",
        "CHAINRULE_WORKERS": "2",
        "CHAINRULE_WALL_SECONDS": "60",
    }
    command = [sys.executable, "-m", "chainrule", "serve", "--port", "0"]
    with log.open("wb") as file:
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=file, env=environ, preexec_fn=few, text=True)
    try:
        assert server.stdout is not None
        url = server.stdout.readline().split()[2]
        host, port = url.removeprefix("http://").split(":")

        def run(number: int) -> int:
            return httpx.post(f"{url}/api/v1/graphs", json={"source": f"x * {number}"}, timeout=120).status_code

        assert run(0) == 200
        for _ in range(3):
            held = [socket.create_connection((host, int(port)), timeout=60) for _ in range(120)]
            for connection in held:
                connection.sendall(b"GET / HTTP/1.1\r\n")
            received = [held[-1].recv(100), held[0].fileno()]
            assert received
            for connection in held:
                connection.close()
        assert [run(number) for number in range(1, 7)] == [200] * 6
    finally:
        server.terminate()
        server.communicate(timeout=60)
    assert len(log.read_bytes()) < 20_000
