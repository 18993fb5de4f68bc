"""Programs whose texts and numbers nothing can encode, through a confined child: their graph is there all the same."""

from collections.abc import AsyncIterator

import pytest
from chainrule.limits import Limits
from chainrule.protocol.messages import ExecutionAnswer
from chainrule.protocol.program import Program
from chainrule.sandbox import Pool
from chainrule.settings import Settings

START = "x = torch.ones(2, requires_grad=True)\n"
END = "(x * 2).sum().backward()\n"
LONE = r"\ud800"
"""As it stands in the program, which makes half a character of it, and as it is told."""

RAISED = {
    "an exception": f"raise ValueError('{LONE}')",
    "an assertion": f"assert False, '{LONE}'",
    "a long exception": f"raise ValueError('{LONE}' * 70_000)",
    "a group": f"raise ExceptionGroup('{LONE}', [ValueError('{LONE}')])",
    "its own words": f"class E(Exception):\n  def __str__(self): return '{LONE}'\nraise E()",
    "a parameter's name": f"nn.Linear(2, 2).get_parameter('{LONE}')",
    "a state's name": f"nn.Linear(2, 2).load_state_dict({{'{LONE}': 1}})",
    "a mode": f"F.interpolate(x[None, None], scale_factor=2, mode='{LONE}')",
}
NAMED = {
    "a module": f"m = nn.ModuleDict({{'{LONE}': nn.Linear(2, 2)}})\nx = m['{LONE}'](x)",
    "a module that was added": f"m = nn.Sequential()\nm.add_module('{LONE}', nn.Linear(2, 2))\nx = m(x)",
    "a parameter": f"m = nn.ParameterDict({{'{LONE}': x}})\nx = m['{LONE}'] * 2",
    "a long module": f"n = '{LONE}' * 19_000\nm = nn.ModuleDict({{n: nn.Linear(2, 2)}})\nx = m[n](x)",
    "a warning": f"import warnings\nwarnings.warn('{LONE}')",
    "a text": f"s = '{LONE}'",
}
LONG = {
    "a module": "m = nn.ModuleDict({'a' * 30_000: nn.Linear(2, 2)})\nx = m['a' * 30_000](x)",
    "a class": "from collections import namedtuple\nP = namedtuple('a' * 30_000, 'b c')\np = P(x, x)",
}
INTEGERS = {
    "a variable": "a = 10**5_000",
    "a variable below 0": "a = -10**5_000",
    "a loop": "for i in [10**5_000]:\n  x = x * 2",
    "a range": "for i in range(10**5_000, 10**5_000 + 2):\n  x = x * 2",
    "a while": "i = 10**5_000\nwhile i > 10**5_000 - 2:\n  x = x * 2\n  i -= 1",
    "a megabit": "a = 1 << 4_000_000",
}


@pytest.fixture(scope="module")
async def pool() -> AsyncIterator[Pool]:
    made = Pool(Settings(workers=1, limits=Limits(wall_seconds=3_600.0, cpu_seconds=600)))
    await made.start()
    yield made
    await made.stop()


async def run(pool: Pool, middle: str) -> ExecutionAnswer:
    answer = await pool.execute(Program(f"{START}{middle}\n{END}"))
    answer.model_dump_json().encode()
    assert not {problem.slug for problem in answer.problems} & {"tracing-failed", "answer-invalid", "crash"}
    return answer


def names(answer: ExecutionAnswer) -> list[str]:
    return [name for node in answer.graph.nodes for name in node.names]


@pytest.mark.parametrize("middle", RAISED.values(), ids=RAISED)
async def test_what_was_raised_is_told_with_its_escapes(pool: Pool, middle: str) -> None:
    answer = await run(pool, f"(x * 3).sum().backward()\n{middle}")
    (problem,) = [problem for problem in answer.problems if problem.severity == "error"]
    assert LONE in (problem.message or "")
    assert [run.error for run in answer.graph.passes] == [None]


@pytest.mark.parametrize("middle", NAMED.values(), ids=NAMED)
async def test_a_name_is_told_with_its_escapes_in_a_whole_graph(pool: Pool, middle: str) -> None:
    answer = await run(pool, middle)
    assert [run.error for run in answer.graph.passes] == [None]
    assert LONE in repr(answer)


@pytest.mark.parametrize("middle", LONG.values(), ids=LONG)
async def test_a_name_of_30_000_characters_is_told_in_part(pool: Pool, middle: str) -> None:
    answer = await run(pool, middle)
    assert [run.error for run in answer.graph.passes] == [None]
    assert "a" * 200 in repr(answer)


@pytest.mark.parametrize("middle", INTEGERS.values(), ids=INTEGERS)
async def test_an_integer_that_python_does_not_write_is_told(pool: Pool, middle: str) -> None:
    answer = await run(pool, middle)
    (told,) = [variable.text for variable in answer.graph.variables if variable.type == "int"]
    assert told.endswith(("0...", "9...", "bits"))
    assert len(told) < 210


@pytest.mark.parametrize("key", ["10**5_000", "'a' * 30_000"])
async def test_a_dictionary_with_such_a_key_loses_no_graph(pool: Pool, key: str) -> None:
    answer = await run(pool, f"d = {{{key}: x.detach().requires_grad_()}}\nx = x + d[{key}]")
    assert any("d[" in name and name.endswith("...]" if "5_000" in key else "...']") for name in names(answer))


@pytest.mark.parametrize(
    ("source", "words", "place"),
    [
        ("def f(a, a): pass", "duplicate argument 'a' in function definition", None),
        ("t = 1\n*été = t", "starred assignment target must be in a list or tuple", (2, 0, 2, 4)),
        ("t = 1\nf(a=1, a=t)", "keyword argument repeated: a", (2, 7, 2, 10)),
    ],
)
async def test_what_only_the_compiler_refuses_is_a_refused_program(
    pool: Pool, source: str, words: str, place: tuple[int, ...] | None
) -> None:
    rejection = (await pool.execute(Program(source))).rejection
    assert rejection is not None
    assert (rejection.slug, rejection.detail) == ("program-rejected", words)
    if place is not None:
        assert rejection.span is not None
        assert tuple(rejection.span.model_dump().values()) == place


@pytest.mark.parametrize(
    "kind",
    [
        "class L(list):\n  def __len__(self):\n    while True: pass\nl = L()",
        "class L(dict):\n  def __len__(self):\n    x.grad.zero_()\n    return 1\nl = L()",
        "class M(nn.Module):\n  def named_modules(self, *a, **k):\n    x.grad.zero_()\n    raise ValueError\nm = M()",
        "class R:\n  def __repr__(self):\n    while True: pass\nr = R()",
    ],
)
async def test_methods_of_the_program_are_not_called_for_the_answer(pool: Pool, kind: str) -> None:
    answer = await run(pool, f"(x * 3).sum().backward()\n{kind}")
    assert {problem.slug for problem in answer.problems} <= {"gradient-accumulated"}
    leaf = answer.graph.nodes[0]
    assert [tensor and tensor.values for tensor in leaf.accumulated] == [[3.0, 3.0], [5.0, 5.0]]
