"""Server and worker as two processes: what runs, what is refused, and what happens when one of them goes away."""

import asyncio
import os
import signal
import socket
import stat
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from chainrule.errors import BusyError, SandboxError
from chainrule.limits import Limits
from chainrule.protocol.frames import ANSWER, BROKEN, STARTED, Layer
from chainrule.protocol.messages import ExecutionAnswer
from chainrule.protocol.program import Program
from chainrule.protocol.record import join_record
from chainrule.sandbox import RemotePool, make_pool
from chainrule.sandbox.remote import client as remote
from chainrule.sandbox.remote import link
from chainrule.sandbox.remote.link import ALIVE, GREETING, UNANSWERED, Greeting, frame, own_limits, own_versions
from chainrule.sandbox.remote.server import claim, serving
from chainrule.settings import Settings

from tests import ROOT
from tests.sandbox.test_chaos import BUSY, ENDLESS, SUM, is_right, until

Say = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="there is a worker on Linux only")

GREETED = Greeting(
    instance="one",
    versions=own_versions(),
    limits=own_limits(Limits()),
    at_once=2,
    layers=[Layer(name="seccomp", active=True)],
)


@pytest.fixture(scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Settings]:
    """A worker on a socket in this process, for the tests that leave it as it was: the settings of its servers."""
    path = str(tmp_path_factory.mktemp("worker") / "socket")
    limits = Limits(wall_seconds=3600.0, cpu_seconds=3600)
    settings = Settings(workers=2, queue=3, worker_socket=path, limits=limits)
    async with serving(settings, path):
        yield settings
    assert not os.path.exists(path)


async def executed(settings: Settings, request: Program) -> ExecutionAnswer:
    pool = make_pool(settings)
    await pool.start()
    try:
        return await pool.execute(request)
    finally:
        await pool.stop()


async def test_a_program_runs_in_the_worker(served: Settings) -> None:
    answer = await executed(served, Program("(x**3).sum()", inputs={"x": [1.0, 2.0]}))
    (leaf,) = [node for node in answer.graph.nodes if node.kind == "leaf"]
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    (x**3).sum().backward()
    assert leaf.accumulated[0] is not None
    assert leaf.accumulated[0].values == x.grad.tolist()


async def test_the_worker_tells_how_it_confines(served: Settings) -> None:
    pool = RemotePool(served)
    await pool.start()
    assert {layer.name: layer.active for layer in pool.report()}["seccomp"]


async def test_beyond_the_queue_a_request_is_told_to_come_back(served: Settings) -> None:
    servers = [RemotePool(served) for _ in range(8)]  # each of them alone would not be refused
    tasks = [asyncio.create_task(server.execute(ENDLESS)) for server in servers]
    await until(lambda: sum(server.figures().outcomes.get("refused", 0) for server in servers) == 3)
    refused = [task.exception() for task in tasks if task.done()]
    await until(lambda: sum(server.figures().running for server in servers) == 2)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert sum(task.cancelled() for task in tasks) == 5
    assert len(refused) == 3
    assert all(isinstance(error, BusyError) for error in refused)


async def test_one_server_may_have_so_many_under_way(served: Settings) -> None:
    pool = RemotePool(served)
    await pool.start()
    results = await asyncio.gather(*(pool.execute(SUM) for _ in range(7)), return_exceptions=True)
    assert [isinstance(result, BusyError) for result in results] == [False] * 5 + [True] * 2


async def test_a_server_that_goes_away_frees_its_place(served: Settings) -> None:
    pool = RemotePool(served)
    gone = [asyncio.create_task(pool.execute(ENDLESS)) for _ in range(2)]
    await until(lambda: pool.figures().running == 2)
    for task in gone:
        task.cancel()
    await asyncio.gather(*gone, return_exceptions=True)
    assert pool.figures().running == pool.figures().waiting == 0
    async with asyncio.timeout(600):  # the endless ones may run for an hour: nobody waits for them
        assert is_right(await pool.execute(SUM))


async def test_a_worker_with_other_limits_is_not_for_this_server(served: Settings) -> None:
    other = replace(served, limits=Limits(wall_seconds=9.0))
    with pytest.raises(SandboxError, match=r"wall_seconds is 3600\.0 there and 9\.0 here"):
        await RemotePool(other).start()


