"""The pool from the outside: programs in, answers out, whatever the programs do."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import torch
from chainrule.errors import SandboxError
from chainrule.limits import Limits
from chainrule.protocol.program import Program
from chainrule.sandbox import Pool
from chainrule.sandbox.metrics import Tally
from chainrule.settings import Settings


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Pool]:
    pool = Pool(settings)
    await pool.start()
    try:
        yield pool
    finally:
        await pool.stop()


async def test_a_program_is_executed_in_a_child() -> None:
    async with running(Settings()) as pool:
        answer = await pool.execute(Program("(x**3).sum()", inputs={"x": [1.0, 2.0]}))
    (leaf,) = [node for node in answer.graph.nodes if node.kind == "leaf"]
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    (x**3).sum().backward()
    assert leaf.accumulated[0] is not None
    assert leaf.accumulated[0].values == x.grad.tolist()


async def test_limits_are_problems_and_other_programs_go_on() -> None:
    settings = Settings(limits=Limits(wall_seconds=0.5, memory_bytes=128 * 2**20))
    async with running(settings) as pool:
        sources = ["while True:\n    pass", "torch.ones(10**8)", "1 + 1", "def f():\n    f()\nf()"]
        endless, large, small, deep = await asyncio.gather(*(pool.execute(Program(source)) for source in sources))
    assert [answer.problems[0].slug for answer in (endless, large)] == ["time-limit", "memory-limit"]
    assert "0.5 s" in endless.problems[0].detail
    assert "128 MB" in large.problems[0].detail
    assert [variable.name for variable in small.graph.variables] == []
    assert "RecursionError" in (deep.problems[0].message or "")


async def test_what_a_program_leaves_behind_is_not_collected_for_its_answer() -> None:
    spinning = "class A:\n    def __del__(self):\n        while True:\n            pass\n"
    made = "a = A()\na.me = a\nx = torch.ones(2, requires_grad=True)\n"
    settings = Settings(workers=1, limits=Limits(wall_seconds=60.0, cpu_seconds=5, answer_seconds=100))
    async with running(settings) as pool:
        whole = await pool.execute(Program(f"{spinning}{made}(x*x).sum()"))
        large = await pool.execute(Program(f"{spinning}{made}torch.ones(10**14)"))
    assert whole.problems == []
    assert len(whole.graph.nodes) == 3
    assert [problem.slug for problem in large.problems] == ["memory-limit"]


async def test_every_layer_is_reported() -> None:
    async with running(Settings()) as pool:
        report = {layer.name: layer.active for layer in pool.report()}
    assert {"seccomp", "landlock", "rlimits", "no-new-privileges", "descriptors", "user", "namespaces"} <= report.keys()
    assert report["seccomp"]
    assert report["rlimits"]


def test_how_many_more_have_room_goes_by_those_that_ran() -> None:
    assert Tally(runs=10, run_seconds=5.0).fitting(workers=2, seconds=20.0) == 80
    assert Tally(runs=2, run_seconds=30.0).fitting(workers=1, seconds=10.0) == 0
    assert Tally().fitting(workers=2, seconds=20.0) is None


async def test_a_worker_that_cannot_be_started_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(SandboxError, match="cannot be started"):
        await Pool(Settings()).start()
