"""Content codings of answers."""

import gzip

import brotli
import pytest
from chainrule.web.http.compression import choose_packing, pack
from fastapi.testclient import TestClient

PROGRAM = {"source": "x = tensor([1., 2.], requires_grad=True)\nz = (x * x).sum()\n"}


@pytest.mark.parametrize(
    ("header", "packing"),
    [
        ("", None),
        ("identity", None),
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("deflate", None),
        ("gzip, deflate, br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br; Q=0 , gzip; q=0", None),
        ("*", "br"),
        ("br;q=0, *", "gzip"),
        ("*;q=0", None),
        ("br;q=high", None),
        ("brotli, bread", None),
    ],
)
def test_an_answer_is_packed_as_the_client_likes_best(header: str, packing: str | None) -> None:
    assert choose_packing(header) == packing


@pytest.mark.parametrize("packing", ["br", "gzip"])
def test_packing_gives_the_same_bytes_each_time_and_loses_none(packing: str) -> None:
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress}[packing]
    content = b"the same again, " * 5_000
    packed = pack(content, packing)  # type: ignore[arg-type]
    assert packed == pack(content, packing)  # type: ignore[arg-type]
    assert unpack(packed) == content


@pytest.mark.parametrize("packing", ["br", "gzip"])
@pytest.mark.parametrize(
    "path", ["/svg?code=x*2", "/api/v1/operators", "/api/v1/graphs", "/static/embed.js", "/embed?code=x*2", "/"]
)
def test_text_is_sent_packed_and_says_so(client: TestClient, packing: str, path: str) -> None:
    def ask(encoding: str) -> tuple[bytes, dict[str, str]]:
        headers = {"Accept-Encoding": encoding}
        answer = (
            client.post(path, json=PROGRAM, headers=headers) if "graphs" in path else client.get(path, headers=headers)
        )
        assert answer.status_code == 200
        return answer.content, dict(answer.headers)

    plain, plain_headers = ask("identity")
    packed, packed_headers = ask(packing)
    assert "content-encoding" not in plain_headers
    assert packed_headers["content-encoding"] == packing
    if "graphs" not in path:  # those tell how long they took
        assert packed == plain
    for headers in (plain_headers, packed_headers):
        assert headers["vary"].lower().count("accept-encoding") == 1
    if "content-length" in packed_headers:
        assert int(packed_headers["content-length"]) < int(plain_headers["content-length"])
    if "etag" in plain_headers:
        assert packed_headers["etag"] != plain_headers["etag"]


@pytest.mark.parametrize("path", ["/png?code=x*2", "/healthz", "/static/fonts/JetBrainsMonoNL-Regular.woff2"])
def test_what_packing_makes_no_smaller_is_sent_as_it_is(client: TestClient, path: str) -> None:
    assert "content-encoding" not in client.get(path, headers={"Accept-Encoding": "br, gzip"}).headers


def test_a_packed_file_that_the_client_holds_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/static/embed.js", headers={"Accept-Encoding": "br"})
    assert first.headers["content-encoding"] == "br"
    again = client.get("/static/embed.js", headers={"Accept-Encoding": "br", "If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("first", ["identity", "gzip", "br"])
@pytest.mark.parametrize("then", ["identity", "gzip", "br"])
@pytest.mark.parametrize("path", ["/svg?code=x*2", "/png?code=x*2", "/embed?code=x*2"])
def test_what_is_held_is_held_however_it_was_packed(client: TestClient, path: str, first: str, then: str) -> None:
    held = client.get(path, headers={"Accept-Encoding": first}).headers["etag"]
    again = client.get(path, headers={"Accept-Encoding": then, "If-None-Match": held})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == held.removeprefix("W/")
