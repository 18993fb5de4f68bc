"""A server that is told to stop while its queue is full: nobody is left without an answer."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from tests import ROOT

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="there is a zygote on Linux only"),
    pytest.mark.thorough,
    pytest.mark.xdist_group("chaos"),
]

LOOP = "for turn in range(400_000):\n    pass\nx = torch.ones(2, requires_grad=True)\n(x*x).sum()"
ENDLESS = "while True:\n    pass"


@asynccontextmanager
async def serving(**settings: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, httpx.AsyncClient]]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "chainrule", "serve", "--port", "0"),
        env=os.environ
        | {"CHAINRULE_WORKERS": "1", "CHAINRULE_WALL_SECONDS": "60", "CHAINRULE_CPU_SECONDS": "60", **settings},
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    try:
        assert process.stdout is not None
        address = re.search(r"http://\S+", (await process.stdout.readline()).decode())
        assert address is not None
        async with httpx.AsyncClient(base_url=address[0], timeout=100) as client:
            yield process, client
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def taken(client: httpx.AsyncClient, count: int) -> None:
    """Wait until so many programs run or wait."""
    while True:
        text = (await client.get("/metrics")).text
        found = re.findall(r"^chainrule_sandbox_(?:running|waiting) (\S+)", text, re.MULTILINE)
        if sum(map(float, found)) == count:
            return


async def ask(client: httpx.AsyncClient, source: str, seed: int) -> httpx.Response:
    return await client.post("/api/v1/graphs", json={"source": source, "seed": seed})


async def test_what_was_taken_is_answered() -> None:
    async with serving(CHAINRULE_DRAIN_SECONDS="100") as (process, client):
        asked = [asyncio.create_task(ask(client, LOOP, seed)) for seed in range(8)]
        await taken(client, 8)
        process.send_signal(signal.SIGTERM)
        answers = await asyncio.gather(*asked)
        assert await process.wait() in (0, -signal.SIGTERM)
    assert [answer.text for answer in answers if answer.status_code != 200] == []
    assert [answer.json()["problems"] for answer in answers] == [[]] * 8


async def test_what_cannot_be_done_in_time_is_told_so() -> None:
    async with serving(CHAINRULE_DRAIN_SECONDS="0.5") as (process, client):
        asked = [asyncio.create_task(ask(client, ENDLESS, seed)) for seed in range(6)]
        await taken(client, 6)
        process.send_signal(signal.SIGTERM)
        answers = await asyncio.gather(*asked)
        assert await process.wait() in (0, -signal.SIGTERM)
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200, 503, 503, 503, 503, 503]
    for answer in answers:
        if answer.status_code == 200:
            assert [problem["slug"] for problem in answer.json()["problems"]] == ["interrupted"]
        else:
            assert answer.headers["Retry-After"] == "10"
            assert answer.json()["detail"] == "The server is about to stop."
