"""The command line."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest
from chainrule import __version__
from chainrule.cli.main import main

from tests import ROOT


def test_it_says_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"chainrule {__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["fly"], ["serve", "--port", "http"], ["serve", "--port", "70000"]])
def test_wrong_usage_ends_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    assert "usage: chainrule" in capsys.readouterr().err


def test_a_port_that_is_taken_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert f"port {port} of 127.0.0.1 is taken" in told


def test_an_address_of_another_machine_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--host", "192.0.2.1", "--port", "0"]) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "192.0.2.1" in told


def test_programs_that_are_not_confined_are_run_for_this_machine_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--insecure-local", "--host", "0.0.0.0", "--port", "0"]) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "0.0.0.0" in told


def test_a_setting_that_cannot_be_used_is_told_in_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHAINRULE_RATE_LIMIT", "few")
    assert main(["serve", "--port", "0"]) == 1
    assert "CHAINRULE_RATE_LIMIT" in capsys.readouterr().err


def test_the_server_answers_once_it_has_told_its_address_and_ends_when_it_is_told_to() -> None:
    environ = {**os.environ, "PYTHONPATH": str(ROOT / "app"), "CHAINRULE_LOG_REQUESTS": "1"}
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "chainrule", "serve", "--port", "0"],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        assert server.stderr is not None
        line = server.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found, line + server.stderr.read()
        with urllib.request.urlopen(f"{found[0]}/readyz", timeout=30) as answer:
            assert answer.status == 200
        server.send_signal(signal.SIGTERM)
        assert server.wait(20) in (0, -signal.SIGTERM)
        logged = [json.loads(line) for line in server.stderr.read().splitlines()]
        assert [(line["route"], line["status"]) for line in logged] == [("/readyz", 200)]
