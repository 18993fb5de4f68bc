"""What is killed in the middle of the work: nothing is lost that had not started, and nothing stays behind."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from chainrule.errors import BusyError, SandboxError
from chainrule.limits import Limits
from chainrule.protocol.messages import ExecutionAnswer
from chainrule.protocol.program import Program
from chainrule.sandbox import Pool
from chainrule.sandbox.outcomes import conclude
from chainrule.sandbox.pool import SPARE
from chainrule.sandbox.processes import child as child_module
from chainrule.sandbox.processes import stem as stem_module
from chainrule.sandbox.processes.command import start_worker
from chainrule.settings import Settings

from tests import ROOT

Own = Callable[[], list[int]]
Shared = tuple[Pool, int]

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="there is a zygote on Linux only"),
    pytest.mark.thorough,
    pytest.mark.xdist_group("chaos"),
]

SUM = Program("(x*x).sum()", inputs={"x": [1.0, 2.0]})
BUSY = replace(SUM, source="for turn in range(3_000_000):\n    pass\n(x*x).sum()")
"""The same, long enough under way to be met."""
LOOP = replace(SUM, source="for turn in range(100_000):\n    pass\n(x*x).sum()")
ENDLESS = Program("while True:\n    pass")


@asynccontextmanager
async def of_its_own(settings: Settings) -> AsyncIterator[tuple[Pool, Own]]:
    """A pool for one test, and what gives the zygotes that it has at the time."""
    others = zygotes()
    pool = Pool(settings, grace_seconds=0.5)
    await pool.start()
    try:
        yield pool, lambda: [pid for pid in zygotes() if pid not in others]
    finally:
        await pool.stop(drain_seconds=1)


@pytest.fixture(scope="module")
async def shared() -> AsyncIterator[Shared]:
    """One pool for the tests that leave it as it was, and its zygote."""
    settings = Settings(workers=2, queue=3, limits=Limits(wall_seconds=60.0, cpu_seconds=60))
    async with of_its_own(settings) as (pool, own):
        (zygote,) = own()
        yield pool, zygote


def children_of(pid: int) -> list[int]:
    """The processes whose parent it is, the dead ones that nobody has asked after yet not counted."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(parent) == pid and state != "Z":
            found.append(int(stat.parent.name))
    return found


def is_right(answer: ExecutionAnswer) -> bool:
    leaves = [node for node in answer.graph.nodes if node.kind == "leaf"]
    return bool(leaves) and leaves[0].accumulated[0] is not None and leaves[0].accumulated[0].values == [2.0, 4.0]


async def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for something that another process does."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to be"
        await asyncio.sleep(0.01)


def stems() -> list[int]:
    """The stems that this process started."""
    return [pid for pid in children_of(os.getpid()) if b"chainrule.worker" in command_of(pid)]


def zygotes() -> list[int]:
    """The zygotes that these forked."""
    return [pid for stem in stems() for pid in children_of(stem)]


def is_alive(pid: int) -> bool:
    """Whether a process has not ended yet, whoever is to ask after it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def command_of(pid: int) -> bytes:
    """What a process was started as; nothing where it has ended meanwhile."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


async def all_there(pool: Pool, zygote: int, workers: int = 2) -> None:
    """Wait until every idle child is there and known to this process, and no other one but what holds the namespace.

    A count of the processes alone would not do: one that is being taken down has let go of its descriptors already.
    """
    idle = workers + SPARE
    await until(lambda: pool.idle == idle and len(children_of(zygote)) == 1 + idle)


async def test_idle_children_that_are_killed_are_not_noticed(shared: Shared) -> None:
    pool, zygote = shared
    for pid in children_of(zygote):
        if pid != min(children_of(zygote)):  # the one that holds the namespace: with it all the others would end
            os.kill(pid, signal.SIGKILL)
    assert all(is_right(answer) for answer in [await pool.execute(SUM) for _ in range(5)])


