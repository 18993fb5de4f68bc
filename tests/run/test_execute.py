"""What the worker answers for a program, in this process; PyTorch itself says what the numbers must be."""

import ast
from collections.abc import Callable
from types import CodeType

import pytest
import torch
from chainrule.graph.source_text import SourceLines
from chainrule.limits import Limits
from chainrule.protocol.messages import ExecutionAnswer, Problem
from chainrule.protocol.program import QUESTIONS, Program, Question
from chainrule.protocol.record import write_record
from chainrule.protocol.trust import read_answer
from chainrule.run import exceptions
from chainrule.run import execute as execution
from chainrule.run.console import FILENAME
from chainrule.run.deadline import LimitReached
from chainrule.run.execute import execute
from chainrule.run.questions import answer_program


def run(source: str, limits: Limits | None = None, **request: object) -> ExecutionAnswer:
    return execute(Program(source, **request), limits or Limits())  # type: ignore[arg-type]


def slugs(answer: ExecutionAnswer) -> list[str]:
    return [problem.slug for problem in answer.problems]


def leaf_gradient(answer: ExecutionAnswer, name: str) -> object:
    """The last accumulated gradient of the leaf of that name."""
    (leaf,) = [node for node in answer.graph.nodes if name in node.names and node.kind == "leaf"]
    gradient = leaf.accumulated[-1]
    assert gradient is not None
    return gradient.values


def test_an_expression_has_its_inputs_as_leaves() -> None:
    answer = run("(2*x**3).sum()/12", inputs={"x": [1.0, 2.0, 3.0]})
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    ((2 * x**3).sum() / 12).backward()
    assert leaf_gradient(answer, "x") == x.grad.tolist()
    assert [p.call for p in answer.graph.passes] == ["implicit"]
    assert answer.problems == []


def test_the_last_assigned_tensor_is_the_root_where_no_expression_ends_the_program() -> None:
    answer = run("x = torch.ones(2, requires_grad=True)\na = (x*3).sum()\nb = a*2\nn = 5")
    assert leaf_gradient(answer, "x") == [6.0, 6.0]
    assert [root.name for root in answer.graph.roots] == ["b"]


def test_a_tensor_assigned_in_a_loop_is_a_root() -> None:
    answer = run("x = torch.ones(1, requires_grad=True)\nh = x\nfor i in range(3):\n    h = h*2")
    assert leaf_gradient(answer, "x") == [8.0]


def test_names_of_functions_and_comprehensions_are_not_roots() -> None:
    source = (
        "x = torch.ones(1, requires_grad=True)\ny = x*3\ndef f():\n    z = x*5\n    return z\n[q for q in [1]]\nn = f"
    )
    assert [root.name for root in run(source).graph.roots] == ["y"]


def test_another_root_can_be_asked_for() -> None:
    answer = run("x = torch.ones(1, requires_grad=True)\na = x*3\nb = x*5", root="a")
    assert leaf_gradient(answer, "x") == [3.0]


@pytest.mark.parametrize(("root", "words"), [("q", "no variable"), ("n", "type int")])
def test_a_root_that_is_no_tensor_is_rejected(root: str, words: str) -> None:
    answer = run("n = 5", root=root)
    assert answer.rejection is not None
    assert answer.rejection.slug == "root-unknown"
    assert words in answer.rejection.detail


def test_a_root_that_is_no_scalar_starts_from_ones_and_says_so() -> None:
    answer = run("x*x", inputs={"x": [1.0, 2.0]})
    assert leaf_gradient(answer, "x") == [2.0, 4.0]
    (notice,) = answer.problems
    assert (notice.slug, notice.severity) == ("ones-cotangent", "notice")
    assert "[2]" in notice.detail
    assert notice.span is not None
    assert (notice.span.line, notice.span.column, notice.span.end_column) == (1, 0, 3)


def test_a_given_gradient_is_the_cotangent() -> None:
    answer = run("x*x", inputs={"x": [1.0, 2.0]}, gradient=[1.0, 0.0])
    assert leaf_gradient(answer, "x") == [2.0, 0.0]
    assert answer.problems == []


@pytest.mark.parametrize("gradient", [[1.0], [[1.0, 2.0]], 1.0, [[1.0], [2.0, 3.0]]])
def test_a_gradient_of_another_shape_is_rejected(gradient: object) -> None:
    answer = run("x*x", inputs={"x": [1.0, 2.0]}, gradient=gradient)
    assert answer.rejection is not None
    assert answer.rejection.slug == "gradient-invalid"


def test_no_pass_is_run_when_none_is_wanted() -> None:
    answer = run("x*x", inputs={"x": 2.0}, gradient="none")
    assert answer.graph.passes == []
    assert any(node.op == "MulBackward0" for node in answer.graph.nodes)


