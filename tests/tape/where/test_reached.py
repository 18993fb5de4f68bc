"""How far a program had come in its loops when something ended it."""

from functools import partial
from itertools import pairwise

import pytest
import torch
from chainrule.tape import Namespace, Tape
from chainrule.tape.where.reached import ReachedLoop


class Stopped(BaseException):
    """What ends the programs here, as a limit would."""


def stop() -> None:
    raise Stopped


def run(source: str) -> Tape:
    """Run a program that ends by ``stop()``, or does not, and give its tape."""
    tape = Tape(source=source)
    names = Namespace(tape, {"torch": torch, "stop": stop, "a": torch.ones(2, requires_grad=True)})
    try:
        with tape:
            exec(compile(source, "<program>", "exec"), names)
    except Stopped:
        pass
    return tape


def told(source: str) -> list[tuple[int, int, bool, int | None]]:
    """Line, iteration, whether that is exact, and the variable, of each loop that was reached."""
    return [(one.line, one.number, one.is_exact, one.value) for one in run(source).reached]


def test_a_loop_over_a_range_tells_its_iteration_by_its_variable() -> None:
    source = "for step in range(300):\n    y = a * step\n    if step == 121:\n        stop()\n"
    assert told(source) == [(1, 122, True, 121)]
    assert run(source).reached[0].name == "step"


def test_it_is_exact_though_nothing_was_recorded() -> None:
    assert told("n = 0\nfor i in range(10**6):\n    n += i\n    if i == 4_999:\n        stop()\n") == [
        (2, 5_000, True, 4_999)
    ]


@pytest.mark.parametrize(
    ("iterable", "value", "number"),
    [("range(10, 20)", 12, 3), ("range(10, 0, -2)", 6, 3), ("range(-5, 5, 5)", 0, 2), ("range(len([4, 5, 6]))", 2, 3)],
)
def test_a_range_with_literal_ends_is_counted_from_its_first(iterable: str, value: int, number: int) -> None:
    assert told(f"for i in {iterable}:\n    a * 2\n    if i == {value}:\n        stop()\n") == [
        (1, number, True, value)
    ]


def test_enumerate_counts() -> None:
    assert told("for i, x in enumerate('abc'):\n    if x == 'c':\n        stop()\n") == [(1, 3, True, None)]


def test_loops_within_loops_are_told_from_the_outermost() -> None:
    source = (
        "def train():\n    for epoch in range(9):\n        for i in range(100):\n            a * i\n"
        "            if (epoch, i) == (2, 40):\n                stop()\n\ntrain()\n"
    )
    assert told(source) == [(2, 3, True, 2), (3, 41, True, 40)]


def test_a_loop_that_does_not_tell_is_counted_by_what_was_recorded() -> None:
    source = "n = 0\nwhile True:\n    y = a * 2\n    n += 1\n    if n == 5:\n        stop()\n"
    assert told(source) == [(2, 5, False, None)]


def test_iterations_that_recorded_nothing_are_not_counted() -> None:
    source = (
        "for x in list('abcdef'):\n    if x in 'bd':\n        continue\n    a * 2\n    if x == 'e':\n        stop()\n"
    )
    assert told(source) == [(1, 3, False, None)]


def test_of_a_loop_in_which_nothing_was_recorded_nothing_is_told() -> None:
    assert told("a * 2\nn = 0\nwhile True:\n    n += 1\n    if n == 5:\n        stop()\n") == []


def test_a_loop_within_one_that_went_on_unseen_is_not_guessed() -> None:
    source = (
        "for epoch in range(3):\n    for x in [1, 1, 1]:\n        if epoch == 0:\n            a * 2\n"
        "        elif epoch == 2:\n            stop()\n"
    )
    assert told(source) == [(1, 3, True, 2)]


@pytest.mark.parametrize(
    "source",
    [
        "for i in range(5):\n    i = 3\n    if i == 3:\n        stop()\n",
        "def range(n):\n    return iter('a')\nfor i in range(5):\n    stop()\n",
        "k = 2\nfor i in range(k, 9):\n    stop()\n",
        "for i in range(1, 9, 0 + 1):\n    stop()\n",
    ],
    ids=["its variable is bound again", "another range", "a start that is not written", "a step that is not written"],
)
def test_what_is_not_certain_is_not_told(source: str) -> None:
    assert told(source) == []


def test_after_a_loop_it_is_in_none() -> None:
    assert told("for i in range(3):\n    a * i\nstop()\n") == []


def test_a_program_that_ends_by_itself_stands_nowhere() -> None:
    tape = run("for i in range(3):\n    y = a * i\n")
    assert tape.reached == ()
    assert tape.last_recorded == (ReachedLoop(1, 3, False, "i", 2),)


def step(places: list[tuple[int, ...]], end: int, *place: int) -> None:
    """Note where a program says that it is, and end it there at last."""
    places.append(place)
    if len(places) > end:
        raise Stopped


def test_what_is_told_is_the_truth_wherever_it_ends() -> None:
    """End one program at each of its steps in turn: its own counters are the oracle."""
    source = (
        "for epoch in range(3):\n    for i in range(2, 8, 3):\n        for j, x in enumerate([a, a]):\n"
        "            y = x * i\n            step(epoch, i, j)\n"
    )
    seen: list[list[int]] = []
    for end in range(12):
        places: list[tuple[int, ...]] = []
        tape = Tape(source=source)
        names = Namespace(tape, {"a": torch.ones(2, requires_grad=True), "step": partial(step, places, end)})
        with pytest.raises(Stopped), tape:
            exec(compile(source, "<program>", "exec"), names)
        epoch, i, j = places[-1]
        assert [one.number for one in tape.reached] == [epoch + 1, (i - 2) // 3 + 1, j + 1]
        seen.append([one.number for one in tape.reached])
    assert all(before < after for before, after in pairwise(seen))
