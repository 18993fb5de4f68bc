"""What comes back of a program that a limit stops: all that was recorded until then, and how far it had come."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from chainrule.limits import Limits
from chainrule.problems.limits import KINDS_OF_LIMITS
from chainrule.settings import Settings
from chainrule.web import create_app
from fastapi.testclient import TestClient

SETTINGS = {
    "patient": Settings(
        rate_limit=0,
        limits=Limits(
            wall_seconds=60.0,
            cpu_seconds=2,
            memory_bytes=256 * 2**20,
            stdout_bytes=1_000,
            answer_bytes=150_000,
            nodes=400,
            records=2_000,
        ),
    ),
    "hurried": Settings(rate_limit=0, limits=Limits(wall_seconds=2.0, cpu_seconds=60)),
}
TRAINING = """
w = torch.tensor([1.0, -2.0], requires_grad=True)
x = torch.tensor([3.0, 1.0])
print("begun")
for step in range(10**9):
    loss = ((w * x).sum() - 1) ** 2
    loss.backward()
    while step == 3:
        pass
"""
"""It has done four whole steps when it stops to go on, whatever the machine does."""


@dataclass(frozen=True)
class Case:
    """A program that reaches a limit."""

    limit: str
    source: str
    passes: int
    console: str
    words: str
    """What is said of where it was."""
    line: int | None = None
    server: str = "patient"


CASES = [
    Case("wall_seconds", TRAINING, 4, "begun\n", "iteration 4 of the loop in line 5 (step = 3)", 8, "hurried"),
    Case("cpu_seconds", TRAINING, 4, "begun\n", "iteration 4 of the loop in line 5 (step = 3)", 8),
    Case(
        "memory_bytes",
        "x = torch.ones(3, requires_grad=True)\nprint('begun')\nfor i in range(5):\n    (x * i).sum().backward()\n"
        "    if i == 2:\n        y = x.sum() * torch.ones(10**9)\n",
        3,
        "begun\n",
        "iteration 3 of the loop in line 3 (i = 2)",
        6,
    ),
    Case(
        "stdout_bytes",
        "x = torch.ones(3, requires_grad=True)\nx.sum().backward()\nfor i in range(500):\n    print('abc')\n",
        1,
        "abc\n" * 250,
        "The first 1 kB",
    ),
    Case(
        "records",
        "x = torch.ones(3, requires_grad=True)\nx.sum().backward()\nprint('begun')\nwith torch.no_grad():\n"
        "    for i in range(3_000):\n        y = x + i\n",
        1,
        "begun\n",
        "The last operation that is recorded is in iteration ",
    ),
    Case(
        "nodes",
        "x = torch.ones(3, requires_grad=True)\ny = x\nfor i in range(900):\n    y = y.sin()\n"
        "print('begun')\ny.sum().backward()\n",
        1,
        "begun\n",
        "It may have 400 nodes; what is farthest from the result is left out.",
    ),
    Case(
        "answer_bytes",
        "x = torch.ones(30, 30, requires_grad=True)\nprint('begun')\nfor i in range(60):\n"
        "    (x * i).sin().sum().backward()\n",
        60,
        "begun\n",
        "what is farthest from the result is left out",
    ),
]


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, TestClient]]:
    with (
        TestClient(create_app(SETTINGS["patient"]), base_url="http://localhost") as patient,
        TestClient(create_app(SETTINGS["hurried"]), base_url="http://localhost") as hurried,
    ):
        yield {"patient": patient, "hurried": hurried}


def posted(client: TestClient, source: str) -> dict[str, Any]:
    answer = client.post("/api/v1/graphs", json={"source": source})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_every_limit_that_a_running_program_can_reach_has_its_case() -> None:
    # Of the time for the answer a test cannot make sure that a program uses it up: tests/run has it.
    assert {case.limit for case in CASES} == KINDS_OF_LIMITS.keys() - {"answer_seconds"}


@pytest.mark.parametrize("case", CASES, ids=[case.limit for case in CASES])
def test_what_a_limit_stops_is_shown_until_there(case: Case, servers: dict[str, TestClient]) -> None:
    answer = posted(servers[case.server], case.source)
    (problem,) = [one for one in answer["problems"] if one["slug"] == KINDS_OF_LIMITS[case.limit].slug]
    assert case.words in problem["detail"]
    assert (problem["span"] or {}).get("line") == case.line
    graph = answer["graph"]
    assert len(graph["passes"]) == case.passes
    assert all(run["order"] for run in graph["passes"])
    assert graph["nodes"]
    assert "".join(line["text"] for line in answer["console"]) == case.console


ENDINGS = {
    "a loop without an end": (
        "x = torch.tensor(2.0, requires_grad=True)\n(x**2).backward()\nprint('here')\nwhile True:\n    pass\n"
    ),
    "within a function": (
        "def train():\n    y = torch.tensor(2.0, requires_grad=True)\n    for i in range(10**9):\n        if i < 50:\n"
        "            y = y.sin()\nprint('here')\ntrain()\n"
    ),
    "within a module": (
        "class Slow(nn.Module):\n    def forward(self, x):\n        y = x * 2\n        while True:\n            pass\n"
        "print('here')\nSlow()(torch.ones(2, requires_grad=True))\n"
    ),
    "in a generator": (
        "x = torch.tensor(2.0, requires_grad=True)\n(x**2).backward()\nprint('here')\nsum(i for i in range(10**12))\n"
    ),
    "recursion": (
        "x = torch.tensor(2.0, requires_grad=True)\ndef f(y, depth):\n"
        "    return f(y * x if depth < 20 else y, depth + 1)\n"
        "print('here')\nf(x, 0)\n"
    ),
}


@pytest.mark.parametrize("source", ENDINGS.values(), ids=ENDINGS)
def test_wherever_it_stops_nothing_is_lost(source: str, servers: dict[str, TestClient]) -> None:
    answer = posted(servers["patient"], source)
    assert answer["problems"][0]["slug"] in ("cpu-limit", "exception")
    assert answer["problems"][0]["span"]
    assert any(node["kind"] == "function" for node in answer["graph"]["nodes"])
    assert answer["console"][0]["text"] == "here\n"
