"""Which call and which turn of which loop something was made in."""

import weakref

import pytest
import torch
from chainrule.tape import Tape

from tests.tape.traced import Trace, Traced

X = "x = torch.ones(2, requires_grad=True)\n"
PARTS = X + "def parts(t):\n    for i in range(3):\n        t = t.sin()\n        yield t\n"


def told(traced: Traced, op: str) -> list[str]:
    """Give the scopes of the nodes of one kind, in forward order, as "f1 i2"."""
    return [
        " ".join(f"{scope.name}#{scope.call}" for scope in node.scope) for node in traced.graph.nodes if node.op == op
    ]


@pytest.mark.parametrize(
    ("use", "scopes"),
    [
        ("y = 0\nfor part in parts(x):\n    y = y + part", "parts#1 i#{0}"),
        ("y = sum(parts(x))", "parts#1 i#{0}"),
        ("y = sum([part for part in parts(x)])", "parts#1 i#{0}"),
        ("a, b, c = parts(x)\ny = a + b + c", "parts#1 i#{0}"),
        ("y = torch.stack([*parts(x)])", "parts#1 i#{0}"),
        ("g = parts(x)\na = next(g)\nb = next(g)*1\nc = next(g)\ny = a + b + c", "parts#1 i#{0}"),
        ("def all_of(t):\n    yield from parts(t)\ny = sum(all_of(x))", "all_of#1 parts#1 i#{0}"),
        ("def twice(ts):\n    for t in ts:\n        yield t*2\ny = sum(twice(parts(x)))", "twice#1 parts#1 i#{0}"),
        ("y = sum(part*2 for part in parts(x))", "parts#1 i#{0}"),
        ("g = parts(x)\nn, y = 0, 0\nwhile n < 3:\n    y = y + next(g)\n    n += 1", "while#{0} parts#1 i#{0}"),
    ],
)
def test_one_call_of_a_generator_is_one_scope_for_its_whole_life(trace: Trace, use: str, scopes: str) -> None:
    assert told(trace(PARTS + use, root="y"), "SinBackward0") == [scopes.format(turn) for turn in (1, 2, 3)]


@pytest.mark.parametrize(
    "through", ["parts(x)", "zip(parts(x), parts(x*2))", "range(3)", "xs", "zip('abc', xs)", "enumerate(xs)"]
)
def test_a_loop_that_begins_anew_is_another_turn_of_the_while_around_it(trace: Trace, through: str) -> None:
    variables = "i, t" if "(" in through and "range" not in through and through[0] != "p" else "t"
    source = (
        f"{PARTS}xs = [x, x*2, x*3]\nn, y = 0, x\n"
        f"while n < 2:\n    for {variables} in {through}:\n        y = y.cos()\n    n += 1\ny = y.sum()"
    )
    turns = [f"while#{turn} {variables}#{inner}" for turn in (1, 2) for inner in (1, 2, 3)]
    assert told(trace(source, root="y"), "CosBackward0") == turns


def test_generators_that_run_at_the_same_time_are_told_apart(trace: Trace) -> None:
    traced = trace(PARTS + "y = 0\nfor a, b in zip(parts(x), parts(x*2)):\n    y = y + a*b", root="y")
    assert told(traced, "SinBackward0") == [f"parts#{call} i#{turn}" for turn in (1, 2, 3) for call in (1, 2)]


def test_a_generator_that_was_left_is_not_the_next_one(trace: Trace) -> None:
    traced = trace(
        PARTS + "y = x\nfor n in range(3):\n    for y in parts(y):\n        y = y*2\n        break", root="y"
    )
    assert told(traced, "SinBackward0") == [f"n#{turn} parts#1 i#1" for turn in (1, 2, 3)]
    traced = trace(PARTS + "y = x\n" + "for y in parts(y):\n    break\n" * 3, root="y")
    assert told(traced, "SinBackward0") == [f"parts#{call} i#1" for call in (1, 2, 3)]


def test_a_new_call_takes_no_number_of_a_generator_that_goes_on(trace: Trace) -> None:
    traced = trace(
        PARTS + "g = parts(x)\ny = 0\nfor n in range(2):\n    y = y + next(g)\n    y = y + next(parts(x))", root="y"
    )
    assert told(traced, "SinBackward0") == ["n#1 parts#1 i#1", "n#1 parts#2 i#1", "n#2 parts#1 i#2", "n#2 parts#2 i#1"]