def test_the_passes_of_the_program_are_the_ones_shown() -> None:
    answer = run("x = torch.ones(2, requires_grad=True)\ny = (x*x).sum()\ny.backward()\ny*1")
    assert [p.call for p in answer.graph.passes] == ["backward"]


def test_nothing_to_differentiate_is_a_notice() -> None:
    assert slugs(run("n = 1 + 1")) == ["nothing-to-differentiate"]
    assert "int64" in run("torch.tensor([1])").problems[0].detail


def test_the_console_keeps_each_print_with_its_line() -> None:
    answer = run("print('a', 'b')\nfor i in range(2):\n    print(i, end='')\nprint()")
    assert [(line.stream, line.text, line.line) for line in answer.console] == [
        ("stdout", "a b\n", 1),
        ("stdout", "01", 3),
        ("stdout", "\n", 4),
    ]


def test_too_much_output_is_cut_and_told() -> None:
    answer = run("print('é'*100)\nprint('more')", Limits(stdout_bytes=11))
    assert "".join(line.text for line in answer.console) == "é" * 5
    assert "output-limit" in slugs(answer)


def test_an_exception_leaves_the_graph_so_far_and_the_place() -> None:
    answer = run("x = torch.ones(2, requires_grad=True)\ny = x*x\nz = y @ torch.ones(3)\n")
    (problem,) = answer.problems
    assert problem.severity == "error"
    assert problem.message is not None
    assert problem.span is not None
    assert (problem.span.line, problem.span.column, problem.span.end_column) == (3, 4, 21)
    assert any(node.op == "MulBackward0" for node in answer.graph.nodes)
    assert answer.console[-1].stream == "stderr"
    assert 'File "<program>", line 3' in answer.console[-1].text


def test_columns_count_characters() -> None:
    (problem,) = run("é = 'ü'; missing").problems
    assert problem.span is not None
    assert (problem.span.column, problem.span.end_column) == (9, 16)


def test_a_warning_of_pytorch_is_a_problem_and_a_line_of_the_console() -> None:
    answer = run("w = torch.ones(3, requires_grad=True)\nx = w*2\nx.sum().backward()\nprint(x.grad)")
    assert [line.text for line in answer.console if line.stream == "stdout"] == ["None\n"]
    assert any("not a leaf" in line.text for line in answer.console if line.stream == "stderr")
    warning = next(problem for problem in answer.problems if problem.severity == "warning")
    assert warning.span is not None
    assert warning.span.line == 4


def test_the_same_warning_of_one_line_is_told_once() -> None:
    answer = run("import warnings\nfor i in range(5):\n    warnings.warn('again')")
    assert sum("again" in line.text for line in answer.console) == 1


def test_a_loop_without_end_meets_the_time_limit() -> None:
    answer = run("x = torch.ones(2, requires_grad=True)\ny = x*x\nwhile True:\n    pass", Limits(wall_seconds=0.2))
    assert "time-limit" in slugs(answer)
    assert "0.2 s" in answer.problems[0].detail
    assert any(node.op == "MulBackward0" for node in answer.graph.nodes)


def slow_graphs(monkeypatch: pytest.MonkeyPatch, limits: Limits, attempts: int) -> None:
    """Let so many attempts at the graph take all the time that they have."""
    real = execution.run_within
    left = iter(range(attempts))

    def run_within(
        wall_seconds: float, cpu_seconds: float, body: Callable[[], object], *spared: frozenset[CodeType]
    ) -> object:
        is_program = (wall_seconds, cpu_seconds) == (limits.wall_seconds, limits.cpu_seconds)
        if not is_program and next(left, None) is not None:
            raise LimitReached("wall_seconds")
        return real(wall_seconds, cpu_seconds, body, *spared)

    monkeypatch.setattr(execution, "run_within", run_within)


LONG = (
    "x = torch.ones(2, requires_grad=True)\ny = x\nprint('kept')\nfor i in range(200):\n    y = y.sin()\n"
    "y.sum().backward()"
)


@pytest.mark.parametrize(("attempts", "nodes"), [(1, 100), (2, 10), (3, 0)])
def test_a_graph_that_takes_too_long_is_told_in_part(
    monkeypatch: pytest.MonkeyPatch, attempts: int, nodes: int
) -> None:
    limits = Limits(nodes=1_000)
    slow_graphs(monkeypatch, limits, attempts)
    answer = execute(Program(LONG), limits)
    assert len(answer.graph.nodes) == nodes
    assert [problem.slug for problem in answer.problems] == ["graph-time-limit"]
    assert "10 s" in answer.problems[0].detail
    assert [line.text for line in answer.console] == ["kept\n"]
    assert [node.op for node in answer.graph.nodes[1:]] == ["SinBackward0"] * (nodes - 2) + ["SumBackward0"] * (
        nodes > 0
    )