async def test_a_client_that_goes_away_frees_its_place(shared: Shared) -> None:
    pool, _ = shared
    gone = [asyncio.create_task(pool.execute(ENDLESS)) for _ in range(4)]
    await until(lambda: pool.figures().running == 2)
    for task in gone:
        task.cancel()
    await asyncio.gather(*gone, return_exceptions=True)
    assert pool.figures().running == pool.figures().waiting == 0
    assert is_right(await pool.execute(SUM))


async def test_descriptors_and_processes_do_not_pile_up(shared: Shared) -> None:
    pool, zygote = shared
    await all_there(pool, zygote)
    descriptors = len(os.listdir("/proc/self/fd")), len(os.listdir(f"/proc/{zygote}/fd"))
    for _ in range(10):
        await asyncio.gather(*(pool.execute(SUM) for _ in range(5)))
    await all_there(pool, zygote)
    await until(lambda: len(os.listdir("/proc/self/fd")) <= descriptors[0])
    await until(lambda: len(os.listdir(f"/proc/{zygote}/fd")) <= descriptors[1])  # it has some open while it forks


async def test_running_children_and_half_of_the_clients_die_in_the_middle_of_the_load(shared: Shared) -> None:
    pool, zygote = shared
    keeper = min(children_of(zygote))  # it holds the namespace: with it all the others would end

    async def client(number: int) -> ExecutionAnswer:
        while True:
            try:
                return await pool.execute(replace(LOOP, seed=number))
            except BusyError:
                await asyncio.sleep(0.01)

    await all_there(pool, zygote)
    before = len(os.listdir("/proc/self/fd")), len(os.listdir(f"/proc/{zygote}/fd"))
    clients = [asyncio.create_task(client(number)) for number in range(40)]
    killed = 0
    for turn in range(4):
        await until(lambda: pool.figures().running == 2)
        for gone in clients[2 * turn : 40 : 8]:
            gone.cancel()
        for pid in children_of(zygote):
            with contextlib.suppress(ProcessLookupError):
                if pid != keeper:
                    os.kill(pid, signal.SIGKILL)
        killed += 2  # that ran; the others were idle
        await asyncio.sleep(0)
    answers = await asyncio.gather(*clients[1::2])
    await asyncio.gather(*clients[::2], return_exceptions=True)
    assert is_right(await pool.execute(SUM))
    assert pool.figures().running == pool.figures().waiting == 0
    await all_there(pool, zygote)
    await until(lambda: len(os.listdir("/proc/self/fd")) <= before[0])
    await until(lambda: len(os.listdir(f"/proc/{zygote}/fd")) <= before[1])
    wrong = [answer for answer in answers if not is_right(answer)]
    assert len(answers) == 20
    assert len(wrong) <= killed
    for answer in wrong:  # its child was killed while the program ran, and it is told so
        assert [problem.slug for problem in answer.problems] == ["crash"]
        assert answer.problems[0].message == "signal SIGKILL"


async def test_beyond_the_queue_a_request_is_told_to_come_back(shared: Shared) -> None:
    pool, _ = shared
    before = pool.figures().outcomes.get("refused", 0)
    requests = [asyncio.create_task(pool.execute(SUM)) for _ in range(8)]
    results = await asyncio.gather(*requests, return_exceptions=True)
    refused = [result for result in results if isinstance(result, BusyError)]
    assert all(error.retry_after_seconds >= 1 for error in refused)
    assert sum(is_right(result) for result in results if isinstance(result, ExecutionAnswer)) == 5
    assert len(refused) == pool.figures().outcomes["refused"] - before == 3