def test_a_generator_that_calls_itself_is_as_deep_as_it_is(trace: Trace) -> None:
    traced = trace(
        X + "def tree(t, depth):\n    if depth:\n        yield from tree(t.sin(), depth - 1)\n        yield t.cos()\n"
        "        yield from tree(t.exp(), depth - 1)\ny = sum(tree(x, 2))",
        root="y",
    )
    assert told(traced, "CosBackward0") == ["tree#1 tree#1", "tree#1", "tree#1 tree#2"]


def test_the_terms_of_a_generator_expression_are_turns(trace: Trace) -> None:
    traced = trace(X + "ms = [x, x*2, x]\ny = sum(m.sin() for m in ms)\nz = sum(m.sin() for m in ms)\ny = y + z", "y")
    assert told(traced, "SinBackward0") == ["m#1", "m#2", "m#3"] * 2


def test_a_class_is_no_function_and_a_lambda_has_no_comprehension_in_its_name(trace: Trace) -> None:
    traced = trace(
        X + "class A:\n    z = x.sin()\n    def f(self):\n        return self.z.sin()\n"
        "fs = [lambda t: t.sin() for _ in range(2)]\ny = fs[1](A().f())",
        root="y",
    )
    assert told(traced, "SinBackward0") == ["", "A.f#1", "<lambda>#1"]


def test_coroutines_go_on_as_the_call_that_they_are(trace: Trace) -> None:
    traced = trace(
        X + "class Wait:\n    def __await__(self):\n        yield\n"
        "async def inner(t):\n    t = t.sin()\n    await Wait()\n    return t.sin()\n"
        "async def numbers():\n    for i in range(2):\n        await Wait()\n        yield x.cos()\n"
        "async def outer():\n    t = await inner(x) + await inner(x)\n"
        "    return t + sum([n async for n in numbers()])\n"
        "c = outer()\ntry:\n    while True:\n        c.send(None)\nexcept StopIteration as stop:\n    y = stop.value",
        root="y",
    )
    calls = [scope.rpartition("while#")[2].partition(" ")[2] for scope in told(traced, "SinBackward0")]
    assert calls == ["outer#1 inner#1", "outer#1 inner#1", "outer#1 inner#2", "outer#1 inner#2"]
    calls = [scope.rpartition("while#")[2].partition(" ")[2] for scope in told(traced, "CosBackward0")]
    assert calls == ["outer#1 numbers#1 i#1", "outer#1 numbers#1 i#2"]


