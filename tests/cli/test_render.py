"""``chainrule render``, ``check``, ``view`` and completion."""

import io
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import torch
from chainrule.cli.main import main
from chainrule.render.options import OPTIONS
from safetensors.torch import load_file

from tests import ROOT


def test_an_expression_is_drawn_to_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["render", "-c", "(x ** 2).sum()", "--input", "x=[1, 2]", "--theme", "dark"]) == 0
    ET.fromstring(capfdbinary.readouterr().out)


def test_many_files_are_drawn_with_one_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = []
    for number in range(4):
        files.append(tmp_path / f"p{number}.py")
        files[-1].write_text(f"x = tensor({number}., requires_grad=True)\ny = x * 2\n")
    out = tmp_path / "out"
    out.mkdir()
    assert main(["render", *map(str, files), "-o", str(out), "--format", "dot"]) == 0
    assert sorted(path.name for path in out.iterdir()) == ["p0.dot", "p1.dot", "p2.dot", "p3.dot"]
    assert "digraph" in (out / "p0.dot").read_text()
    assert "4/4" in capsys.readouterr().err


def test_the_suffix_chooses_the_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("x * 2"))
    target = tmp_path / "graph.png"
    assert main(["render", "-", "-o", str(target)]) == 0
    assert target.read_bytes().startswith(b"\x89PNG")


def test_json_lists_as_much_as_is_asked_for(tmp_path: Path) -> None:
    target = tmp_path / "graph.json"
    source = "x = torch.ones(100, requires_grad=True)\ny = x.sum() * 2"
    listed, slopes = [], []
    for arguments in ([], ["--values", "100"], ["--values", "0", "--jacobians"]):
        assert main(["render", "-c", source, "-o", str(target), *arguments]) == 0
        graph = json.loads(target.read_bytes())
        listed.append([node["outputs"][0]["value"]["values"] is not None for node in graph["nodes"]])
        slopes.append([edge["jacobian"] for edge in graph["edges"]])
    assert [values[0] for values in listed] == [False, True, False]
    assert [any(values) for values in listed] == [True, True, False]
    assert [any(rows) for rows in slopes] == [False, False, True]


def test_tensors_are_written_for_pytorch(tmp_path: Path) -> None:
    target = tmp_path / "graph.safetensors"
    source = "x = torch.arange(2000.0, requires_grad=True)\n(x * x).sum().backward()"
    assert main(["render", "-c", source, "-o", str(target)]) == 0
    assert torch.equal(load_file(target)["gradient/1/x"], 2 * torch.arange(2000.0))


@pytest.mark.parametrize("arguments", [["--values", "5"], ["--jacobians"], ["--values", "2000", "--format", "json"]])
def test_what_only_json_has_is_refused_elsewhere(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["render", "-c", "x * x", *arguments])
    assert "--values" in capsys.readouterr().err


