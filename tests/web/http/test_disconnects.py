"""What a client no longer waits for is stopped."""

import asyncio
import json
from typing import Any

from chainrule.interest import INTEREST
from chainrule.protocol.messages import ExecutionAnswer
from chainrule.protocol.program import Program
from chainrule.web import create_app
from chainrule.web.http.disconnects import CLIENT_GONE

from tests.web.counting import SETTINGS


class Waiting:
    """Runs programs until it is told to stop."""

    def __init__(self) -> None:
        self.running = asyncio.Event()
        self.stopped = asyncio.Event()
        self.go = asyncio.Event()

    async def start(self) -> None:
        pass

    async def stop(self) -> None:
        pass

    async def execute(self, request: Program) -> ExecutionAnswer:
        self.running.set()
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            assert INTEREST.get().lost
            self.stopped.set()
            raise
        return ExecutionAnswer()


class Client:
    """One request to an application, and the moment at which its client goes."""

    def __init__(self, app: Any, path: str) -> None:
        self.gone = asyncio.Event()
        self.sent: list[Any] = []
        body = json.dumps({"source": "x * 2"}).encode()
        messages = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Any:
            if messages:
                return messages.pop()
            await self.gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            self.sent.append(message)

        scope = {
            "type": "http",
            "method": "POST",
            "scheme": "http",
            "path": path,
            "query_string": b"",
            "headers": [(b"host", b"localhost"), (b"content-type", b"application/json")],
        }
        self.answered = asyncio.ensure_future(app(scope, receive, send))

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])


async def test_a_program_of_the_page_is_stopped_when_the_page_gives_it_up() -> None:
    pool = Waiting()
    client = Client(create_app(SETTINGS, pool), "/run")
    await pool.running.wait()
    client.gone.set()
    await pool.stopped.wait()
    await client.answered
    assert client.status == CLIENT_GONE


async def test_it_runs_on_while_another_page_waits_for_the_same() -> None:
    pool = Waiting()
    app = create_app(SETTINGS, pool)
    leaving, staying = Client(app, "/run"), Client(app, "/run")
    await pool.running.wait()
    leaving.gone.set()
    await leaving.answered
    pool.go.set()
    await staying.answered
    assert (staying.status, pool.stopped.is_set()) == (200, False)


async def test_a_program_of_the_api_runs_on_for_whoever_asks_next() -> None:
    pool = Waiting()
    app = create_app(SETTINGS, pool)
    leaving = Client(app, "/api/v1/graphs")
    await pool.running.wait()
    leaving.gone.set()
    pool.go.set()
    await leaving.answered
    assert (leaving.status, pool.stopped.is_set()) == (200, False)
