"""Frames for other people's pages, and what link previews ask for."""

import json
import re
from html import unescape
from urllib.parse import parse_qs, parse_qsl, quote, urlsplit

import pytest
from chainrule.payload import decode, encode
from chainrule.render.options import OPTIONS
from fastapi.testclient import TestClient

PROGRAM = "(x ** 2).sum()"
PAYLOAD = encode(PROGRAM)


def meta(html: str, name: str) -> str:
    found = re.search(rf'<meta (?:property|name)="{re.escape(name)}" content="([^"]*)"', html)
    assert found, name
    return unescape(found[1])


def test_a_frame_holds_the_picture(client: TestClient) -> None:
    response = client.get(f"/embed/{PAYLOAD}?x=[1,2]&theme=dark")
    assert response.status_code == 200
    assert client.get(f"/svg/{PAYLOAD}?x=[1,2]&theme=dark").text.strip() in response.text


def test_the_link_to_the_page_carries_program_inputs_and_view(client: TestClient) -> None:
    html = client.get(f"/embed/{PAYLOAD}?x=[1,2]&view=values&seed=3").text
    link = unescape(re.search(r'id="open" href="([^"]+)"', html)[1])  # type: ignore[index]
    parts = urlsplit(link)
    state = parse_qs(parts.fragment)
    assert decode(parse_qs(parts.query)["p"][0], 1_000) == decode(state["p"][0], 1_000) == PROGRAM
    assert json.loads(state["in"][0]) == {"x": [1, 2]}
    assert (state["view"], state["seed"]) == (["values"], ["3"])


def test_a_shared_link_shows_its_picture(client: TestClient) -> None:
    html = client.get(f"/embed/{PAYLOAD}").text
    assert meta(html, "og:image") == f"http://localhost/png/{PAYLOAD}"
    assert meta(html, "og:description") == PROGRAM
    assert meta(html, "twitter:card") == "summary_large_image"


def test_a_shared_link_to_the_page_shows_its_picture_and_the_bare_page_none(client: TestClient) -> None:
    html = client.get(f"/?p={PAYLOAD}").text
    assert meta(html, "og:image") == f"http://localhost/png/{PAYLOAD}"
    assert meta(html, "og:url") == f"http://localhost/?p={PAYLOAD}"
    found = re.search(r'type="application/json\+oembed" href="http://localhost([^"]+)"', html)
    assert found
    assert client.get(unescape(found[1])).json()["type"] == "rich"
    assert "og:image" not in client.get("/").text


def test_without_chrome_there_is_the_picture_alone(client: TestClient) -> None:
    assert "<footer>" in client.get(f"/embed/{PAYLOAD}").text
    assert "<footer>" not in client.get(f"/embed/{PAYLOAD}?chrome=0").text


def test_an_editable_frame_has_a_form_that_works_without_scripts(client: TestClient) -> None:
    html = client.get(f"/embed/{PAYLOAD}?editable=1").text
    assert PROGRAM in unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", html, re.DOTALL)[1])  # type: ignore[index]
    again = client.get("/embed", params={"code": "x * 7", "editable": "1"})
    assert again.status_code == 200
    assert "x * 7" in unescape(again.text)


def test_markup_in_a_program_stays_text(client: TestClient) -> None:
    payload = encode("print('</textarea><script>alert(1)</script>')")
    html = client.get(f"/embed/{payload}?editable=1").text
    assert "<script>alert" not in html


@pytest.mark.parametrize(("query", "status"), [("editable=yes", 400), ("theme=pink", 422), ("chrome=2", 400)])
def test_an_option_that_does_not_exist_is_refused(client: TestClient, query: str, status: int) -> None:
    assert client.get(f"/embed/{PAYLOAD}?{query}").status_code == status


def test_a_program_that_cannot_run_is_told_in_the_frame(client: TestClient) -> None:
    response = client.get(f"/embed/{encode('import pickle; pickle.load')}")
    assert response.status_code == 422
    assert "<svg" in response.text
    assert response.headers["content-type"].startswith("text/html")


