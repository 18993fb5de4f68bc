"""One server for all tests of the room, over the real sandbox."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from app.graph.wire import ExecutionAnswer, ExecutionRequest
from app.sandbox import Pool
from app.settings import Settings
from app.web import create_app

SETTINGS = Settings(rate_limit=0, body_bytes=1_000_000)


class CountingPool:
    """The sandbox, with a count of what was run in it."""

    def __init__(self) -> None:
        self.executions = 0
        self._pool = Pool(SETTINGS)

    async def start(self) -> None:
        await self._pool.start()

    async def stop(self) -> None:
        await self._pool.stop()

    async def execute(self, request: ExecutionRequest) -> ExecutionAnswer:
        self.executions += 1
        return await self._pool.execute(request)


@pytest.fixture(scope="session")
def pool() -> CountingPool:
    return CountingPool()


@pytest.fixture(scope="session")
def client(pool: CountingPool) -> Iterator[TestClient]:
    with TestClient(create_app(SETTINGS, pool), base_url="http://localhost") as client:
        yield client
