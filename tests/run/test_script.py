"""A person's own script, answered as a program is."""

import sys
from pathlib import Path

import pytest
import torch
from chainrule.limits import Limits
from chainrule.run.script import answer_script


def script(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "own.py"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_it_prints_is_kept_with_its_line_and_printed_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = script(tmp_path, "import sys\nprint('one')\nprint('two', file=sys.stderr)\nprint(sys.stdout.isatty())\n")
    answer = answer_script(path, [], Limits()).answer
    assert [(line.stream, line.text, line.line) for line in answer.console] == [
        ("stdout", "one\n", 2),
        ("stderr", "two\n", 3),
        ("stdout", "False\n", 4),
    ]
    told = capsys.readouterr()
    assert (told.out, told.err) == ("one\nFalse\n", "two\n")


def test_it_says_that_it_was_not_confined(tmp_path: Path) -> None:
    problems = answer_script(script(tmp_path, "a = 1\n"), [], Limits()).answer.problems
    assert [(problem.slug, problem.severity) for problem in problems] == [("unconfined", "notice")]


def test_a_script_that_runs_no_backward_gets_the_gradients_of_one_pass_that_changes_nothing(tmp_path: Path) -> None:
    path = script(
        tmp_path,
        "import sys, torch\nx = torch.tensor([1., 2.], requires_grad=True)\nloss = (x ** 3).sum()\n"
        "sys.modules['torch'].seen_by_test = x\n",
    )
    try:
        graph = answer_script(path, [], Limits()).answer.graph
        x = torch.seen_by_test  # type: ignore[attr-defined]
        assert x.grad is None
        (expected,) = torch.autograd.grad((x**3).sum(), x)
    finally:
        del sys.modules["torch"].seen_by_test  # type: ignore[attr-defined]
    leaf = next(node for node in graph.nodes if node.names == ["x"])
    (gradient,) = leaf.outputs[0].gradients
    assert gradient is not None
    assert gradient.values == expected.tolist()
    assert [root.name for root in graph.roots] == ["loss"]


def test_what_it_raises_has_its_place_in_the_script_wherever_it_came_from(tmp_path: Path) -> None:
    path = script(tmp_path, "import torch\n\ndef f(x):\n    é = x @ x; return é\n\nf(torch.ones(2, 3))\n")
    answered = answer_script(path, [], Limits())
    error = answered.answer.problems[0]
    assert error.severity == "error"
    assert error.span is not None
    assert (error.span.line, error.span.column, error.span.end_column) == (4, 8, 13)
    assert answered.error is not None
    assert "own.py" in answered.error


@pytest.mark.parametrize(("code", "error"), [("0", None), ("", None), ("3", "SystemExit: 3")])
def test_a_script_may_end_itself(tmp_path: Path, code: str, error: str | None) -> None:
    text = f"import sys, torch\ny = torch.ones(2, requires_grad=True) * 2\nsys.exit({code})\n"
    answered = answer_script(script(tmp_path, text), [], Limits())
    assert answered.error == error
    assert any(node.op == "MulBackward0" for node in answered.answer.graph.nodes)


def test_its_folder_is_first_for_the_script_alone(tmp_path: Path) -> None:
    (tmp_path / "beside_own.py").write_text("import sys\nfirst = sys.path[0]\n")
    before = list(sys.path)
    path = script(tmp_path, "import sys\nimport beside_own\nfirst = beside_own.first\nsys.path.insert(0, '/nowhere')\n")
    assert answer_script(path, [], Limits()).error is None
    assert sys.modules.pop("beside_own").first == str(tmp_path)
    assert sys.path == before
