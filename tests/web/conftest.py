"""One server for all tests of the room, over the real sandbox."""

from collections.abc import Iterator

import pytest
from chainrule.web import create_app
from fastapi.testclient import TestClient

from tests.web.counting import SETTINGS, CountingPool


@pytest.fixture(scope="session")
def pool() -> CountingPool:
    return CountingPool()


@pytest.fixture(scope="session")
def client(pool: CountingPool) -> Iterator[TestClient]:
    with TestClient(create_app(SETTINGS, pool), base_url="http://localhost") as client:
        yield client