def test_a_diagnosis_that_takes_too_long_leaves_the_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*_: object) -> list[Problem]:
        while True:
            pass

    monkeypatch.setattr(execution, "_diagnose", endless)
    answer = execute(Program(LONG), Limits(answer_seconds=6.0))
    assert len(answer.graph.nodes) == 202
    assert [problem.slug for problem in answer.problems] == ["graph-time-limit"]
    assert "mistakes in it were not looked for" in answer.problems[0].detail


def test_a_limit_that_is_met_in_an_instruction_without_a_line_has_the_place_before_it() -> None:
    code = compile("def f():\n    for i in y:\n        if i:\n            ended()\n", FILENAME, "exec").co_consts[0]
    unplaced = [2 * at for at, (line, *_) in enumerate(code.co_positions()) if line is None]
    lines = SourceLines("def f():\n    for i in y:\n        if i:\n            ended()\n")
    for instruction in (*unplaced, 0):
        assert 1 <= exceptions.span_at(code, instruction, None, lines).line <= 4


def test_who_waits_is_told_when_the_program_is_over_whatever_ended_it() -> None:
    for source in ("x = 1", "raise ValueError", "while True:\n    pass", "raise SystemExit"):
        calls: list[str] = []
        execute(Program(source), Limits(wall_seconds=0.3), over=lambda calls=calls: calls.append("over"))  # type: ignore[misc]
        assert calls == ["over"]


def test_what_a_function_made_last_is_the_root_where_the_program_was_ended_in_it() -> None:
    source = (
        "def train(x):\n    y = x\n    for i in range(10):\n        y = y.sin()\n    raise ValueError('here')\n"
        "train(torch.ones(2, requires_grad=True))"
    )
    graph = execute(Program(source), Limits()).graph
    assert [node.op for node in graph.nodes] == ["AccumulateGrad"] + ["SinBackward0"] * 10
    assert graph.roots[0].node == graph.nodes[-1].id


def test_catching_everything_does_not_outlast_the_limit() -> None:
    source = "while True:\n    try:\n        while True:\n            pass\n    except Exception:\n        pass"
    assert "time-limit" in slugs(run(source, Limits(wall_seconds=0.1)))


def test_endless_recursion_is_an_exception_with_a_short_traceback() -> None:
    answer = run("def f():\n    return f()\nf()")
    assert "RecursionError" in answer.console[-1].text
    assert answer.console[-1].text.count("\n") < 50


def test_an_allocation_that_fails_is_the_memory_limit() -> None:
    # PyTorch's message for this holds a C++ backtrace, which a busy machine may take seconds to write.
    limits = Limits(wall_seconds=60.0, cpu_seconds=60, answer_seconds=100)
    answer = run("x = torch.ones(2, requires_grad=True)\ny = x*x\nz = torch.ones(10**14)", limits)
    assert slugs(answer)[0] == "memory-limit"
    assert "512 MB" in answer.problems[0].detail
    assert any(node.op == "MulBackward0" for node in answer.graph.nodes)


def test_the_same_request_gives_the_same_answer() -> None:
    source = "import random\nx = torch.randn(3, requires_grad=True)\ny = (x*random.random()).sum()"
    first, second = (run(source).model_copy(update={"seconds": {}}) for _ in range(2))
    assert first.model_dump_json() == second.model_dump_json()
    assert first.model_dump_json() != run(source, seed=1).model_copy(update={"seconds": {}}).model_dump_json()


def test_what_a_program_changes_for_all_is_put_back() -> None:
    state = torch.get_rng_state()
    run("torch.set_grad_enabled(False)\ntorch.set_default_dtype(torch.float64)\ntorch.randn(3)")
    assert torch.is_grad_enabled()
    assert torch.get_default_dtype() == torch.float32
    assert torch.equal(torch.get_rng_state(), state)


def test_a_dataclass_finds_its_module() -> None:
    source = (
        "from dataclasses import dataclass\n@dataclass\nclass P:\n    a: 'int'\n    b: float = 1.0\n"
        "x = torch.ones(1, requires_grad=True)\ny = x*P(2).a"
    )
    assert leaf_gradient(run(source), "x") == [2.0]


def test_modules_outside_of_the_list_are_not_imported() -> None:
    problem = run("import pickle; pickle.load('x')").problems[0]
    assert problem.message is not None
    assert "pickle.load is not here: it cannot be imported" in problem.message