async def test_a_killed_zygote_is_replaced_and_what_had_not_started_is_not_lost() -> None:
    async with of_its_own(Settings(workers=2)) as (pool, own):
        (zygote,) = own()
        requests = [asyncio.create_task(pool.execute(SUM)) for _ in range(20)]
        await asyncio.sleep(0)
        os.kill(zygote, signal.SIGKILL)
        answers = await asyncio.gather(*requests)
        assert is_right(await pool.execute(SUM))
        starts = pool.figures().starts
    for answer in answers:
        assert is_right(answer) or [problem.slug for problem in answer.problems] == ["interrupted"]
    assert sum(not is_right(answer) for answer in answers) <= 2  # those that were running
    assert starts == 2


async def test_a_killed_zygote_takes_its_children_along_and_the_program_that_ran_is_told_so() -> None:
    limits = Limits(wall_seconds=30.0)
    async with of_its_own(Settings(workers=1, limits=limits)) as (pool, own):
        (zygote,) = own()
        started = asyncio.Event()  # a program that had not started would be retried, as another test says
        running = asyncio.create_task(pool.run(ENDLESS.encode(), started.set))
        await started.wait()
        children = children_of(zygote)
        assert len(children) >= 2
        os.kill(zygote, signal.SIGKILL)
        await until(lambda: not any(is_alive(pid) for pid in children))
        answer = conclude(await running, ENDLESS, limits)[1]
    assert [problem.slug for problem in answer.problems] == ["interrupted"]


async def test_a_zygote_lives_on_when_its_stem_is_killed_and_another_stem_is_there_for_the_next() -> None:
    async with of_its_own(Settings(workers=1)) as (pool, own):
        (zygote,) = own()
        (stem,) = (pid for pid in stems() if zygote in children_of(pid))
        others = [pid for pid in stems() if pid != stem]
        os.kill(stem, signal.SIGKILL)
        await until(lambda: stem not in stems())
        assert is_right(await pool.execute(SUM))
        await until(lambda: len(stems()) == len(others) + 1)
        assert pool.figures().starts == 1
        await all_there(pool, zygote, workers=1)
        children = [zygote, *children_of(zygote)]
        os.kill(zygote, signal.SIGKILL)
        await until(lambda: not any(is_alive(pid) for pid in children))  # one that lives still could take the program
        assert is_right(await pool.execute(SUM))
        assert pool.figures().starts == 2
        (second,) = own()
        assert stem not in stems()
        assert second not in children


async def test_a_zygote_that_is_stopped_is_replaced_before_anybody_asks_and_what_runs_goes_on() -> None:
    limits = Limits(wall_seconds=60.0, cpu_seconds=60)
    async with of_its_own(Settings(workers=2, limits=limits)) as (pool, own):
        (zygote,) = own()
        running = asyncio.create_task(pool.execute(BUSY))
        await until(lambda: pool.figures().running == 1)
        os.kill(zygote, signal.SIGSTOP)
        answers = [await pool.execute(SUM) for _ in range(2 * SPARE)]  # more than were ready
        assert all(is_right(answer) for answer in answers)
        assert is_right(await running)
        await until(lambda: not is_alive(zygote))
        assert pool.figures().starts == 2
        assert len(own()) == 1


async def test_a_zygote_that_is_stopped_while_nothing_runs_is_replaced() -> None:
    async with of_its_own(Settings(workers=1)) as (pool, own):
        (zygote,) = own()
        os.kill(zygote, signal.SIGSTOP)
        await until(lambda: not is_alive(zygote) and pool.figures().starts == 2)
        assert is_right(await pool.execute(SUM))


async def test_a_stem_that_is_stopped_is_replaced_and_its_zygote_goes_on() -> None:
    async with of_its_own(Settings(workers=1)) as (pool, own):
        (zygote,) = own()
        (stem,) = (pid for pid in stems() if zygote in children_of(pid))
        os.kill(stem, signal.SIGSTOP)
        await until(lambda: stem not in stems())
        assert is_alive(zygote)
        assert is_right(await pool.execute(SUM))
        assert pool.figures().starts == 1


