"""Numbers as JSON carries them, and back."""

import math

import pytest
from chainrule.graph.model import Complex
from chainrule.graph.numbers import json_real, magnitude, python_values
from hypothesis import given
from hypothesis import strategies as st


@given(st.floats())
def test_a_real_number_comes_back_from_json(number: float) -> None:
    carried = json_real(number)
    assert isinstance(carried, str) is not math.isfinite(number)
    back = python_values(carried)
    assert back == number or (math.isnan(back) and math.isnan(number))


def test_nested_lists_keep_their_depth_and_whole_numbers() -> None:
    assert python_values([[1, True], [], "-inf", Complex(re=0.0, im=2.0)]) == [[1, True], [], -math.inf, 2j]


@pytest.mark.parametrize(
    ("number", "weight"),
    [(-2.5, -2.5), (True, 1.0), (Complex(re=3.0, im=4.0), 5.0), ("nan", None), (Complex(re=0.0, im="inf"), None)],
)
def test_the_magnitude_is_signed_for_reals_and_a_modulus_for_complex_numbers(number: object, weight: object) -> None:
    assert magnitude(number) == weight  # type: ignore[arg-type]  # one list for every kind
