"""Children without a zygote, as on systems where it does not work; they run here all the same."""

import pytest
from chainrule.protocol.program import Program
from chainrule.sandbox import Pool, pool
from chainrule.settings import Settings


async def test_programs_run_in_processes_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_can_fork", lambda: False)
    spawned = Pool(Settings(workers=1))
    await spawned.start()
    try:
        assert {layer.name for layer in spawned.report()} >= {"seccomp", "rlimits"}
        right = await spawned.execute(Program("(x*x).sum()", inputs={"x": [1.0, 2.0]}))
        wrong = await spawned.execute(Program("import pickle; pickle.load(1)"))
    finally:
        await spawned.stop()
    assert [node.accumulated[0].values for node in right.graph.nodes if node.accumulated and node.accumulated[0]] == [
        [2.0, 4.0]
    ]
    assert "cannot be imported" in (wrong.problems[0].message or "")
