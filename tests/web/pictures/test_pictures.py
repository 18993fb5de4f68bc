"""Pictures by URL."""

import base64
import re
import xml.etree.ElementTree as ET
import zlib
from urllib.parse import quote

import pytest
from chainrule.payload import encode
from chainrule.render.formats.registry import FORMATS
from fastapi.testclient import TestClient

from tests.web.counting import CountingPool

PROGRAM = "x = tensor([1., 2.], requires_grad=True)\nz = (x * x).sum()\nz.backward()\n"


def text_of(svg: bytes) -> str:
    return " ".join(ET.fromstring(svg).itertext())


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_has_an_address(client: TestClient, name: str) -> None:
    response = client.get(f"/{name}/{encode(PROGRAM)}")
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].partition(";")[0] == FORMATS[name].media_type
    assert response.content


def test_the_payload_is_what_two_lines_of_python_make_with_or_without_padding(client: TestClient) -> None:
    padded = base64.urlsafe_b64encode(zlib.compress(b"x * x + 1.5", 9)).decode()
    assert padded.endswith("=")
    answers = [client.get(f"/svg/{payload}") for payload in (padded, padded.rstrip("="))]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content


def test_a_short_expression_is_typed_by_hand(client: TestClient) -> None:
    response = client.get("/svg?code=(2*x**3).sum()/12&x=[1,2,3]")
    assert response.status_code == 200
    assert "DivBackward0" in response.text or "div" in text_of(response.content)


def test_inputs_stand_alone_or_together(client: TestClient) -> None:
    alone = client.get("/json?code=step*x&x=2&inputs=" + quote('{"step": 3}'))
    values = {
        name: node["outputs"][0]["value"]["values"] for node in alone.json()["graph"]["nodes"] for name in node["names"]
    }
    assert values == {"x": 2.0, "step": 3.0}


def test_the_canonical_address_gives_the_same_picture(client: TestClient) -> None:
    first = client.get("/svg?view=values&code=x*x&x=3")
    found = re.fullmatch(r'<(http://localhost(/svg/[^>]+))>; rel="canonical"', first.headers["link"])
    assert found
    again = client.get(found[2])
    assert again.content == first.content
    assert again.headers["link"] == first.headers["link"]
    assert again.headers["etag"] == first.headers["etag"]


