"""The way in: programs, expressions and their inputs."""

import pytest
from chainrule.assets import EXAMPLES
from chainrule.errors import InputInvalidError, ProgramRejectedError, SourceEmptyError, SourceTooLongError
from chainrule.limits import Limits
from chainrule.program import check
from chainrule.protocol.program import Program

LIMITS = Limits()


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.stem)
def test_every_example_passes(path) -> None:
    program = check(Program(path.read_text()), LIMITS)
    assert program.is_expression == (path.stem == "expression")


def test_a_free_name_of_an_expression_is_an_input_with_value_one() -> None:
    program = check(Program("(2*x**3).sum()/12 + w", {"w": [1, 2]}), LIMITS)
    assert program.is_expression
    assert program.program.inputs == {"w": [1.0, 2.0], "x": 1.0}


def test_a_called_name_that_nothing_defines_is_refused_with_a_suggestion() -> None:
    with pytest.raises(ProgramRejectedError) as caught:
        check(Program("tenosr([1.]) + x"), LIMITS)
    (violation,) = caught.value.violations
    assert violation.message == "tenosr is not defined; did you mean tensor?"
    assert (violation.line, violation.column, violation.end_line, violation.end_column) == (1, 0, 1, 6)
    assert violation.suggestion == "tensor"


@pytest.mark.parametrize("source", ["", "  \n\n", "# only a comment", '"""A title"""\n'])
def test_a_text_without_code_is_empty(source: str) -> None:
    with pytest.raises(SourceEmptyError):
        check(Program(source), LIMITS)


def test_a_text_over_the_limit_is_refused_with_both_sizes() -> None:
    with pytest.raises(SourceTooLongError, match=r"2000002 bytes; 65536 are allowed"):
        check(Program("1," * 1_000_000 + "é"), LIMITS)


def test_an_input_that_nothing_uses_is_refused() -> None:
    with pytest.raises(InputInvalidError, match=r"does not use X; its inputs are x \(did you mean x"):
        check(Program("x**2", {"X": 2.0}), LIMITS)