async def test_nothing_else_is_taken_for_a_request(served: Settings) -> None:
    async def exchanged(sent: bytes) -> bytes:
        reader, writer = await asyncio.open_unix_connection(served.worker_socket)
        writer.write(sent)
        received = await reader.read(-1)
        writer.close()
        return received[:1] + received[-1:]

    for sent in (b"GET / HTTP/1.1\r\n\r\n", frame(ANSWER, b"{}"), b"R\xff\xff\xff\xff"):
        assert await exchanged(sent) == GREETING + b"}"  # the greeting and nothing more
    assert is_right(await executed(served, SUM))


async def test_a_request_that_no_child_understands_is_told(served: Settings) -> None:
    reader, writer = await asyncio.open_unix_connection(served.worker_socket)
    writer.write(frame(b"R", b"{}"))
    received = await reader.read(-1)
    writer.close()
    assert b"lost before the program started" in received


@asynccontextmanager
async def against(path: Path, say: Say, settings: Settings | None = None) -> AsyncIterator[RemotePool]:
    """A server's view of a worker that says what ``say`` writes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await say(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_unix_server(serve, path / "socket")
    try:
        yield RemotePool(replace(settings or Settings(), worker_socket=str(path / "socket")))
    finally:
        server.close()


def saying(*frames: bytes, greeting: Greeting = GREETED) -> Say:
    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(frame(GREETING, greeting.model_dump_json().encode()))
        await reader.read(1)
        writer.write(b"".join(frames))
        await writer.drain()

    return say


@pytest.mark.parametrize(
    ("frames", "slug"),
    [
        ((frame(STARTED), frame(ANSWER, join_record(b"{}"))), None),
        ((frame(ALIVE), frame(STARTED), frame(ALIVE), frame(ANSWER, join_record(b"{}"))), None),
        ((frame(STARTED), frame(ANSWER, join_record(b'{"graph": 3}'))), "answer-invalid"),
        ((frame(STARTED), frame(ANSWER, b"{}")), "answer-invalid"),
        ((frame(STARTED), frame(UNANSWERED, b'{"kind": "overdue"}')), "time-limit"),
        ((frame(STARTED), frame(UNANSWERED, b'{"kind": "lost", "reason": "ended", "status": -31}')), "forbidden-call"),
        ((frame(STARTED), frame(UNANSWERED, b'{"kind": "lost", "reason": "ended", "status": -11}')), "crash"),
        ((frame(STARTED), frame(UNANSWERED, b'{"kind": "lost", "reason": "ended", "status": -60}')), "crash"),
        ((frame(STARTED), frame(UNANSWERED, b'{"kind": "forged", "reason": "it sent"}')), "answer-invalid"),
        ((frame(STARTED), frame(UNANSWERED, b'{"kind": "lost", "status": 70000}')), "interrupted"),
        ((frame(STARTED), b"A\xff\xff\xff\xff"), "interrupted"),
        ((frame(STARTED), frame(STARTED)), "interrupted"),
        ((frame(STARTED), frame(b"Z")), "interrupted"),
        ((frame(STARTED), frame(ALIVE) * 50), "interrupted"),
        ((frame(STARTED),), "interrupted"),
    ],
)
async def test_what_a_worker_says_is_not_trusted(tmp_path: Path, frames: tuple[bytes, ...], slug: str | None) -> None:
    async with against(tmp_path, saying(*frames)) as pool:
        answer = await pool.execute(SUM)
    assert [problem.slug for problem in answer.problems] == ([slug] if slug else [])


@pytest.mark.parametrize(
    "frames",
    [
        (),
        (frame(ANSWER, b"{}"),),
        (frame(GREETING, b"{}"),),
        (frame(link.BUSY, b'{"message": 3}'),),
        (b"Q\xff\xff\xff\xff",),
    ],
)
async def test_a_request_that_has_not_started_is_tried_again_and_in_the_end_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, frames: tuple[bytes, ...]
) -> None:
    monkeypatch.setattr(remote, "RETURN_SECONDS", -1.0)
    async with against(tmp_path, saying(*frames)) as pool:
        with pytest.raises(SandboxError, match="cannot be reached"):
            await pool.execute(SUM)


async def test_a_worker_that_falls_silent_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chainrule.sandbox.remote.link.SILENCE_SECONDS", 0.05)

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await saying(frame(STARTED))(reader, writer)
        await reader.read(-1)  # until the server has gone

    async with against(tmp_path, say) as pool:
        answer = await pool.execute(SUM)
    assert [problem.slug for problem in answer.problems] == ["interrupted"]


async def test_what_is_wrong_in_the_worker_is_told(tmp_path: Path) -> None:
    async with against(tmp_path, saying(frame(BROKEN, b"5 children were lost"))) as pool:
        with pytest.raises(SandboxError, match="cannot run programs: 5 children were lost"):
            await pool.execute(SUM)
    busy = frame(link.BUSY, b'{"message": "many wait", "retry_after_seconds": 7}')
    async with against(tmp_path, saying(busy)) as pool:
        with pytest.raises(BusyError, match="many wait") as told:
            await pool.execute(SUM)
    assert told.value.retry_after_seconds == 7


@pytest.mark.parametrize(
    ("greeting", "reason"),
    [
        (GREETED.model_copy(update={"versions": {"torch": "1.0"}}), "other versions"),
        (GREETED.model_copy(update={"layers": [Layer(name="seccomp", active=False)]}), "loopback only"),
    ],
)
async def test_a_worker_that_is_none_for_this_server_stops_it(tmp_path: Path, greeting: Greeting, reason: str) -> None:
    async with against(tmp_path, saying(greeting=greeting), Settings(host="0.0.0.0")) as pool:
        with pytest.raises(SandboxError, match=reason):
            await pool.start()


async def test_without_a_worker_the_server_starts_and_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "RETURN_SECONDS", -1.0)

    pool = RemotePool(Settings(worker_socket=str(tmp_path / "nothing")))
    await pool.start()
    with pytest.raises(SandboxError, match="No such file or directory"):
        await pool.execute(SUM)
    await pool.stop()
    with pytest.raises(BusyError, match="about to stop"):
        await pool.execute(SUM)
    assert "No such file or directory" in (pool.away or "")


def test_a_socket_that_a_dead_worker_left_is_taken_over(tmp_path: Path) -> None:
    path = str(tmp_path / "socket")
    claim(path).close()
    with claim(path) as listener:
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o660
        with pytest.raises(SandboxError, match="another worker"):
            claim(path)
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(path)
            listener.accept()[0].close()


def test_what_is_not_a_socket_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    with pytest.raises(SandboxError, match="not a socket"):
        claim(str(file))
    assert file.read_text() == "mine"
    with pytest.raises(SandboxError, match="cannot listen"):
        claim(str(tmp_path / "nowhere" / "socket"))
    with pytest.raises(SandboxError, match="too long"):
        claim("/" + "a" * 200)


@asynccontextmanager
async def worker_process(path: str):  # type: ignore[no-untyped-def]
    """Start `chainrule worker` and wait until it serves."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "chainrule", "worker", "--socket", path),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "CHAINRULE_WALL_SECONDS": "60", "CHAINRULE_CPU_SECONDS": "60"},
    )
    try:
        assert process.stdout is not None
        assert path.encode() in await process.stdout.readline()
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_worker_that_is_killed_comes_back_and_what_had_not_started_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "RETURN_SECONDS", 300.0)  # a start takes as long as others leave the machine to it
    path = str(tmp_path / "socket")

    pool = RemotePool(Settings(worker_socket=path, limits=Limits(wall_seconds=60.0, cpu_seconds=60)))
    async with worker_process(path) as first:
        await pool.start()
        at_once = pool.figures().workers
        running = [asyncio.create_task(pool.execute(ENDLESS)) for _ in range(at_once)]
        await until(lambda: pool.figures().running == at_once)
        waiting = [asyncio.create_task(pool.execute(SUM)) for _ in range(6)]
        await until(lambda: pool.figures().waiting == 6)
        first.kill()
        await first.wait()
        for answer in await asyncio.gather(*running):
            assert [problem.slug for problem in answer.problems] == ["interrupted"]
    assert os.path.exists(path)
    async with worker_process(path) as second:
        answers = await asyncio.gather(*waiting)
        last = asyncio.create_task(pool.execute(BUSY))
        await until(lambda: pool.figures().running == 1)
        second.send_signal(signal.SIGTERM)  # it drains
        answers.append(await last)
        code = await second.wait()
    assert len(answers) == 7
    assert all(is_right(answer) for answer in answers)
    assert code == 0
    assert pool.figures().starts == 2
    assert not os.path.exists(path)
