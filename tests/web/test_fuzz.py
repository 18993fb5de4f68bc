"""Whatever bytes come, the server answers, and never with a fault of its own."""

import asyncio
from typing import Any

from chainrule.payload import encode
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

PATHS = (
    [f"/{name}" for name in "svg png pdf dot mermaid json html text embed oembed api healthz problems".split()]
    + [f"/{name}/" for name in "svg png dot json embed problems static api/v1".split()]
    + [f"/api/v1/{name}" for name in "graphs graphs:batch render limits version examples operators problems".split()]
    + ["/", "/run", "/openapi.json", "/embed.js", "/static/embed.js"]
)
NAMES = st.sampled_from(
    "code inputs seed root gradient v download x view theme step open path boxes p url format".split()
)
VALUES = st.one_of(
    st.sampled_from(
        ["1", "x*2", "[1,2]", "{}", "null", "none", "nan", "1e999", "x..z", "-1", "9" * 40, "[" * 500, "%00"]
    ),
    st.text(max_size=30),
)
BODIES = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(
        [
            b"{}",
            b"[]",
            b"null",
            b'{"source": "x", "inputs": {"x": 1e999}}',
            b'{"source": "x", "inputs": {"x": ' + b"[" * 300 + b"]" * 300 + b"}}",
            b'{"source": "\\ud800"}',
            b'{"source": "x\\u0000"}',
            b'{"items": [null, {}, {"source": ""}]}',
            b'{"graph": {"nodes": [{}]}}',
            b"[" * 5_000,
        ]
    ),
)
TYPES = st.sampled_from(
    [b"application/json", b"text/x-python", b"text/plain", b"application/x-www-form-urlencoded", b"\xff", b""]
)


async def status_of(app: Any, scope: dict[str, Any], body: bytes) -> int:
    statuses: list[int] = []
    parts = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Any:
        if not parts:
            await asyncio.Event().wait()  # the client stays until it is answered
        return parts.pop()

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await app(scope, receive, send)
    return statuses[0]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "OPTIONS", "DELETE", "B\xc3D"]),
    path=st.sampled_from(PATHS),
    rest=st.one_of(st.just(""), st.text(max_size=30), st.just(encode("x * 2")), st.just(encode("x * 2")[:-3])),
    pairs=st.lists(st.tuples(NAMES, VALUES), max_size=4),
    raw=st.binary(max_size=10),
    accept=st.sampled_from([b"", b"*/*", b"image/svg+xml", b"image/png;q=x", b"\xff\x00", b"," * 300, b"text/html"]),
    kind=TYPES,
    body=BODIES,
)
def test_no_request_is_a_fault_of_ours(
    client: TestClient,
    method: str,
    path: str,
    rest: str,
    pairs: list[tuple[str, str]],
    raw: bytes,
    accept: bytes,
    kind: bytes,
    body: bytes,
) -> None:
    whole = path + (rest if path.endswith("/") else "")
    query = "&".join(f"{name}={value}" for name, value in pairs).encode("utf-8", "surrogatepass") + raw
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": whole,
        "raw_path": whole.encode("utf-8", "surrogatepass"),
        "query_string": query,
        "root_path": "",
        "headers": [(b"host", b"localhost"), (b"accept", accept), (b"content-type", kind)],
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
        "state": {},
    }
    assert client.portal is not None
    assert client.portal.call(status_of, client.app, scope, body) < 500
