"""The web process's end of one child, with a socket in the place of the child."""

import asyncio
import socket

import pytest
from chainrule.limits import Limits
from chainrule.protocol.frames import ANSWER, OVER, STARTED
from chainrule.sandbox import Pool
from chainrule.sandbox.processes.child import Child, ChildLostError
from chainrule.settings import Settings

from tests.frames import frame


async def test_it_tells_when_the_program_starts_and_is_over(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    theirs.sendall(frame(STARTED) + frame(OVER) + frame(ANSWER, b"all of it"))
    told: list[str] = []
    child = Child(1, ours, lambda: None)
    answer = await child.run(b"", 100, lambda: told.append("started"), lambda: told.append("over"))
    assert answer == b"all of it"
    assert told == ["started", "over"]


@pytest.mark.parametrize("sent", [frame(OVER) + frame(OVER), frame(OVER, b"x") + frame(ANSWER)])
async def test_a_program_is_over_once_and_says_nothing_with_it(
    sent: bytes, ends: tuple[socket.socket, socket.socket]
) -> None:
    ours, theirs = ends
    theirs.sendall(frame(STARTED) + sent)
    with pytest.raises(ChildLostError) as lost:
        await Child(1, ours, lambda: None).run(b"", 100)
    assert lost.value.forged


async def test_the_answer_has_time_of_its_own() -> None:
    limits = Limits(wall_seconds=1.0, answer_seconds=1_000.0)
    async with asyncio.timeout(1.0) as deadline:
        Pool(Settings(limits=limits))._await_answer(deadline)
        assert (deadline.when() or 0.0) - asyncio.get_running_loop().time() > 900.0
