"""Ten thousand mixed requests to one server: what its memory grew by, and what it says that is held.

``python -m bench.soak`` sends pictures, answers as JSON, refusals, large graphs, training loops, drawings of graphs
that were posted, bodies that end in the middle and answers that nobody reads, a few at a time. Each has another seed or
number in it, so that nothing is answered from memory. ``--count N`` sends another number of them.
"""

import argparse
import asyncio
import json
import random
import re
import socket
import time

import httpx
from chainrule.payload import encode

from bench._server import memory_of, server_process

AT_ONCE = 4
SMALL = "x = torch.ones(2, requires_grad=True)\n((x*{n}).sin()**2).sum()"
SERIES = (
    "w = torch.zeros(2, requires_grad=True)\no = torch.optim.SGD([w], lr=0.1)\nfor step in range(30):\n"
    "    o.zero_grad()\n    loss = ((w - {n})**2).sum()\n    loss.backward()\n    o.step()"
)
LARGE = "x = torch.ones(2, requires_grad=True)\ny = x\nfor i in range(800): y = y*1.0001 + {n}\ny.sum()"
LISTED = "x = torch.rand(40, 256, requires_grad=True)\ny = [row*{n} for row in x]\nsum(y).sum()"
REFUSED = "import os\nos.system('{n}')"
RAISES = "x = torch.ones(2)\nx @ torch.ones(3) + {n}"


async def one(client: httpx.AsyncClient, number: int, kind: int) -> str:
    """Send one request, and return what came of it."""
    if kind < 30:
        answer = await client.get(f"/svg/{encode(SMALL.format(n=number))}")
    elif kind < 50:
        answer = await client.post("/api/v1/graphs", json={"source": SMALL.format(n=number), "seed": number % 1_000})
    elif kind < 60:
        answer = await client.get(f"/png/{encode(SERIES.format(n=number))}")
    elif kind < 63:
        answer = await client.get(f"/svg/{encode(LARGE.format(n=number))}")
    elif kind < 66:
        answer = await client.get(f"/json/{encode(LISTED.format(n=number))}?values=1024")
    elif kind < 78:
        answer = await client.get(f"/svg/{encode(REFUSED.format(n=number))}")
    elif kind < 86:
        answer = await client.post("/run", json={"source": RAISES.format(n=number)})
    elif kind < 92:
        leaf = {
            "id": "n0",
            "kind": "leaf",
            "op": "",
            "names": [f"x{number}"],
            "sequence_nr": None,
            "span": None,
            "outputs": [],
        }
        answer = await client.post("/api/v1/render", json={"graph": {"nodes": [leaf]}})
    else:
        return await asyncio.to_thread(broken_off, str(client.base_url), number, reads=kind >= 96)
    return str(answer.status_code)


def broken_off(address: str, number: int, *, reads: bool) -> str:
    """Leave in the middle: of a body, or of an answer."""
    host, port = re.findall(r"//([^:/]+):(\d+)", address)[0]
    with socket.create_connection((host, int(port)), timeout=60) as stream:
        if reads:
            path = f"/json/{encode(LISTED.format(n=number))}?values=1024"
            stream.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            stream.recv(100)
        else:
            head = f"POST /api/v1/graphs HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            stream.sendall(f"{head}Content-Length: 900000\r\n\r\n".encode() + bytes(400_000))
    return "left an answer" if reads else "left a body"


async def soak(address: str, pid: int, count: int) -> None:
    """Send them all, and print what is held from time to time."""
    chance = random.Random(7)
    kinds = [chance.randrange(100) for _ in range(count)]
    outcomes: dict[str, int] = {}
    todo = iter(enumerate(kinds))
    started, first = time.perf_counter(), memory_of(pid, now=True)
    done = 0
    print(f"at the start: {first / 1e6:.0f} MB", flush=True)
    async with httpx.AsyncClient(base_url=address, timeout=120) as client:

        async def work() -> None:
            nonlocal done
            for number, kind in todo:
                try:
                    outcome = await one(client, number, kind)
                except httpx.HTTPError as error:
                    outcome = type(error).__name__
                outcomes[outcome] = outcomes.get(outcome, 0) + 1
                done += 1
                if done % max(1, count // 10) == 0:
                    text = (await client.get("/metrics")).text
                    held = dict(re.findall(r"^chainrule_(held_\w+|cache_\w+_size_bytes) (\S+)", text, re.MULTILINE))
                    sizes = ", ".join(f"{name} {float(size) / 1e6:.0f} MB" for name, size in held.items())
                    seconds = time.perf_counter() - started
                    grown = (memory_of(pid, now=True) - first) / 1e6
                    print(f"{done} requests, {seconds:.0f} s: {grown:+.0f} MB ({sizes})", flush=True)

        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    print(json.dumps(outcomes))
    print(f"largest: {(memory_of(pid) - first) / 1e6:+.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--cache", type=int, default=64, help="memory for answers and pictures [MB]")
    chosen = parser.parse_args()
    with server_process(CHAINRULE_CACHE_BYTES=str(chosen.cache << 20), CHAINRULE_WALL_SECONDS="60") as server:
        asyncio.run(soak(server.address, server.process.pid, chosen.count))


if __name__ == "__main__":
    main()
