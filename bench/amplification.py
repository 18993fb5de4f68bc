"""What the costliest small requests that are known cost a server: processor time and memory beside their bytes.

``python -m bench.amplification`` starts one server for each, sends the request once, and prints the processor time of
the server and of what it ran, the growth of its largest memory, and the longest that another client waited meanwhile
for a refused address of 40 bytes. ``--app FOLDER`` measures another checkout's ``app``. A server that takes more than
3 GB or 60 s of processor is ended by the system, and that is told.
"""

import argparse
import json
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from chainrule.payload import encode

from bench._server import memory_of, processor_of, server_process

SECONDS = 60
BYTES = 3 << 30
HERE = Path(__file__).parents[1] / "app"
JSON = {"Content-Type": "application/json"}

Sent = tuple[str, str, bytes]
"""Method, address and body."""


def finally_within(depth: int) -> str:
    lines = [f"{' ' * level}try:0\n{' ' * level}finally:" for level in range(depth)]
    return "\n".join(lines) + f"\n{' ' * depth}0"


def circle() -> bytes:
    node = {"kind": "function", "op": "MulBackward0", "names": [], "sequence_nr": None, "span": None, "outputs": []}
    edge = {"slot": 0, "output_nr": 0, "contributions": []}
    ends = [("n1", "n0"), ("n0", "n1"), ("n2", "n1")]
    edges = [{**edge, "id": f"e{i}", "source": source, "target": target} for i, (source, target) in enumerate(ends)]
    return json.dumps({"graph": {"nodes": [{**node, "id": f"n{i}"} for i in range(3)], "edges": edges}}).encode()


def leaves(count: int) -> bytes:
    node = '{"id":"n%d","kind":"leaf","op":"","names":[],"sequence_nr":null,"span":null,"outputs":[]}'
    return b'{"graph":{"nodes":[' + ",".join(node % i for i in range(count)).encode() + b"]}}"


def complex_numbers(count: int) -> bytes:
    stats = '{"min":0,"max":0,"mean":0,"std":0,"norm":0,"nan":0,"inf":0,"zero":0}'
    values = ",".join(['{"re":0,"im":0}'] * count)
    tensor = (
        f'{{"shape":[{count}],"dtype":"complex64","requires_grad":false,"is_leaf":true,"numel":{count},'
        f'"values":[{values}],"stats":{stats},"preview":""}}'
    )
    node = '{"id":"n0","kind":"leaf","op":"","names":[],"sequence_nr":null,"span":null,"outputs":[%s]}'
    output = f'{{"output_nr":0,"value":{tensor},"gradients":[]}}'
    return f'{{"graph":{{"nodes":[{node % output}]}}}}'.encode()


def address(source: str, path: str = "/json/", query: str = "") -> Sent:
    return "GET", f"{path}{encode(source)}{query}", b""


def body(path: str, **fields: Any) -> Sent:
    return "POST", path, json.dumps(fields).encode()


X = "x=torch.ones(2,requires_grad=True)\n"
FAN_OUT = X + "y=x\nfor i in range(7000):y=y+y\n"
WIDE = X + "y=[x*i for i in range(9000)]\nsum(y).sum().backward()\n"
DEEP = X + "y=x\nfor i in range(19000):y=y*1.01\n"
LISTED = "x=torch.ones(190,1024,requires_grad=True)\ny=[(r*2) for r in x]\nsum(y).sum().backward()\n"
PASSES = X + "for i in range(800):(x*2).sum().backward()\n"