def test_a_refused_program_is_told_with_file_line_and_column(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = tmp_path / "good.py", tmp_path / "bad.py"
    good.write_text("y = tensor(1., requires_grad=True) * 2\n")
    bad.write_text("a = 1\nimport pickle; pickle.load\n")
    assert main(["render", str(bad), str(good)]) == 1
    assert f"{bad}:2:8: import pickle" in capsys.readouterr().err
    assert (tmp_path / "good.svg").exists()
    assert not (tmp_path / "bad.svg").exists()


def test_a_program_that_raises_is_drawn_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = tmp_path / "raises.py"
    program.write_text("x = tensor([1., 2.], requires_grad=True)\ny = x * 2\ny.backward()\n")
    assert main(["render", str(program)]) == 1
    told = capsys.readouterr().err
    assert f"{program}:3:" in told
    assert "grad can be implicitly created only for scalar outputs" in told
    assert (tmp_path / "raises.svg").exists()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["render", "missing.py"], "missing.py cannot be read"),
        (["render", "-c", "x", "-o", "graph.gif"], "gif"),
        (["render", "-c", "x", "--theme", "pink"], "pink"),
        (["render", "-c", "x", "-o", "no-folder/graph.svg"], "no folder no-folder"),
        (["view", "missing.py", "-o", "graph.gif"], "gif"),
        (["view", "missing.py", "-o", "no-folder/graph.svg"], "no folder no-folder"),
        (["view", "missing.py"], "missing.py cannot be read"),
        (["view", "missing.py", "--theme", "pink"], "pink"),
    ],
)
def test_wrong_arguments_are_told_in_one_line_before_anything_starts(
    arguments: list[str], word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 1
    told = capsys.readouterr().err.splitlines()[-1]
    assert told.startswith("chainrule: ")
    assert word in told


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["render"], "nothing to draw"),
        (["render", "-c", "x", "file.py"], "not both"),
        (["render", "-c", "x", "--input", "x"], "NAME=VALUE"),
        (["render", "a.py", "b.py", "-o", "c.svg"], "no folder"),
        (["worker"], "--socket"),
    ],
)
def test_arguments_that_do_not_fit_together_end_with_2_and_the_usage(
    arguments: list[str], word: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CHAINRULE_WORKER_SOCKET", raising=False)
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    told = capsys.readouterr().err
    assert told.startswith(f"usage: chainrule {arguments[0]} ")
    assert word in told.splitlines()[-1]


def test_a_picture_that_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "graph.svg"
    target.mkdir()
    (target / "graph.svg").mkdir()
    assert main(["render", "-c", "x * 2", "-o", str(target)]) == 1
    assert "cannot be written" in capsys.readouterr().err.splitlines()[-1]


def test_a_reader_that_has_had_enough_is_no_fault() -> None:
    command = [sys.executable, "-m", "chainrule", "--print-completion", "bash"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        told = process.stderr.read()
    assert (process.returncode, told) == (1, b"")


def test_a_file_that_is_not_utf_8_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = tmp_path / "latin.py"
    program.write_bytes(b"# caf\xe9\n")
    assert main(["render", str(program)]) == 1
    assert "not UTF-8" in capsys.readouterr().err


def test_an_installation_that_works_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    told = capsys.readouterr().out
    assert "this installation works" in told
    assert "seccomp" in told
    assert "wall_seconds" in told


def test_ones_own_script_is_shown_unconfined(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "own.py"
    script.write_text(
        "import os, sys, torch\n"
        "x = torch.tensor([1., 2.], requires_grad=True)\n"
        "loss = (x * float(sys.argv[1])).sum()\n"
        "loss.backward()\n"
        "print(os.path.basename(__file__), x.grad.tolist())\n"
    )
    target = tmp_path / "own.txt"
    assert main(["view", "--no-open", "-o", str(target), str(script), "3"]) == 0
    told = capsys.readouterr()
    assert "own.py [3.0, 3.0]" in told.out
    assert "without a sandbox" in told.err
    assert "loss" in target.read_text()


def test_a_script_that_raises_is_shown_as_far_as_it_came(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "own.py"
    script.write_text("import torch\nx = torch.ones(2, requires_grad=True)\ny = x * 2\ny.backward()\n")
    target = tmp_path / "own.svg"
    assert main(["view", "--no-open", "-o", str(target), str(script)]) == 1
    assert "grad can be implicitly created only for scalar outputs" in capsys.readouterr().err
    assert target.exists()


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_completion_knows_the_commands(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--print-completion", shell])
    assert end.value.code == 0
    told = capsys.readouterr().out
    assert "render" in told
    assert "--theme" in told


@pytest.mark.parametrize("command", ["render", "view"])
def test_help_says_what_every_option_means(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([command, "--help"])
    assert end.value.code == 0
    told = " ".join(capsys.readouterr().out.split())
    for name, option in OPTIONS.items():
        assert f"--{name} X {option.text}" in told