def test_a_frame_that_the_client_holds_is_not_sent(client: TestClient) -> None:
    first = client.get(f"/embed/{PAYLOAD}")
    again = client.get(f"/embed/{PAYLOAD}", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", [f"/embed/{PAYLOAD}", f"/svg/{PAYLOAD}", f"/png/{PAYLOAD}", f"/?p={PAYLOAD}"])
def test_oembed_gives_a_sandboxed_frame(client: TestClient, path: str) -> None:
    answer = client.get("/oembed", params={"url": f"http://localhost{path}", "maxwidth": 400}).json()
    assert (answer["version"], answer["type"], answer["width"]) == ("1.0", "rich", 400)
    assert f'src="http://localhost/embed/{PAYLOAD}"' in answer["html"]
    assert 'sandbox="allow-scripts allow-popups allow-popups-to-escape-sandbox"' in answer["html"]
    assert answer["thumbnail_url"] == f"http://localhost/png/{PAYLOAD}"


def test_oembed_keeps_the_view(client: TestClient) -> None:
    url = quote(f"http://localhost/embed/{PAYLOAD}?theme=dark&x=[1,2]", safe="")
    assert "theme=dark&amp;x=[1,2]" in client.get(f"/oembed?url={url}").json()["html"]


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("http://elsewhere.example/svg/abc", 404),
        ("ftp://localhost/svg/abc", 404),
        ("http://localhost/about", 404),
        ("http://[", 404),
        ("http://localhost/svg/AAAA", 400),
    ],
)
def test_oembed_knows_addresses_of_its_own_programs_only(client: TestClient, url: str, status: int) -> None:
    assert client.get("/oembed", params={"url": url}).status_code == status


def test_oembed_as_xml_is_not_given(client: TestClient) -> None:
    url = f"http://localhost/svg/{PAYLOAD}"
    assert client.get("/oembed", params={"url": url, "format": "xml"}).status_code == 501


def test_the_element_is_served_to_every_site(client: TestClient) -> None:
    response = client.get("/embed.js")
    assert response.headers["content-type"].startswith("text/javascript")
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert 'customElements.define("chainrule-graph"' in response.text


def test_the_way_to_the_page_carries_everything_that_the_page_knows_too(client: TestClient) -> None:
    asked = "code=x*2&x=[1,2]&seed=3&gradient=[1,0]&view=values&direction=LR&labels=norms&theme=dark"
    found = re.search(r'id="open" href="([^"]+)"', client.get(f"/embed?{asked}").text)
    assert found
    state = dict(parse_qsl(urlsplit(unescape(found[1])).fragment))
    assert decode(state.pop("p"), 1_000) == "x*2"
    assert state == {
        "in": '{"x": [1, 2]}',
        "seed": "3",
        "gradient": "[1, 0]",
        "view": "values",
        "direction": "LR",
        "labels": "norms",
    }


def test_the_element_passes_every_option_of_a_picture_on(client: TestClient) -> None:
    script = client.get("/embed.js").text
    listed = set(re.findall(r'"([a-z-]+)"', script.partition("OPTIONS = [")[2].partition("]")[0]))
    assert listed == {name for name in OPTIONS if name != "scale"} | {
        "inputs",
        "seed",
        "root",
        "gradient",
        "chrome",
    }


def test_a_preview_has_the_inputs_and_options_of_its_frame(client: TestClient) -> None:
    query = "x=%5B1%2C+2%5D&view=values"
    image = meta(client.get(f"/embed/{PAYLOAD}?{query}&chrome=0").text, "og:image")
    told = client.get("/oembed", params={"url": f"http://localhost/embed/{PAYLOAD}?{query}&chrome=0"}).json()
    for address in (image, told["thumbnail_url"]):
        parts = urlsplit(address)
        assert parts.path == f"/png/{PAYLOAD}"
        assert dict(parse_qsl(parts.query)) == {"x": "[1, 2]", "view": "values"}
        assert client.get(f"{parts.path}?{parts.query}").status_code == 200


@pytest.mark.parametrize(
    ("theme", "schemes"),
    [("", "light dark"), ("&theme=dark", "dark"), ("&theme=light", "light"), ("&theme=print", "light")],
)
def test_a_frame_around_a_picture_has_its_theme(client: TestClient, theme: str, schemes: str) -> None:
    assert meta(client.get(f"/embed/{PAYLOAD}?x=[1,2]{theme}").text, "color-scheme") == schemes