async def test_a_stem_that_is_stopped_does_not_keep_a_killed_zygote_from_coming_back() -> None:
    async with of_its_own(Settings(workers=1)) as (pool, own):
        (zygote,) = own()
        (stem,) = (pid for pid in stems() if zygote in children_of(pid))
        await all_there(pool, zygote, workers=1)
        children = [zygote, *children_of(zygote)]
        os.kill(stem, signal.SIGSTOP)
        os.kill(zygote, signal.SIGKILL)
        await until(lambda: not any(is_alive(pid) for pid in children))
        assert is_right(await pool.execute(SUM))
        assert pool.figures().starts == 2
        await until(lambda: stem not in stems())


async def test_an_idle_child_that_is_stopped_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_module, "START_SECONDS", 0.2)
    async with of_its_own(Settings(workers=1)) as (pool, own):
        (zygote,) = own()
        await all_there(pool, zygote, workers=1)
        for pid in children_of(zygote)[1:4]:
            os.kill(pid, signal.SIGSTOP)
        answers = [await pool.execute(SUM) for _ in range(2 * SPARE)]
    assert all(is_right(answer) for answer in answers)


async def test_all_of_it_that_is_killed_at_once_is_started_again() -> None:
    async with of_its_own(Settings(workers=1)) as (pool, own):
        (zygote,) = own()
        (stem,) = (pid for pid in stems() if zygote in children_of(pid))
        await all_there(pool, zygote, workers=1)
        children = [zygote, *children_of(zygote)]
        for pid in (stem, zygote):
            os.kill(pid, signal.SIGKILL)
        await until(lambda: not any(is_alive(pid) for pid in children))
        assert is_right(await pool.execute(SUM))
        assert pool.figures().starts == 2


async def test_a_start_that_failed_for_want_of_a_process_does_not_keep_the_next_from_working(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun: list[str] = []

    def start_once_there_is_room(role: str, stream: socket.socket) -> "subprocess.Popen[bytes]":
        begun.append(role)
        if len(begun) == 1:
            raise BlockingIOError("no more processes")
        return start_worker(role, stream)

    monkeypatch.setattr(stem_module, "start_worker", start_once_there_is_room)

    pool = Pool(Settings(workers=1), grace_seconds=0.5)
    try:
        with pytest.raises(SandboxError, match="no more processes"):
            await pool.start()
        assert is_right(await pool.execute(SUM))
    finally:
        await pool.stop(drain_seconds=1)


async def test_nothing_survives_a_server_that_is_killed() -> None:
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.sandbox.serve"),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    assert server.stdout is not None
    stem = int(await server.stdout.readline())
    (zygote,) = children_of(stem)
    children = [stem, zygote, *children_of(zygote)]
    assert len(children) >= 4
    server.kill()
    await server.wait()
    await until(lambda: not any(is_alive(pid) for pid in children))


async def test_an_old_zygote_is_replaced_while_programs_run() -> None:
    async with of_its_own(Settings(workers=1, zygote_executions=3)) as (pool, own):
        (first,) = own()
        answers = [await pool.execute(SUM) for _ in range(4)]
        await until(lambda: pool.figures().starts == 2 and not is_alive(first))
        answers.append(await pool.execute(SUM))
        others, right = set(own()) - {first}, all(is_right(answer) for answer in answers)
    assert right
    assert len(others) == 1


async def test_stopping_waits_for_what_runs_and_takes_nothing_new() -> None:
    others = stems()
    pool = Pool(Settings(workers=1, limits=Limits(wall_seconds=60.0, cpu_seconds=60)))
    await pool.start()
    last = asyncio.create_task(pool.execute(BUSY))
    await until(lambda: pool.figures().running == 1)
    stopping = asyncio.create_task(pool.stop())
    await asyncio.sleep(0)
    with pytest.raises(BusyError, match="about to stop"):
        await pool.execute(SUM)
    await stopping
    await until(lambda: stems() == others)  # killed, and its memory taken down
    assert is_right(await last)