def test_a_picture_that_the_client_holds_is_not_sent_and_nothing_runs(client: TestClient, pool: CountingPool) -> None:
    address = f"/svg/{encode('x * 41.5')}"
    first = client.get(address)
    before = pool.executions
    again = client.get(address, headers={"If-None-Match": f'"other", {first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert pool.executions == before


def test_a_client_that_holds_it_is_answered_without_running_even_what_was_never_run(
    client: TestClient, pool: CountingPool
) -> None:
    before = pool.executions
    assert client.get("/svg?code=x*42.5", headers={"If-None-Match": "*"}).status_code == 304
    assert pool.executions == before


@pytest.mark.parametrize(
    "other",
    ["/svg?code=x*3", "/svg?code=x*2&x=5", "/svg?code=x*2&seed=1", "/svg?code=x*2&theme=dark", "/json?code=x*2"],
)
def test_every_other_request_has_another_validator(client: TestClient, other: str) -> None:
    assert client.get(other).headers["etag"] != client.get("/svg?code=x*2").headers["etag"]


def test_a_packed_picture_has_a_validator_of_its_own(client: TestClient) -> None:
    plain = client.get("/svg?code=x*2", headers={"Accept-Encoding": "identity"})
    packed = client.get("/svg?code=x*2", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content
    assert packed.headers["etag"] != plain.headers["etag"]


def test_what_was_answered_before_is_answered_from_memory_and_still_counted(
    client: TestClient, pool: CountingPool
) -> None:
    def seen() -> float:
        line = next(
            line
            for line in client.get("/metrics").text.splitlines()
            if line.startswith('chainrule_requests_total{method="GET",route="/svg/{payload}",status="200"}')
        )
        return float(line.rpartition(" ")[2])

    address = f"/svg/{encode('x * 43.5')}?x=2"
    first, before, counted = client.get(address), pool.executions, seen()
    again = client.get(address)
    assert (again.content, again.headers["link"]) == (first.content, first.headers["link"])
    assert (pool.executions, seen()) == (before, counted + 1)
    assert client.head(address).headers["etag"] == first.headers["etag"]


def test_only_an_address_that_names_the_version_never_changes(client: TestClient) -> None:
    version = client.get("/api/v1/version").json()["v"]
    assert "immutable" in client.get(f"/svg?code=x*2&v={version}").headers["cache-control"]
    for address in ("/svg?code=x*2", "/svg?code=x*2&v=older"):
        control = client.get(address).headers["cache-control"]
        assert "immutable" not in control
        assert "stale-while-revalidate" in control
        assert control.startswith("public")


def test_head_answers_the_same_headers_without_the_picture(client: TestClient) -> None:
    got, head = client.get("/svg?code=x*2"), client.head("/svg?code=x*2")
    assert (head.status_code, head.content) == (200, b"")
    for name in ("etag", "content-type", "cache-control", "link"):
        assert head.headers[name] == got.headers[name]


@pytest.mark.parametrize(
    ("asked", "header"),
    [("1", 'attachment; filename="graph.svg"'), ("my loss.svg", 'attachment; filename="my loss.svg"')],
)
def test_a_picture_to_be_saved_has_a_file_name(client: TestClient, asked: str, header: str) -> None:
    assert client.get("/svg", params={"code": "x*2", "download": asked}).headers["content-disposition"] == header
    assert "content-disposition" not in client.get("/svg?code=x*2").headers


@pytest.mark.parametrize("name", ['a"b', "../x", "a\r\nX: y", "é", "x" * 200])
def test_a_file_name_that_could_break_out_is_refused(client: TestClient, name: str) -> None:
    assert client.get("/json", params={"code": "x*2", "download": name}).status_code == 400


@pytest.mark.parametrize(
    ("address", "status", "word"),
    [
        ("/svg", 400, "code"),
        ("/svg?code=", 422, "nothing to run"),
        ("/svg?code=import%20os;os.fork()", 422, "os"),
        ("/svg?code=x*(", 422, "line 1"),
        ("/svg?code=tenosr(1.)", 422, "tensor"),
        ("/svg?code=x*2&x=three", 422, "three"),
        ("/svg?code=x*2&theme=pink", 422, "pink"),
        ("/svg?code=x*2&seed=-1", 400, "seed"),
        ("/svg?code=x*2&gradient=[", 422, "gradient"),
        ("/svg?code=x*2&inputs=[1]", 422, "inputs"),
        ("/svg?code=x*2&code=x*3", 400, "twice"),
        ("/svg?code=x*2&a-b=1", 400, "a-b"),
        ("/svg/AAAA", 400, "zlib"),
        ("/svg/%20", 400, "base64url"),
        ("/svg/eNqrUNBSqAAABBMBWw?code=x", 400, "two programs"),
        ("/svg?code=x*2&" + "&".join(f"q{number}=1" for number in range(1000)), 400, "100"),
        ("/svg?code=%FF", 400, "UTF-8"),
        ("/svg?code=x%00*2", 422, "line 1"),
    ],
)
def test_what_is_wrong_with_a_picture_is_shown_as_a_picture(
    client: TestClient, address: str, status: int, word: str
) -> None:
    response = client.get(address)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "image/svg+xml"
    assert response.headers["cache-control"] == "no-store"
    assert word.split()[0] in text_of(response.content)


def test_a_program_that_asks_for_problem_details_gets_them(client: TestClient) -> None:
    response = client.get("/svg?code=x*(", headers={"Accept": "application/problem+json"})
    assert response.status_code == 422
    assert response.json()["type"] == "/problems/program-rejected"


def test_formats_that_are_no_image_answer_problem_details(client: TestClient) -> None:
    assert client.get("/dot?code=x*(").json()["type"] == "/problems/program-rejected"


def test_a_bomb_in_an_address_is_refused(client: TestClient) -> None:
    bomb = base64.urlsafe_b64encode(zlib.compress(b"#" * 40_000_000, 9)).decode()
    response = client.get(f"/svg/{bomb}")
    assert (response.status_code, response.headers["content-type"]) == (413, "image/svg+xml")


def test_a_program_that_raises_before_it_made_anything_is_shown_as_a_message(client: TestClient) -> None:
    response = client.get(f"/svg/{encode('raise ValueError(42)')}")
    assert response.status_code == 200
    assert "42" in text_of(response.content)
