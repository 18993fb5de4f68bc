"""Whole programs in the style of tutorials, forums and course notebooks: each is accepted, and runs as it does alone.

The programs state facts about themselves in their assertions. What they print is compared with the same program that
runs without a tape, so that nothing that is recorded changes a number.
"""

from pathlib import Path

import pytest
from chainrule.graph.syntax import Syntax
from chainrule.program import check
from chainrule.protocol.messages import ExecutionAnswer
from chainrule.protocol.program import Program
from chainrule.run.code import compile_program
from chainrule.run.environment import surroundings
from chainrule.run.execute import execute
from chainrule.run.namespace import bindings

from tests.diagnose.diagnosed import LIMITS

FOLDER = Path(__file__).parent / "pasted"
PROGRAMS = {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.py"))}
PASSES = {
    "autoencoder_hooks": 2,
    "bayesian_reparameterisation": 3,
    "char_rnn_names": 3,
    "cnn_cifar_shape": 4,
    "custom_function_ste": 1,
    "dqn": 5,
    "enum_factory": 1,
    "gan": 12,
    "gradient_accumulation": 4,
    "gradient_descent_course": 1,
    "graph_convolution": 1,
    "lstm_text": 4,
    "mnist_mlp": 6,
    "notebook_cells": 1,
    "old_variable_style": 9,
    "polynomial_by_hand": 40,
    "regression_numpy_free": 60,
    "reinforce": 2,
    "terminal_session": 1,
    "transfer_learning": 4,
    "vae": 12,
}
"""How often a program calls backward, counted by hand."""
IGNORED = {
    "char_rnn_names": ["io", "glob"],
    "transformer_from_scratch": ["inspect"],
    "cnn_cifar_shape": ["torchvision", "torchvision.transforms"],
    "regression_numpy_free": ["pandas"],
    "style_transfer": ["PIL", "torchvision.transforms"],
    "vae": ["torchvision", "torchvision.utils"],
}
"""What a program imports in vain and is not here; what is here does not count."""


def checked(name: str) -> Program:
    return check(Program(PROGRAMS[name]), LIMITS).program


def console(answer: ExecutionAnswer) -> str:
    return "".join(line.text for line in answer.console)


def without_a_tape(program: Program) -> str:
    """What a program prints where nobody records it."""
    syntax, namespace = Syntax(program.source, "<program>"), dict(bindings())
    code = compile_program(syntax)
    with surroundings(syntax, program.seed, namespace, LIMITS.stdout_bytes) as around:
        if code.body is not None:
            exec(code.body, namespace)
        if code.last is not None:
            eval(code.last, namespace)
    return "".join(line.text for line in around.console.lines())


def test_there_are_many() -> None:
    assert len(PROGRAMS) >= 36
    assert {*PASSES, *IGNORED} <= PROGRAMS.keys()


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_whole_program_is_accepted_and_does_what_it_does_alone(name: str) -> None:
    program = checked(name)
    answer = execute(program, LIMITS)
    assert [(problem.slug, problem.message) for problem in answer.problems if problem.severity == "error"] == []
    assert console(answer) == without_a_tape(program)
    assert console(answer) != ""
    assert answer.graph.passes
    if name in PASSES:
        assert len(answer.graph.passes) == PASSES[name]
    ignored = [problem.detail.partition(" ")[0] for problem in answer.problems if problem.slug == "import-ignored"]
    assert [one for one in ignored if not one.startswith(("matplotlib", "torch."))] == IGNORED.get(name, [])
