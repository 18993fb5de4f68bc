"""What is written down of requests and of programs."""

import json
import logging
from dataclasses import replace

import pytest
from chainrule.errors import SandboxError
from chainrule.protocol.messages import ExecutionAnswer
from chainrule.protocol.program import Program
from chainrule.settings import Settings
from chainrule.web import create_app
from starlette.testclient import TestClient

from tests.web.counting import SETTINGS

SECRET = "my_secret"


class Answers:
    """Answers every program with an empty graph, or not at all."""

    def __init__(self, *, fails: bool = False) -> None:
        self._fails = fails

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def execute(self, request: Program) -> ExecutionAnswer:
        if self._fails:
            raise SandboxError("no")
        return ExecutionAnswer()


def written(
    caplog: pytest.LogCaptureFixture, settings: Settings, pool: Answers, path: str = "/api/v1/graphs"
) -> tuple[list[dict[str, object]], str]:
    """Post a program and get a picture with another one in its address; return what was written down."""
    with TestClient(create_app(settings, pool), base_url="http://localhost") as client:
        for log in ("chainrule.requests", "chainrule.programs"):
            caplog.set_level(logging.INFO, log)
        client.post(path, json={"source": f"{SECRET} * 2", "inputs": {SECRET: 3.0}}, headers={"X-Request-ID": "first"})
        client.get("/svg", params={"code": f"{SECRET} * 4"})
    records = [record for record in caplog.records if record.name.startswith("chainrule.")]
    return [json.loads(record.getMessage()) for record in records], caplog.text


def test_a_line_for_each_request_has_no_program_in_it(caplog: pytest.LogCaptureFixture) -> None:
    lines, text = written(caplog, SETTINGS, Answers())
    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("POST", "/api/v1/graphs", 200),
        ("GET", "/svg", 200),
    ]
    assert lines[0]["request_id"] == "first"
    assert SECRET not in text


def test_an_operator_may_ask_for_the_programs(caplog: pytest.LogCaptureFixture) -> None:
    lines, _ = written(caplog, replace(SETTINGS, log_sources=True), Answers())
    programs = [line for line in lines if "source" in line]
    assert [line["source"] for line in programs] == [f"{SECRET} * 2", f"{SECRET} * 4"]
    assert programs[0]["request_id"] == "first"
    assert programs[0]["inputs"] == {SECRET: 3.0}
    assert programs[0]["outcome"] == "ok"


def test_a_program_that_nothing_came_of_is_written_down_as_well(caplog: pytest.LogCaptureFixture) -> None:
    lines, _ = written(caplog, replace(SETTINGS, log_sources=True), Answers(fails=True))
    assert [line["outcome"] for line in lines if "source" in line] == ["none", "none"]