def test_a_numpy_array_can_be_printed() -> None:
    answer = run("x = torch.ones(2)\nprint(x.numpy())")
    assert [line.text for line in answer.console] == ["[1. 1.]\n"]


def test_an_exception_that_never_tells_its_words_is_given_up() -> None:
    source = "class E(Exception):\n    def __str__(self):\n        while True:\n            pass\nraise E"
    assert "time-limit" in slugs(run(source))


def test_uninitialised_memory_is_the_same_at_each_run() -> None:
    answer = run("print(torch.empty(2), torch.empty(1, dtype=torch.int64))")
    assert [line.text for line in answer.console] == [f"tensor([nan, nan]) tensor([{2**63 - 1}])\n"]


def test_an_operation_without_a_deterministic_kernel_does_not_warn() -> None:
    answer = run(
        "x = torch.zeros(3, requires_grad=True)\ny = x.put(torch.tensor([0]), torch.ones(1)).sum()\ny.backward()"
    )
    assert answer.problems == []


def test_a_very_long_message_is_shortened() -> None:
    problem, *_ = run("raise ValueError('1 x ['*10**5)").problems
    assert problem.message is not None
    assert len(problem.message) < 20_000


@pytest.mark.parametrize(
    "source",
    [
        "nn.LSTM(3, 4, batch_first=True)(torch.ones(2, 5, 3))[0].sum()",
        "nn.Conv2d(8, 16, 5)(torch.ones(2, 8, 16, 16)).sum()",
        "nn.Linear(256, 256)(torch.ones(64, 256)).sum()",
    ],
)
def test_no_kernel_needs_to_write_machine_code(source: str) -> None:
    answer = run(source)
    assert [problem for problem in answer.problems if problem.severity == "error"] == []
    assert not any("mkldnn" in node.op.lower() for node in answer.graph.nodes)


def test_what_a_program_sets_for_printing_devices_and_products_ends_with_it() -> None:
    tensor = torch.tensor([1 / 3, 1e-9])
    text, device, precision = repr(tensor), torch.get_default_device(), torch.get_float32_matmul_precision()
    answer = run(
        "torch.set_printoptions(precision=1, sci_mode=True)\n"
        "torch.set_default_device('meta')\n"
        "torch.set_float32_matmul_precision('medium')\n"
        "print(torch.get_default_device(), torch.tensor([1 / 3], device='cpu'))"
    )
    assert answer.console[0].text.startswith("meta tensor([3.3e-01]")
    assert (repr(tensor), torch.get_default_device(), torch.get_float32_matmul_precision()) == (text, device, precision)
    assert torch.ones(1).device == device


def test_printing_is_put_back_after_an_exception() -> None:
    text = repr(torch.tensor(1 / 3))
    run("torch.set_printoptions(precision=1)\nraise ValueError('no')")
    assert repr(torch.tensor(1 / 3)) == text


def test_lines_are_counted_as_python_counts_them() -> None:
    source = 's = "form\x0cfeed, line\u2028separator"\nx = torch.ones(2)\nx.view(3)\n'
    answer = run(source)
    (problem,) = [problem for problem in answer.problems if problem.severity == "error"]
    assert problem.span is not None
    assert (problem.span.line, problem.span.column, problem.span.end_column) == (3, 0, 9)
    assert "line 3, in <module>\n    x.view(3)\n" in answer.console[0].text
    read_answer(write_record(answer), Program(source), Limits())


@pytest.mark.parametrize(
    "source",
    [
        "x = torch.ones(2, requires_grad=True)\nfor i in range(2):\n    y = (x*x.sum().item()).sum()\ny.backward()",
        "x = torch.tensor([1., -1.], requires_grad=True)\ny = torch.sqrt(x).sum()\ny.backward()",
        "x = torch.ones(2)\n(x*x).sum()",
        "x = torch.ones(2, requires_grad=True)\ny = x*x\ny.backward()",
        "x = torch.ones(2, requires_grad=True)\ny = x*2\ny.grad\ny.sum().backward()",
    ],
)
@pytest.mark.parametrize("question", [None, *QUESTIONS])
def test_the_text_is_parsed_once(monkeypatch: pytest.MonkeyPatch, source: str, question: Question | None) -> None:
    parsed: list[object] = []
    original = ast.parse

    def parse(text: object, *args: object, **kwargs: object) -> object:
        parsed.append(text)
        return original(text, *args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr(ast, "parse", parse)
    answer_program(Program(source, question=question), Limits())
    assert parsed.count(source) == 1


def test_what_the_parser_warns_of_is_told_once() -> None:
    answer = run("x = torch.ones(1, requires_grad=True)\nname = '\\d'\nx.sum()")
    assert [line.text.split(":")[0] for line in answer.console] == ["DeprecationWarning"]
