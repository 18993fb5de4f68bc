"""Code of the program that runs while its answer is made: it is not called, or ends with the time for the answer."""

import resource
import signal
from collections.abc import Iterator
from types import FrameType

import pytest
from chainrule.limits import Limits
from chainrule.protocol.program import Program
from chainrule.run.execute import LEAST_PROCESSOR, answer_processor, execute

pytestmark = pytest.mark.thorough
"""Where nothing measures coverage: what interrupts a program may come while coverage holds a lock of its own."""

LIMITS = Limits(wall_seconds=1.0, cpu_seconds=1, answer_seconds=5.0)
MOST_SECONDS = 60
"""Processor time after which a test that hangs fails [s]."""
SPIN = "\n        while True:\n            pass\n"
X = "print('kept')\nx = torch.ones(2, requires_grad=True)\n"
SUM = "(x*x).sum()"
FUNCTION = "@classmethod\n    def __torch_function__(cls, function, types, given=(), named=None):" + SPIN


@pytest.fixture(autouse=True)
def no_hanging() -> Iterator[None]:
    """Fail what goes on for ever, by the processor time that it takes."""

    def hangs(number: int, frame: FrameType | None) -> None:
        raise AssertionError("it goes on")

    before = resource.getrlimit(resource.RLIMIT_CPU)
    handler = signal.signal(signal.SIGXCPU, hangs)
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + MOST_SECONDS, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_CPU, before)
    signal.signal(signal.SIGXCPU, handler)


@pytest.mark.parametrize(
    "method",
    ["__repr__(self)", "__str__(self)", "__eq__(self, other)", "__hash__(self)", "__len__(self)"],
)
def test_methods_of_an_object_that_is_only_there_are_not_called(method: str) -> None:
    patient = Limits(wall_seconds=60, cpu_seconds=60, answer_seconds=100)
    answer = execute(Program(f"class A:\n    def {method}:{SPIN}{X}a = A()\na.me = a\n{SUM}"), patient)
    assert answer.problems == []
    assert [node.op for node in answer.graph.nodes] == ["AccumulateGrad", "MulBackward0", "SumBackward0"]


@pytest.mark.parametrize(
    "source",
    [
        f"class A:\n    @property\n    def __class__(self):{SPIN}{X}a = A()\n{SUM}",
        f"class A:\n    def __getattribute__(self, name):{SPIN}{X}a = A()\n{SUM}",
        f"class A(torch.Tensor):\n    {FUNCTION}{X}a = x.as_subclass(A)\nraise ValueError",
        f"class A(torch.Tensor):\n    {FUNCTION}{X}a = torch.ones(2, requires_grad=True).as_subclass(A)\na",
        f"class A(Exception):\n    def __str__(self):{SPIN}{X}raise A()",
        f"class A(RuntimeError):\n    def __str__(self):{SPIN}{X}raise A()",
        f"class A(Exception):\n    @property\n    def __traceback__(self):{SPIN}{X}raise A()",
        f"class A(Exception):\n    @property\n    def __class__(self):{SPIN}{X}raise A()",
    ],
)
def test_what_never_ends_while_the_answer_is_made_is_ended_and_the_console_is_kept(source: str) -> None:
    answer = execute(Program(source), LIMITS)
    assert {problem.slug for problem in answer.problems} & {"time-limit", "memory-limit", "graph-time-limit"}
    assert [line.text for line in answer.console][:1] == ["kept\n"]


def test_an_answer_has_the_processor_time_that_its_program_left_and_some_in_any_case() -> None:
    limits = Limits(cpu_seconds=3, answer_seconds=10.0)
    assert answer_processor(limits, 0.0) == 5.0
    assert answer_processor(limits, 3.0) == 2.0
    assert answer_processor(limits, 7.0) == LEAST_PROCESSOR * 5.0


def test_a_graph_that_takes_the_processor_for_too_long_is_made_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []
    monkeypatch.setattr("chainrule.run.execute.answer_processor", lambda limits, used: asked.append(used) or 0.05)
    source = "y = x = torch.ones(2, requires_grad=True)\nfor _ in range(4_000):\n    y = y*1.0001\ny.sum()"
    answer = execute(Program(source), Limits(wall_seconds=60, cpu_seconds=60, answer_seconds=100))
    assert len(asked) == 1
    assert len(answer.graph.nodes) < 4_000
    assert "graph-time-limit" in [problem.slug for problem in answer.problems]