@pytest.mark.parametrize(
    ("loop", "turns"),
    [
        ("for a, b in [x, x*2]:\n    y = y + a.sin()", ["a, b#1", "a, b#2"]),
        ("for a, b in [x, x]:\n    y = y + a.sin()", ["a, b#1", "a, b#2"]),
        ("for a in [x, x]:\n    y = y.sin()\n    y = y*2", ["a#1", "a#2"]),
        ("y = sum([b.sin() for a in (1, 2) for b in [x, y]])", ["a#1 b#1", "a#1 b#2", "a#2 b#1", "a#2 b#2"]),
        ("y = sum([b for a in [x, y] for b in (a.sin(), a)])", ["a#1", "a#2"]),
        ("y = sum([a for a in [x, y] if a.sin().sum() > 0 and (y := y + a.sin()) is x or True]) + y", ["a#1", "a#2"]),
        ("while y.sum() < 9:\n    y = sum([y.sin(), y, y])", ["while#1", "while#2"]),
        ("while (y := y.sin()).sum() > 1.4:\n    pass", ["while#1", "while#2", "while#3"]),
        ("while n < 2:\n    y = y.sin()\n    n += 1", ["while#1", "while#2"]),
        (
            "while n < 2:\n    m = 0\n    while m < 2:\n        y = y.sin()\n        m += 1\n    y = y*2\n    n += 1",
            ["while#1 while#1", "while#1 while#2", "while#2 while#1", "while#2 while#2"],
        ),
        (
            "while n < 4:\n    if n % 2:\n        y = y.sin()\n    else:\n        y = y.sin()\n    n += 1",
            ["while#1", "while#2", "while#3", "while#4"],
        ),
        (
            "while n < 4:\n    n += 1\n    match n:\n        case 1 | 2:\n            y = y.sin()\n        case 3:\n"
            "            y = y*2\n        case _:\n            y = y.sin()",
            ["while#1", "while#2", "while#4"],
        ),
        (
            "while n < 2:\n    m = 0\n    while m < 2:\n        y = y.sin() if m == 0 else y.sin()\n        m += 1\n"
            "    y = y*2\n    n += 1",
            ["while#1 while#1", "while#1 while#2", "while#2 while#1", "while#2 while#2"],
        ),
        ("while n < 2:\n    y = sum([y.sin(), y, y, y])\n    n += 1", ["while#1", "while#2"]),
        ("while n < 2:\n    y = F.silu(y) + F.silu(y).sin()\n    n += 1", ["while#1", "while#2"]),
        ("for i in range(2):\n    y = y*2\nelse:\n    y = y.sin()", [""]),
        ("while n < 2:\n    n += 1\n    y = y*2\nelse:\n    y = y.sin()", [""]),
        ("for i in range(3):\n    if i == 1:\n        continue\n    y = y.sin()", ["i#1", "i#2"]),
        ("for i in range(3):\n    y = y.sin()\n    if i == 1:\n        break", ["i#1", "i#2"]),
        ("for i in range(2):\n    try:\n        y = y*2\n    finally:\n        y = y.sin()", ["i#1", "i#2"]),
        (
            "for i in range(2):\n    try:\n        y = y*2\n        raise ValueError\n    except ValueError:\n"
            "        y = y.sin()\n    finally:\n        y = y*3",
            ["i#1", "i#2"],
        ),
        (
            "for i in range(2):\n    for j in range(2):\n        y = y.sin()",
            ["i#1 j#1", "i#1 j#2", "i#2 j#1", "i#2 j#2"],
        ),
        ("for t in [x, y]:\n    y = y + sum(p.sin() for p in [t, t*2])", ["t#1 p#1", "t#1 p#2", "t#2 p#1", "t#2 p#2"]),
        ("for k, t in {'a': x, 'b': y}.items():\n    y = y + t.sin()", ["k, t#1", "k, t#2"]),
        (
            "for i in range(2):\n    @(lambda f: f)\n    def f():\n        return y.sin()\n    y = f()",
            ["i#1 f#1", "i#2 f#1"],
        ),
    ],
)
def test_turns_are_counted_where_the_loop_goes_round(trace: Trace, loop: str, turns: list[str]) -> None:
    traced = trace(f"{X}y, n = x*1, 0\n{loop}\ny = y.sum()", root="y")
    assert list(dict.fromkeys(told(traced, "SinBackward0"))) == turns


LAYER = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin = nn.Linear(2, 2)
    def forward(self, x):
        return self.lin(self.lin(x)) + self.helper(x)
    def helper(self, x):
        return self.lin(x)
net = Net()
y = net(torch.ones(1, 2)) + net(torch.ones(1, 2))
"""
SQUARE = """
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x
    @staticmethod
    def backward(ctx, g):
        x, = ctx.saved_tensors
        return (x.sin() + 2*x) * g
