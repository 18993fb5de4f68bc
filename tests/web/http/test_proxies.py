"""Behind a proxy: who the client is, and where the server is reached."""

from dataclasses import replace

import httpx
import pytest

from tests.web.counting import SETTINGS
from tests.web.running import running_server

ONE_EACH = replace(SETTINGS, rate_limit=1)


def ask(address: tuple[str, int], code: str, client: str) -> httpx.Response:
    headers = {"X-Forwarded-For": client, "X-Forwarded-Proto": "https"}
    return httpx.get(f"http://{address[0]}:{address[1]}/svg", params={"code": code}, headers=headers, timeout=60)


def test_a_trusted_proxy_says_who_the_client_is_and_how_it_came() -> None:
    with running_server(replace(ONE_EACH, trusted_proxies=("127.0.0.0/8",))) as address:
        first, other = ask(address, "x*2", "192.0.2.1"), ask(address, "x*3", "192.0.2.2")
        assert (first.status_code, other.status_code) == (200, 200)
        assert ask(address, "x*4", "192.0.2.1").status_code == 429
        assert first.headers["link"].startswith("<https://127.0.0.1")


@pytest.mark.parametrize("trusted", [(), ("198.51.100.7",)])
def test_nobody_else_does(trusted: tuple[str, ...]) -> None:
    with running_server(replace(ONE_EACH, trusted_proxies=trusted)) as address:
        first = ask(address, "x*2", "192.0.2.1")
        assert first.status_code == 200
        assert first.headers["link"].startswith("<http://127.0.0.1")
        assert ask(address, "x*3", "192.0.2.2").status_code == 429


def test_links_name_the_public_address_where_it_is_set() -> None:
    with running_server(replace(SETTINGS, public_url="https://graphs.example/lab")) as address:
        assert ask(address, "x*2", "192.0.2.1").headers["link"].startswith("<https://graphs.example/lab/svg/")
