"""No join is wrong: programs made by chance, whose numbers carry their reads along in a plain run."""

import itertools
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import torch
from chainrule.tape.record.operations import Read, Record
from torch.overrides import TorchFunctionMode

from tests.tape.traced import Trace

READ = "aten._local_scalar_dense"
BINARY = {"mul", "rmul", "div", "truediv", "gt"}
NUMBERS = (
    *("s", "n", "m", "w", "box[0]", "2", "h(x)", "g(x)", "x.sum().item()", "(x > 2).sum().item()"),
    *("int(x[1])", "float(x[0])", "s * 2", "(n + 1)", "m * 2"),
)
FIRST = ("x.sum().item()", "(x > 2).sum().item()", "g(x)", "x.sum().item() * 2", "(x > 2).sum().item() + 1", "h(x)")
START = (
    "x = torch.tensor([1.25, 2.5], requires_grad=True)\n"
    "def g(t):\n    return t.sum().item()\n"
    "def h(t):\n    return 15 / 4\n"
    "y, n, s, box, m, seen = x.sum() * 0, 1, 0.5, [0.5], 2, set()\n"
)


def program(seed: int) -> str:
    """Write a program that binds, keeps and uses numbers, many of which are equal."""
    chance = random.Random(seed)

    def number() -> str:
        return chance.choice(NUMBERS)

    lines: list[str] = []
    for index in range(chance.randint(3, 9)):
        in_loop = chance.random() < 0.4
        if in_loop:
            lines.append(f"for i in range({chance.randint(1, 3)}):")
        statement = [
            f"s = {number()}",
            f"n = {number()}",
            f"box[0] = {number()}",
            f"y = y + (x * {number()}).sum()",
            f"y = y + ({number()} * x / 2).sum()",
            f"v{index} = {number()}\ny = y + (x * v{index}).sum()",
            f"y = y + (x * v{index} if {index} in seen else x * 2).sum()\nseen.add({index})\nv{index} = {number()}",
        ][chance.randrange(7)]
        lines += ["    " * in_loop + line for line in statement.split("\n")]
    first = f"w = {chance.choice(FIRST)}\n"
    if chance.random() < 0.4:
        body = "".join(f"    {line}\n" for line in lines)
        return f"{START}{first}def run(x, y, s, n, m, w):\n{body}    return y\nrun(x, y, s, n, m, w).backward()"
    return START + first + "\n".join(lines) + "\ny.backward()"


class Whole(int):
    """A whole number that knows the reads it was made of."""

    reads: frozenset[int] = frozenset()


class Real(float):
    """A real number that knows the reads it was made of."""

    reads: frozenset[int] = frozenset()


def told(value: Any, reads: frozenset[int]) -> Any:
    found: Any = Real(value) if isinstance(value, float) else Whole(value)
    found.reads = reads
    return found


def known(value: object) -> frozenset[int]:
    return getattr(value, "reads", frozenset())


def carrying(name: str) -> Callable[[Any, Any], Any]:
    def apply(one: Any, other: Any) -> Any:
        if isinstance(other, torch.Tensor):
            return NotImplemented
        plain = float if isinstance(one, float) or isinstance(other, float) else int
        return told(getattr(plain, name)(plain(one), plain(other)), known(one) | known(other))

    return apply


for kind in (Whole, Real):
    for name in ("__add__", "__radd__", "__mul__", "__rmul__"):
        setattr(kind, name, carrying(name))


class Uses(TorchFunctionMode):
    """Notes the number of each operation that takes one, and its reads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[float, frozenset[int]]] = []

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        numbers = [given for given in args if isinstance(given, int | float)]
        if func.__name__.strip("_") in BINARY and numbers:
            self.found.append((float(numbers[0]), known(numbers[0])))
        return func(*args, **(kwargs or {}))


@contextmanager
def tainted() -> Iterator[dict[str, Any]]:
    """Let numbers that are read carry the number of their read."""
    original = torch.Tensor.item
    count = itertools.count()

    def item(tensor: torch.Tensor) -> Any:
        with torch._C.DisableTorchFunction():
            return told(original(tensor), frozenset((next(count),)))

    def converted(plain: type) -> Callable[[Any], Any]:
        def convert(value: Any) -> Any:
            number = item(value) if isinstance(value, torch.Tensor) else value
            return told(plain(number), known(number))

        return convert

    torch.Tensor.item = item  # type: ignore[method-assign,assign] # put back below
    try:
        yield {"torch": torch, "int": converted(int), "float": converted(float)}
    finally:
        torch.Tensor.item = original  # type: ignore[method-assign] # what it was


def joined(records: list[Record]) -> list[tuple[float, frozenset[int]]]:
    """Give the number of each operation that takes one, and the reads that the tape joined it to."""
    order = {id(record): place for place, record in enumerate(r for r in records if r.label == READ)}

    def reads(read: Read | None) -> frozenset[int]:
        if read is None:
            return frozenset()
        return frozenset((order[id(read.record)],))

    return [
        (float(argument.number), reads(argument.read))  # type: ignore[arg-type] # these are plain numbers
        for record in records
        if record.label.removeprefix("aten.") in BINARY
        for argument in record.arguments
        if argument.value is None
    ]


@pytest.mark.parametrize("first", range(0, 24, 8))
@pytest.mark.filterwarnings("ignore:Converting a tensor with requires_grad=True")
def test_no_number_is_joined_to_a_read_that_it_was_not_made_of(trace: Trace, first: int) -> None:
    joins = 0
    for seed in range(first, first + 8):
        source = program(seed)
        uses = Uses()
        with tainted() as namespace, uses:
            exec(compile(source, "<plain>", "exec"), namespace)
        traced = trace(source)
        assert traced.error is None
        found = joined(traced.tape._recorder.recorded.records)
        assert [number for number, _ in found] == [number for number, _ in uses.found], source
        for place, ((number, made_of), (_, truth)) in enumerate(zip(found, uses.found, strict=True)):
            assert made_of <= truth, (source, place, number)
            joins += bool(made_of)
    assert joins