"""


@pytest.mark.parametrize(
    ("source", "op", "scopes"),
    [
        (
            "def f(t, n):\n    return t if n == 0 else f(t.sin(), n - 1)*f(t.cos(), n - 1)\ny = f(x, 2)",
            "CosBackward0",
            ["f#1 f#1", "f#1", "f#1 f#2"],
        ),
        (
            LAYER,
            "AddmmBackward0",
            [
                f"net#{call} {scope}"
                for call in (1, 2)
                for scope in ("net.lin#1", "net.lin#2", "Net.helper#1 net.lin#1")
            ],
        ),
        (
            SQUARE
            + "def f(t):\n    return torch.autograd.grad(Square.apply(t).sum(), t, create_graph=True)[0]\ny = f(x)",
            "SinBackward0",
            ["f#1 Square.backward#1"],
        ),
        (
            "lin = nn.Tanh()\nlin.register_forward_hook(lambda m, i, o: o.sin())\ny = lin(x)",
            "SinBackward0",
            ["lin#1 <lambda>#1"],
        ),
        (
            "def hook(g):\n    return g.sin()*x\nz = x*2\nz.register_hook(hook)\n"
            "y, = torch.autograd.grad((z*z).sum(), x, create_graph=True)",
            "SinBackward0",
            ["hook#1"],
        ),
        (
            "from torch.utils.checkpoint import checkpoint\ndef part(t):\n    return t.sin()\n"
            "y = checkpoint(part, x, use_reentrant=False)\ny.sum().backward()",
            "SinBackward0",
            ["part#1"],
        ),
        (
            "from torch.utils.checkpoint import checkpoint\ndef part(t):\n    return t.sin()\n"
            "y = checkpoint(part, x, use_reentrant=True)\ny.sum().backward()",
            "SinBackward0",
            ["part#2"],
        ),
        (
            "def outer(t):\n    def inner(k):\n        return t.sin()*k\n    return inner\n"
            "a, b = outer(x), outer(x*2)\ny = a(1) + b(2) + a(3)",
            "SinBackward0",
            ["outer.inner#1", "outer.inner#2", "outer.inner#3"],
        ),
        (
            "class D:\n    @property\n    def p(self):\n        return x.sin()\n    def __add__(self, other):\n"
            "        return self.p + other.p\ny = D() + D()",
            "SinBackward0",
            ["D.__add__#1 D.p#1", "D.__add__#1 D.p#2"],
        ),
    ],
)
def test_what_runs_is_told_from_the_outside_in(trace: Trace, source: str, op: str, scopes: list[str]) -> None:
    assert told(trace(f"{X}{source}\ny = y.sum()", root="y"), op) == scopes


def test_a_step_of_an_optimizer_is_no_turn_for_each_parameter(trace: Trace) -> None:
    traced = trace(
        "net, n = nn.Linear(2, 1), 0\nopt = torch.optim.SGD(net.parameters(), lr=0.1)\nwhile n < 3:\n"
        "    opt.zero_grad()\n    loss = net(torch.ones(1, 2)).sum()\n    loss.backward()\n    opt.step()\n    n += 1"
    )
    assert told(traced, "AddmmBackward0") == [f"while#{turn} net#1" for turn in (1, 2, 3)]


def test_turns_of_which_one_function_is_all_are_told_apart_by_its_calls(trace: Trace) -> None:
    call = "y = F.gumbel_softmax(y)"
    traced = trace(X + f"y, n = x*1, 0\nwhile n < 3:\n    {call}\n    n += 1\ny = y.sum()", root="y")
    assert told(traced, "SoftmaxBackward0") == ["while#1", "while#2", "while#3"]
    traced = trace(
        X + f"def parts(y):\n    while True:\n        {call}\n        yield y\n"
        "y = 0\nfor n, part in zip(range(3), parts(x)):\n    y = y + part",
        root="y",
    )
    assert told(traced, "SoftmaxBackward0") == [f"parts#1 while#{turn}" for turn in (1, 2, 3)]


@pytest.mark.parametrize("use", ["y = sum(part*2 for part in parts(x))", "a, b, c = parts(x)\ny = a*b*c"])
def test_two_runs_with_generators_give_equal_json(trace: Trace, use: str) -> None:
    one, two = (trace(PARTS + use, root="y").graph.model_dump_json() for _ in range(2))
    assert one == two


def test_what_a_generator_holds_is_gone_at_the_next_operation_after_its_end() -> None:
    def parts(x: torch.Tensor) -> object:
        h = x * 2
        seen.append(weakref.ref(h))
        yield h.sin()
        yield h.cos()

    seen: list[weakref.ref[torch.Tensor]] = []
    with Tape(filename=__file__):
        x = torch.ones(2)
        for _ in parts(x):  # type: ignore[attr-defined]
            break
        x.exp()
        assert seen[0]() is None
        running = parts(x)
        for _ in running:  # type: ignore[attr-defined]
            x.exp()
        x.exp()
        assert seen[1]() is None


def test_a_generator_ends_when_it_would_without_a_tape() -> None:
    def run() -> list[str]:
        told: list[str] = []

        def parts(x: torch.Tensor) -> object:
            try:
                while True:
                    x = x.sin()
                    yield x
            finally:
                told.append("closed")

        x = torch.ones(2)
        for part in parts(x):  # type: ignore[attr-defined]
            told.append(str(part.shape))
            break
        told.append("after")
        return told

    bare = run()
    with Tape(filename=__file__):
        taped = run()
    assert taped == bare == ["torch.Size([2])", "closed", "after"]


def test_many_suspended_generators_are_let_go_of_in_turns() -> None:
    def parts(x: torch.Tensor) -> object:
        h = x * 2
        seen.append(weakref.ref(h))
        yield h.sin()
        yield h.cos()

    seen: list[weakref.ref[torch.Tensor]] = []
    with Tape(filename=__file__):
        x = torch.ones(2)
        running = [parts(x) for _ in range(100)]
        for one in running:
            next(one)  # type: ignore[call-overload]
        x.exp()
        assert None not in [reference() for reference in seen]
        running.clear()
        del one
        for _ in range(5):
            x.exp()
        assert {reference() for reference in seen} == {None}
