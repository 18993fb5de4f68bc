"""The server over a real socket: slow, lying and broken clients."""

import contextlib
import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from chainrule.protocol.messages import ExecutionAnswer
from chainrule.protocol.program import Program
from chainrule.settings import Settings

from tests.web.counting import SETTINGS
from tests.web.running import running_server

IMPATIENT = replace(SETTINGS, header_seconds=0.3, body_seconds=0.3)


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    with running_server(IMPATIENT) as address:
        yield address


def exchange(address: tuple[str, int], *parts: bytes) -> tuple[int, dict[str, str], bytes]:
    """Send the parts, read until the server closes, and return what came back."""
    with socket.create_connection(address, timeout=20) as connection:
        for part in parts:
            connection.sendall(part)
        received = b""
        while chunk := connection.recv(65_536):
            received += chunk
            head, complete, body = received.partition(b"\r\n\r\n")
            if complete:
                fields = fields_of(head)
                if len(body) >= int(fields.get("content-length", "0")):
                    break
    return int(head.split()[1]), fields, body


def fields_of(head: bytes) -> dict[str, str]:
    lines = head.decode("latin-1").split("\r\n")[1:]
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


def problem(answer: tuple[int, dict[str, str], bytes]) -> tuple[int, str]:
    status, fields, body = answer
    assert fields["content-type"] == "application/problem+json"
    document: dict[str, Any] = json.loads(body)
    assert document["status"] == status
    return status, document["type"].removeprefix("/problems/")


HOST = b"Host: 127.0.0.1\r\n"
POST = b"POST /api/v1/graphs HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"


def test_a_request_is_answered(address: tuple[str, int]) -> None:
    status, _, body = exchange(address, b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n")
    assert (status, json.loads(body)) == (200, {"status": "ok"})


def test_a_head_that_does_not_end_is_given_up(address: tuple[str, int]) -> None:
    assert problem(exchange(address, b"GET /healthz HTTP/1.1\r\nHost: 127")) == (408, "request-timeout")


def test_a_client_that_says_nothing_is_given_up(address: tuple[str, int]) -> None:
    assert problem(exchange(address)) == (408, "request-timeout")


def test_a_second_head_that_does_not_end_is_given_up(address: tuple[str, int]) -> None:
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n")
        assert b"200" in connection.recv(65_536)
        connection.sendall(b"GET /hea")
        received = b""
        while chunk := connection.recv(65_536):
            received += chunk
    assert b" 408 " in received


def test_a_body_that_does_not_come_is_given_up(address: tuple[str, int]) -> None:
    answer = exchange(address, POST + b"Content-Length: 1000\r\n\r\n", b'{"source": "x')
    assert problem(answer) == (408, "request-timeout")


def test_a_length_over_the_limit_is_refused_before_the_body_comes(address: tuple[str, int]) -> None:
    answer = exchange(address, POST + b"Content-Length: 99999999999\r\n\r\n")
    assert problem(answer) == (413, "body-too-large")


def test_a_chunked_body_over_the_limit_is_refused(address: tuple[str, int]) -> None:
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    answer = exchange(address, POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 16)
    assert problem(answer) == (413, "body-too-large")


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"NONSENSE\r\n\r\n",
        b"GET /svg?code=\x00 HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        POST + b"Content-Length: -5\r\n\r\n",
        POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        POST + b"Content-Length: five\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"X: a\x00b\r\n\r\n",
    ],
)
def test_what_is_not_http_is_refused(address: tuple[str, int], request_bytes: bytes) -> None:
    assert problem(exchange(address, request_bytes)) == (400, "bad-request")


def test_a_body_longer_than_its_length_is_not_taken_for_a_program(address: tuple[str, int]) -> None:
    status, _, _ = exchange(address, POST + b'Content-Length: 2\r\n\r\n{}{"source": "x"}')
    assert status == 422


