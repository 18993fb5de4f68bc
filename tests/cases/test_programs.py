"""Whole programs of the shapes that people paste: accepted, and in values and texts what Python alone gives."""

import io
import sys
from contextlib import redirect_stdout
from pathlib import Path
from types import ModuleType
from unittest.mock import MagicMock

import pytest
from chainrule.limits import Limits
from chainrule.program import check
from chainrule.protocol.messages import ExecutionAnswer
from chainrule.protocol.program import Program
from chainrule.run.execute import execute

PATIENT = Limits(wall_seconds=100, cpu_seconds=100)
PROGRAMS = sorted(Path(__file__).with_name("programs").glob("*.py"))
PASSES = {
    "amp_accumulation": 8,
    "character_rnn": 6,
    "decision_boundary": 15,
    "gan_on_cuda": 12,
    "numpy_network": 1,
    "numpy_regression": 10,
    "quickstart": 8,
}


def run(path: Path) -> ExecutionAnswer:
    program = Program(path.read_text("utf-8"))
    check(program, PATIENT)
    return execute(program, PATIENT)


def alone(source: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What Python prints without Chainrule; plots go nowhere."""
    pyplot = MagicMock()
    pyplot.subplots.return_value = (MagicMock(), (MagicMock(), MagicMock()))
    monkeypatch.setitem(sys.modules, "matplotlib", ModuleType("matplotlib"))
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", pyplot)
    out = io.StringIO()
    with redirect_stdout(out):
        exec(compile(source, "<alone>", "exec"), {"__name__": "__main__"})
    return out.getvalue()


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_a_whole_program_does_what_it_does_alone(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = run(path)
    assert [problem for problem in answer.problems if problem.severity in ("error", "warning")] == []
    assert "".join(line.text for line in answer.console) == alone(path.read_text("utf-8"), monkeypatch)
    assert len(answer.graph.passes) == PASSES[path.stem]


def test_a_figure_of_a_whole_program_has_what_was_drawn() -> None:
    (figure,) = run(Path(__file__).with_name("programs") / "decision_boundary.py").figures
    left, right = figure.axes
    assert [series.kind for series in left.series] == ["image", "points", "points"]
    assert [(series.kind, series.label, len(series.y)) for series in right.series] == [
        ("line", "loss", 15),
        ("line", "accuracy", 15),
    ]
