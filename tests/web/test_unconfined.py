"""The page says so where programs are not confined."""

import pytest
from chainrule.protocol.frames import Layer
from chainrule.protocol.messages import ExecutionAnswer
from chainrule.protocol.program import Program
from chainrule.sandbox import Pool
from chainrule.web import create_app
from starlette.testclient import TestClient

from tests.web.counting import SETTINGS


class Reporting(Pool):
    """Runs nothing, and reports one layer."""

    def __init__(self, *, active: bool) -> None:
        super().__init__(SETTINGS)
        self._layer = Layer(name="seccomp", active=active)

    async def start(self) -> None: ...

    async def stop(self, drain_seconds: float | None = None) -> None: ...

    def report(self) -> list[Layer]:
        return [self._layer]

    async def execute(self, request: Program) -> ExecutionAnswer:
        return ExecutionAnswer()


@pytest.mark.parametrize("active", [True, False])
def test_only_a_server_without_walls_warns(active: bool) -> None:
    with TestClient(create_app(SETTINGS, Reporting(active=active)), base_url="http://localhost") as client:
        assert ("Programs are not confined on this server" in client.get("/").text) is not active
        assert ("격리하지 않습니다" in client.get("/?lang=ko").text) is not active