@pytest.mark.parametrize(
    ("length", "status", "slug"), [(70_000, 414, "url-too-long"), (200_000, 431, "head-too-large")]
)
def test_an_address_that_is_too_long_is_refused(address: tuple[str, int], length: int, status: int, slug: str) -> None:
    answer = exchange(address, b"GET /svg/" + b"A" * length + b" HTTP/1.1\r\n" + HOST + b"\r\n")
    assert problem(answer) == (status, slug)


def test_headers_that_are_too_large_are_refused(address: tuple[str, int]) -> None:
    answer = exchange(address, b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 150_000 + b"\r\n\r\n")
    assert problem(answer) == (431, "head-too-large")


def send_and_never_read(connection: socket.socket, wanted: bytes) -> None:
    """Send until the other side cuts the connection: pipelined, so that answers pile up beyond what systems keep."""
    while True:
        connection.sendall(wanted)


def test_a_client_that_does_not_take_its_answer_is_cut_off(
    address: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chainrule.web.http.server.WRITE_SECONDS", 0.2)
    wanted = b"GET /api/v1/operators HTTP/1.1\r\n" + HOST + b"\r\n"
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.settimeout(20)
        connection.connect(address)
        with pytest.raises(ConnectionError):
            send_and_never_read(connection, wanted)


def test_head_sends_no_body(address: tuple[str, int]) -> None:
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall(b"HEAD /healthz HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
        received = b""
        while chunk := connection.recv(65_536):
            received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    assert body == b""
    assert int(fields_of(head)["content-length"]) > 0


class NoPool:
    """Runs nothing."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def execute(self, request: Program) -> ExecutionAnswer:
        raise NotImplementedError


@pytest.mark.parametrize(
    ("settings", "detail"),
    [
        (replace(SETTINGS, connections=3), "holds 3 connections, as many as it may"),
        (replace(SETTINGS, client_connections=3), "holds 3 connections of one client"),
    ],
)
def test_one_connection_too_many_is_turned_away_until_another_ends(settings: Settings, detail: str) -> None:
    with running_server(settings, NoPool()) as address:
        held = [socket.create_connection(address, timeout=20) for _ in range(3)]
        for connection in held:  # it is there once it is answered
            connection.sendall(b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n")
            assert b" 200 " in connection.recv(65_536)
        refused = exchange(address)
        assert problem(refused) == (503, "too-many-connections")
        assert detail in json.loads(refused[2])["detail"]
        assert int(refused[1]["retry-after"]) >= 1
        held.pop().close()
        status = 503
        while status == 503:  # until the server has seen it
            with contextlib.suppress(ConnectionError):
                status, _, _ = exchange(address, b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n")
        assert status == 200
        for connection in held:
            connection.close()


def test_a_trusted_proxy_stands_for_many_clients() -> None:
    behind = replace(SETTINGS, client_connections=1, trusted_proxies=("127.0.0.0/8",))
    with running_server(behind, NoPool()) as address:
        held = [socket.create_connection(address, timeout=20) for _ in range(3)]
        for connection in held:
            connection.sendall(b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n")
            assert b" 200 " in connection.recv(65_536)
            connection.close()


def test_a_client_that_leaves_in_its_body_is_no_fault_of_ours(caplog: pytest.LogCaptureFixture) -> None:
    with running_server(SETTINGS) as address:
        for path in ("/api/v1/graphs", "/api/v1/graphs:batch", "/api/v1/render", "/run", "/"):
            kind = b"application/x-www-form-urlencoded" if path == "/" else b"application/json"
            with socket.create_connection(address, timeout=20) as connection:
                head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n".encode()
                connection.sendall(head + b"Content-Type: " + kind + b'\r\n\r\n{"source"')
        requests = {}
        while sum(requests.values()) < 5:  # each is counted once the server has seen that its client left
            page = exchange(address, b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")[2].decode()
            requests = {
                line.rpartition(" ")[0]: float(line.rpartition(" ")[2])
                for line in page.splitlines()
                if 'status="499"' in line and "_created" not in line
            }
    assert not [record for record in caplog.records if "failed" in record.getMessage()]
