"""Hostile programs, each through the policy and past it: nobody but the program itself is harmed."""

import asyncio
from collections import Counter

import pytest
import torch
from chainrule.errors import RequestError
from chainrule.program import check
from chainrule.protocol.messages import ExecutionAnswer
from chainrule.protocol.program import Program
from chainrule.sandbox import Pool

from tests.escape.canaries import Canaries
from tests.escape.catalogue import PROGRAMS, past_the_policy
from tests.escape.conftest import LIMITS, Execute
from tests.escape.hostile import Hostile

each_program = pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.id)


def assert_unharmed(answer: ExecutionAnswer | None, canaries: Canaries, execute: Execute, pool: Pool) -> None:
    """Nothing got out, nothing got in, and the next program runs as if nothing had been."""
    assert canaries.touched() == []
    if answer is None:  # nothing was run, so nothing can be different
        return
    text = answer.model_dump_json()
    assert not any("ESCAPED" in line.text for line in answer.console if line.stream == "stdout"), text[:1000]
    assert canaries.secret not in text
    control = execute("x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)\n(x*nn.Linear(1, 1).bias.numel()*x).sum()")
    assert control.problems == []
    (leaf,) = [node for node in control.graph.nodes if "x" in node.names and node.kind == "leaf"]
    assert leaf.accumulated[0] is not None
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    (x * x).sum().backward()
    assert x.grad is not None
    assert leaf.accumulated[0].values == x.grad.tolist()
    assert pool.figures().starts == 1


def test_there_are_enough_of_them() -> None:
    assert len(PROGRAMS) >= 150
    assert len(Counter(program.category for program in PROGRAMS)) >= 15
    assert len({program.id for program in PROGRAMS}) == len(PROGRAMS)


@each_program
def test_through_the_policy(
    program: Hostile, canaries: Canaries, execute: Execute, pool_and_runner: tuple[Pool, asyncio.Runner]
) -> None:
    source = canaries.fill(program.source)
    try:
        check(Program(source), LIMITS)
    except RequestError:  # said no before anything was run
        answer = None
    else:
        answer = execute(source)
    assert_unharmed(answer, canaries, execute, pool_and_runner[0])


@each_program
def test_past_the_policy(
    program: Hostile, canaries: Canaries, execute: Execute, pool_and_runner: tuple[Pool, asyncio.Runner]
) -> None:
    answer = execute(canaries.fill(past_the_policy(program)))
    assert_unharmed(answer, canaries, execute, pool_and_runner[0])
