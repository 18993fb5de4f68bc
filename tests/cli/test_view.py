"""``chainrule view``: the page with the graph of one's own script."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chainrule.cli.main import main

from tests import ROOT

SCRIPT = (
    "import json, sys, torch\n"
    "x = torch.tensor([1., 2.], requires_grad=True)\n"
    "loss = (x * float(sys.argv[1])).sum()\n"
    "loss.backward()\n"
    "print(json.dumps(x.grad.tolist()))\n"
    "x.missing\n"
)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[subprocess.Popen[str], str]]:
    script = tmp_path_factory.mktemp("own") / "own.py"
    script.write_text(SCRIPT)
    command = [sys.executable, "-m", "chainrule", "view", "--no-open", "--view", "values", str(script), "3"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT / "app")}
    with subprocess.Popen(
        command, cwd=script.parent, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        printed = [process.stdout.readline(), process.stdout.readline()]
        assert printed[0] == "[3.0, 3.0]\n"
        yield process, printed[1].strip()
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def run(url: str, **body: Any) -> dict[str, Any]:
    base = url.partition("/?")[0]
    data = json.dumps({"source": SCRIPT, **body}).encode()
    request = urllib.request.Request(f"{base}/run", data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        document: dict[str, Any] = json.load(answer)
    return document


def test_the_page_opens_with_the_graph_for_this_machine_alone(page: tuple[subprocess.Popen[str], str]) -> None:
    url = page[1]
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\?p=[\w-]+#view=values", url)
    with urllib.request.urlopen(url, timeout=60) as answer:
        html = answer.read().decode()
    assert "SumBackward0" in html
    assert "This program ran without a sandbox" in html
    assert "[3.0, 3.0]" in html


def test_what_the_page_asks_is_answered_from_what_the_script_did(page: tuple[subprocess.Popen[str], str]) -> None:
    answer = run(page[1], options={"view": "both", "step": "2"})
    assert [node["op"] for node in answer["index"]["nodes"] if node["op"].endswith("Backward0")] == [
        "MulBackward0",
        "SumBackward0",
    ]
    problems = {problem["slug"]: problem for problem in answer["problems"]}
    assert problems["unconfined"]["severity"] == "notice"
    error = next(problem for problem in answer["problems"] if problem["severity"] == "error")
    assert "missing" in error["message"]
    assert (error["line"], error["column"], error["end_column"]) == (6, 0, 9)


def test_what_is_changed_on_the_page_is_run_in_the_sandbox(page: tuple[subprocess.Popen[str], str]) -> None:
    assert run(page[1], source="x * 2")["problems"] == []
    base = page[1].partition("/?")[0]
    body = json.dumps({"source": "# " + SCRIPT}).encode()
    request = urllib.request.Request(f"{base}/run", body, {"Content-Type": "application/json"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=60)
    refused.value.close()
    assert refused.value.code == 422


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"x = (\n", "own.py:1: '(' was never closed"),
        (b"# caf\xe9\n", "own.py"),
        (b"# " + os.urandom(70_000).hex().encode(), "too long for the page"),
    ],
)
def test_what_cannot_be_shown_is_told_in_one_line(
    tmp_path: Path, content: bytes, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "own.py"
    script.write_bytes(content)
    assert main(["view", "--no-open", str(script)]) == 1
    assert words in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read: No such file or directory"),
        (b"x = (\n", "'(' was never closed"),
        (b"\xe9", "is not UTF-8"),
    ],
)
def test_what_cannot_be_run_is_not_said_to_run(
    tmp_path: Path, content: bytes | None, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "own.py"
    if content is not None:
        script.write_bytes(content)
    assert main(["view", "--no-open", str(script)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert words in line