REQUESTS: dict[str, Sent] = {
    "GET /json: nested finally, 18 deep": address(finally_within(18)),
    "GET /json: 200 refused places": address("t=1;'" + "a" * 18_900 + "'" + ";t.zz" * 200),
    "GET /json: a run of blanks": address("x" + " " * 19_000 + "?"),
    "GET /json: nested calls": address("dict(" * 90 + "1," * 9_400 + ")" * 90),
    "GET /json: misspelt names": address(
        "\n".join(f"{'x' * 50}{i}=1" for i in range(330)) + "\n" + "\n".join(f"{'x' * 45}q{i}" for i in range(30))
    ),
    "GET /json: prints": address("for i in range(60000):print()"),
    "GET /svg: 19,000 operations": address(DEEP, "/svg/"),
    "GET /svg: 9,000 wide": address(WIDE, "/svg/"),
    "GET /json: 190,000 numbers": address(LISTED, query="?values=1024"),
    "GET /html: 190,000 numbers": address(LISTED, "/html/"),
    "GET /pdf: 300 boxes": address(WIDE, "/pdf/", "?boxes=300"),
    "POST /run: 800 passes": body("/run", source=PASSES),
    "POST /run: chain rule of 7,000 sums": body("/run", source=FAN_OUT, node="n0"),
    "POST /api/v1/graphs: empty lists as input": (
        "POST",
        "/api/v1/graphs",
        b'{"source":"x","inputs":{"x":[' + b"[]," * 20_000 + b"[]]}}",
    ),
    "POST /api/v1/graphs:batch: small objects": (
        "POST",
        "/api/v1/graphs:batch",
        b'{"items":[' + b'{"a":[],"b":1},' * 4_200 + b"1]}",
    ),
    "POST /: a form of ampersands": ("POST", "/", b"&" * 64_000),
    "POST /api/v1/render: round in a circle": ("POST", "/api/v1/render?path=n0..n2", circle()),
    "POST /api/v1/render: 600 leaves": ("POST", "/api/v1/render?boxes=300", leaves(600)),
    "POST /api/v1/render: 3,900 complex numbers": ("POST", "/api/v1/render", complex_numbers(3_900)),
    "POST /api/v1/render: 490,000 complex numbers, 7.8 MB": ("POST", "/api/v1/render", complex_numbers(490_000)),
}


@dataclass(frozen=True, slots=True)
class Cost:
    """What one request cost."""

    sent: int
    status: str
    processor: float
    memory: int
    waited: float


def measure(app: Path, request: Sent) -> Cost:
    method, path, content = request
    # A busy machine would end programs by the clock, and then they cost less.
    with server_process(app, SECONDS, CHAINRULE_WORKERS="1", CHAINRULE_WALL_SECONDS="60") as server:
        process, url = server.process, server.address
        httpx.post(f"{url}/api/v1/graphs", json={"source": "(x * 2).sin()"}, timeout=60).raise_for_status()
        processor, memory = processor_of(process.pid), memory_of(process.pid)
        waits: list[float] = []
        over = threading.Event()

        def ask() -> None:
            number = 0
            with httpx.Client(base_url=url, timeout=120) as other:
                while not over.is_set():
                    started, number = time.perf_counter(), number + 1
                    try:
                        other.get(f"/dot?code=nothing_{number}()")
                    except httpx.HTTPError:
                        break
                    waits.append(time.perf_counter() - started)
                    over.wait(0.05)

        def guard() -> None:
            while not over.wait(0.1):
                if memory_of(process.pid) > BYTES:
                    process.kill()

        threads = [threading.Thread(target=ask), threading.Thread(target=guard)]
        for thread in threads:
            thread.start()
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if path == "/" else JSON
        try:
            answer = httpx.request(method, url + path, content=content, headers=kind if content else {}, timeout=120)
            status = str(answer.status_code)
        except httpx.HTTPError as error:
            status = type(error).__name__
        spent, grown = processor_of(process.pid) - processor, memory_of(process.pid) - memory
        over.set()
        for thread in threads:
            thread.join()
        if process.poll() is not None:
            status, spent, grown = "ended", float(SECONDS), BYTES
        return Cost(len(path) + len(content), status, spent, grown, max(waits, default=0.0))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--app", type=Path, default=HERE)
    parser.add_argument("--only", default="", help="requests with this in their names")
    chosen = parser.parse_args()
    print("| request | bytes | status | processor | for each kB | memory | another waited |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name, request in REQUESTS.items():
        if chosen.only in name:
            cost = measure(chosen.app, request)
            each = cost.processor / cost.sent * 1_000
            print(
                f"| {name} | {cost.sent:,} | {cost.status} | {cost.processor:.2f} s | {each:.2f} s "
                f"| {cost.memory / 1e6:.0f} MB | {cost.waited:.2f} s |",
                flush=True,
            )


if __name__ == "__main__":
    main()
