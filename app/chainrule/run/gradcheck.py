"""The check: each leaf's gradient beside finite differences of the program, run again in float64."""

import math
import time
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial

import torch

from chainrule.graph.model import Complex, Graph, Values
from chainrule.graph.numbers import json_real, python_values
from chainrule.graph.syntax import Syntax
from chainrule.graph.values import flat
from chainrule.limits import Limits
from chainrule.protocol.messages import Check, ExecutionAnswer, LeafCheck
from chainrule.protocol.program import Program
from chainrule.run.code import Code, compile_program
from chainrule.run.console import FILENAME
from chainrule.run.deadline import LimitReached, run_within
from chainrule.run.environment import surroundings
from chainrule.run.execute import Run, own_names, run_program
from chainrule.run.namespace import bindings
from chainrule.tape import Namespace, Tape
from chainrule.tape.finite_differences import (
    AGREEMENT,
    STEP,
    Compared,
    Move,
    Probe,
    Waiter,
    compare,
    place,
    steps,
    watched,
)
from chainrule.words.nodes import name_of
from chainrule.words.numbers import say_number
from chainrule.words.saying import say

SHARE = 0.8
"""Part of the time of a program which the check may take."""


def check_gradients(program: Program, limits: Limits, over: Callable[[], None] = lambda: None) -> ExecutionAnswer:
    """Compare the gradients of a program's first pass with finite differences; the answer has nothing but the check.

    Args:
        program: its source, its inputs, and what to differentiate.
        limits: what it may use.
        over: called once the program has ended, or was, for the last time.
    """
    started = time.perf_counter()
    syntax = Syntax(program.source, FILENAME)
    seconds = min(SHARE * limits.wall_seconds, SHARE * limits.cpu_seconds, limits.check_seconds)
    try:
        checked = _check(program, syntax, limits, seconds)
    finally:
        over()
    return ExecutionAnswer(check=checked, seconds={"check": time.perf_counter() - started})


def _check(program: Program, syntax: Syntax, limits: Limits, seconds: float) -> Check:
    checker = _Checker(program, syntax, limits, seconds)
    try:
        note = checker.run()
    except LimitReached:
        note = say(
            "The time for the check, {seconds} s, is over; what was compared until then is shown.",
            seconds=say_number(seconds),
        )
    return checker.answer(note)


class _Checker:
    """Runs the program again and again; what was found so far is there at any time."""

    def __init__(self, program: Program, syntax: Syntax, limits: Limits, seconds: float) -> None:
        self._program = program
        self._syntax = syntax
        self._limits = limits
        self._wall_end = time.perf_counter() + seconds
        self._cpu_end = time.process_time() + seconds
        self._code: Code | None = None
        self._runs = 0
        self._names: dict[str, object] = {}
        self._leaves: list[LeafCheck] = []

    def answer(self, note: str | None) -> Check:
        """Return what was found."""
        return Check(pass_index=1, step=STEP, runs=self._runs, leaves=self._leaves, note=note)

    def run(self) -> str | None:
        """Compare every leaf that the first pass reached, and say what could not be compared.

        Raises:
            LimitReached: the time for the check is over.
        """
        self._code = compile_program(self._syntax)
        tape = Tape(self._limits, FILENAME, self._syntax)
        probe = Probe()
        here = self._value(probe, tape)
        if here is None or not tape.pass_count:
            return say("The program runs no backward pass in float64, so there is nothing to compare.")
        graph = tape.graph(names=self._names)
        # What a custom Function saved comes back as another tensor of the same node: the first is the one to move.
        first: dict[str, int] = {}
        for number, tensor in enumerate(probe.leaves):
            first.setdefault(tape.node_of(tensor) or "", number)
        reached = [
            (number, node, probe.leaves[number]) for node, number in first.items() if node and _gradient(graph, node)
        ]
        if not reached:
            return say("No leaf got a gradient in the first pass, so there is nothing to compare.")
        for number, node, tensor in reached:
            self._compare(number, node, tensor.shape, graph, here, max(1, self._limits.check_elements // len(reached)))
        return None

    def _compare(self, number: int, node: str, shape: torch.Size, graph: Graph, here: float, most: int) -> None:
        gradient = _gradient(graph, node)
        found: list[Compared] = []
        for element in steps(len(gradient), most):
            # Numbers as far apart as STEP must be further apart than float64's rounding.
            size = STEP * max(1.0, abs(_value_at(graph, node, element)))
            below, above = (self._value(Probe(Move(number, element, by))) for by in (-size, size))
            if below is None or above is None:
                continue
            found.append(compare(element, gradient[element], (below, here, above), size))
        if not found:
            return
        worst = max(found, key=lambda compared: (not compared.kink, compared.error))
        leaf = next((found for found in graph.nodes if found.id == node), None)
        self._leaves.append(
            LeafCheck(
                node=node,
                name=name_of(leaf) if leaf is not None else node,
                compared=len(found),
                numel=len(gradient),
                largest_error=json_real(worst.error),
                element=list(place(worst.element, shape)),
                gradient=json_real(worst.gradient),
                difference=json_real(worst.difference),
                kink=worst.kink,
                agrees=worst.kink or worst.error <= AGREEMENT,
            )
        )

    def _value(self, probe: Probe, tape: Tape | None = None) -> float | None:
        """Run the program, and give what its first pass starts from; to its end where a tape records it."""
        assert self._code is not None
        self._runs += 1
        waiter = Waiter(probe, stop=tape is None)
        program, run = self._program, Run()
        # A tape notes the program's names; without one nobody asks for them.
        namespace = dict(bindings()) if tape is None else Namespace(tape, bindings())
        with surroundings(self._syntax, program.seed, namespace, self._limits.stdout_bytes):
            torch.set_default_dtype(torch.float64)
            try:
                with watched(probe, waiter), tape or nullcontext():
                    # What surrounds the program is put back outside of what a deadline may interrupt.
                    self._in_time(partial(run_program, program, self._code, tape or waiter, namespace, run))
            except LimitReached:
                raise
            except BaseException:  # what the program raised is told by its own run; here only the value counts
                pass
        if tape is not None:
            self._names = own_names(namespace)
        return waiter.value

    def _in_time(self, program: Callable[[], None]) -> None:
        """Run a program for as long as the check may still take."""
        wall, cpu = self._wall_end - time.perf_counter(), self._cpu_end - time.process_time()
        if min(wall, cpu) <= 0:
            raise LimitReached("check_seconds")
        run_within(wall, cpu, program)


def _gradient(graph: Graph, node: str) -> list[float]:
    """Return a leaf's gradient in the first pass, flat; empty where there is none."""
    found = next((found for found in graph.nodes if found.id == node), None)
    gradient = found.outputs[0].gradients.in_pass(1) if found is not None and found.outputs else None
    return [] if gradient is None else _reals(gradient.values)


def _value_at(graph: Graph, node: str, element: int) -> float:
    found = next(found for found in graph.nodes if found.id == node)
    value = found.outputs[0].value
    numbers = [] if value is None else _reals(value.values)
    return numbers[element] if element < len(numbers) and math.isfinite(numbers[element]) else 0.0


def _reals(values: Values | None) -> list[float]:
    return [python_values(number) for number in flat(values) if not isinstance(number, Complex)]
