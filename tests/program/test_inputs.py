"""Inputs are numbers or regular nested lists of numbers."""

import json
from dataclasses import replace

import pytest
from chainrule.errors import GradientInvalidError, InputInvalidError
from chainrule.graph import Complex
from chainrule.limits import Limits
from chainrule.program import check
from chainrule.program.inputs import MAX_DIMENSIONS, validate_gradient, validate_inputs
from chainrule.protocol.program import Program

LIMITS = Limits()


@pytest.mark.parametrize(
    ("given", "made"),
    [
        (2, 2.0),
        (2.5, 2.5),
        ([1, 2], [1.0, 2.0]),
        ([[1, 2], [3, 4.5]], [[1.0, 2.0], [3.0, 4.5]]),
        ((1, 2), [1.0, 2.0]),
        ([], []),
        ([[], []], [[], []]),
        ("nan", "nan"),
        (["inf", "-inf"], ["inf", "-inf"]),
        (float("inf"), "inf"),
        (float("-inf"), "-inf"),
        (float("nan"), "nan"),
        ({"re": 1, "im": 2}, Complex(re=1.0, im=2.0)),
        ([1, {"re": 0, "im": "inf"}], [Complex(re=1.0, im=0.0), Complex(re=0.0, im="inf")]),
        (Complex(re=1.0, im=0.5), Complex(re=1.0, im=0.5)),
    ],
)
def test_numbers_become_floats_or_all_complex(given: object, made: object) -> None:
    assert validate_inputs({"x": given}, LIMITS) == {"x": made}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("two", r"x is the text 'two', not a number"),
        (None, r"x is null, not a number"),
        (True, r"x is true or false, not a number"),
        ([1, None], r"x\[1\] is null"),
        ([[1, 2], [3]], r"x\[1\] is a list of 1, while x\[0\] is a list of 2"),
        ([1, [2]], r"x\[1\] is a list of 1, while x\[0\] is a number"),
        ([[[1]], [[1], [2]]], r"x\[1\] is of shape \[2, 1\], while x\[0\] is of shape \[1, 1\]"),
        ({"re": 1}, r"x is an object"),
        ({"re": 1, "im": [2]}, r"x is a list, not a number"),
        (10**400, r"too large for a float"),
        (b"12", r"x is a bytes"),
    ],
)
def test_what_is_no_number_is_refused_with_its_place(given: object, words: str) -> None:
    with pytest.raises(InputInvalidError, match=words):
        validate_inputs({"x": given}, LIMITS)


def test_nesting_has_a_limit() -> None:
    deep: object = 1
    for _ in range(MAX_DIMENSIONS):
        deep = [deep]
    validate_inputs({"x": deep}, LIMITS)
    with pytest.raises(InputInvalidError, match="nested more than 16 lists deep"):
        validate_inputs({"x": [deep]}, LIMITS)
    with pytest.raises(InputInvalidError, match="nested more than 16 lists deep"):
        validate_inputs({"x": json.loads("[" * 900 + "]" * 900)}, LIMITS)


def test_the_numbers_of_all_inputs_together_have_a_limit() -> None:
    limits = replace(LIMITS, input_elements=4)
    validate_inputs({"x": [1, 2], "y": [3, 4]}, limits)
    with pytest.raises(InputInvalidError, match=r"'y': y has too many numbers: all inputs together may have 4"):
        validate_inputs({"x": [1, 2, 3], "y": [4, 5]}, limits)
    with pytest.raises(InputInvalidError, match=r"'z'.*all inputs together may have 4"):
        validate_inputs({"x": [1, 2, 3, 4], "z": 5}, limits)


@pytest.mark.parametrize("name", ["2x", "a b", "", "for", "x.y", "__class__", "torch", "nn", "F", "math", "x-1"])
def test_a_name_that_is_no_variable_is_refused(name: str) -> None:
    with pytest.raises(InputInvalidError):
        validate_inputs({name: 1.0}, LIMITS)


def test_an_input_may_stand_in_a_program_of_several_statements() -> None:
    program = check(Program("y = x**2\ny.sum()", {"x": [1, 2]}), LIMITS)
    assert not program.is_expression
    assert program.program.inputs == {"x": [1.0, 2.0]}
    assert program.bound_names == {"y"}


def test_an_input_may_take_the_name_of_a_function() -> None:
    assert check(Program("var * 2", {"var": 3}), LIMITS).program.inputs == {"var": 3.0}


def test_an_input_that_the_program_overwrites_is_refused() -> None:
    with pytest.raises(InputInvalidError, match="gives x a value itself"):
        check(Program("x = torch.ones(1)\nx*2", {"x": 1}), LIMITS)


@pytest.mark.parametrize(
    ("source", "inputs"),
    [
        ("x*y + 1", {"x", "y"}),
        ("(lambda x: x**2)(x)", {"x"}),
        ("(lambda x: x**2)(torch.ones(1))", set()),
        ("[a*i for i in range(3)]", {"a"}),
        ("[x for x in x]", {"x"}),
        ("(y := x*2) + y", {"x"}),
        ("sin(x) + torch.exp(pi*w)", {"x", "w"}),
        ("(W @ x + b).relu()", {"W", "x", "b"}),
        ("f'{x:.2f}'", {"x"}),
        ("e**x + t", {"e", "x", "t"}),
        ("sum(v for v in (a, b))", {"a", "b"}),
        ('"""Title"""\n\n# words\nx + 1  # more\n', {"x"}),
        ("x.T @ x\r\n", {"x"}),
        ("\ufeffx", {"x"}),
    ],
)
def test_free_names_of_an_expression_are_its_inputs(source: str, inputs: set[str]) -> None:
    program = check(Program(source), LIMITS)
    assert program.is_expression
    assert program.program.inputs == dict.fromkeys(inputs, 1.0)
    assert "\r" not in program.program.source


def test_a_gradient_is_read_as_inputs_are() -> None:
    assert validate_gradient([[1, 0], [0, "inf"]], LIMITS) == [[1.0, 0.0], [0.0, "inf"]]


@pytest.mark.parametrize(
    ("gradient", "told"),
    [
        ("a", "gradient is the text 'a', not a number"),
        ([1, None], "gradient[1] is null, not a number"),
        ([1, [2]], "gradient[1] is a list of 1, while gradient[0] is a number: all must be alike"),
    ],
)
def test_a_gradient_that_is_no_nested_list_of_numbers_is_refused(gradient: object, told: str) -> None:
    with pytest.raises(GradientInvalidError) as caught:
        validate_gradient(gradient, LIMITS)
    assert str(caught.value) == told
