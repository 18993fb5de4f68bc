"""Numbers in bounded room."""

import math

from chainrule.graph.model import Complex
from chainrule.render.card.numbers import magnitude, many, one
from hypothesis import given
from hypothesis import strategies as st

REALS = st.floats(min_value=-1e307, max_value=1e307)


@given(st.lists(REALS, min_size=1, max_size=8), st.integers(5, 12))
def test_every_number_fits_its_room(numbers: list[float], characters: int) -> None:
    # The longest exponent, as in -1e-308, takes seven characters.
    room = max(characters, 7)
    for word in many(numbers, room):
        assert len(word) <= room


@given(REALS, st.integers(7, 12))
def test_a_number_keeps_its_sign_and_its_size(number: float, characters: int) -> None:
    shown = float(one(number, characters))
    assert math.isclose(shown, number, rel_tol=0.5, abs_tol=0)
    assert math.copysign(1, shown) == math.copysign(1, number) or number == 0


@given(st.lists(st.integers(-(10**8), 10**8), min_size=1, max_size=4))
def test_whole_numbers_are_whole(numbers: list[int]) -> None:
    assert many(numbers, 10) == [str(n) for n in numbers]


def test_the_numbers_of_a_tensor_have_the_same_decimals() -> None:
    assert many([0.449, -0.7287, -1.23671], 7) == ["0.4490", "-0.7287", "-1.2367"]
    assert many([12.5, 1000.25], 7) == ["12.50", "1000.25"]


def test_what_would_look_like_zero_has_an_exponent() -> None:
    assert many([1.5, 1e-9, 0.0], 7) == ["1.5000", "1.00e-9", "0"]


def test_what_is_not_finite_has_its_own_word() -> None:
    assert many(["nan", "inf", "-inf", 1.0], 7) == ["NaN", "∞", "-∞", "1"]


def test_booleans_are_words() -> None:
    assert many([True, False], 5) == ["True", "False"]


def test_complex_numbers_have_both_parts_with_the_same_decimals() -> None:
    numbers = [Complex(re=1.0, im=-2.0), Complex(re=-0.5, im=0.25)]
    assert many(numbers, 17) == ["1.0000-2.0000i", "-0.5000+0.2500i"]
    assert one(Complex(re=0.0, im=1.0), 13) == "0+1i"
    assert one(Complex(re="nan", im="-inf"), 13) == "NaN-∞i"


def test_the_magnitude_is_signed_for_reals_and_a_modulus_for_complex_numbers() -> None:
    assert magnitude(-2.5) == -2.5
    assert magnitude(True) == 1.0
    assert magnitude(Complex(re=3.0, im=4.0)) == 5.0
    assert magnitude("nan") is None
    assert magnitude(Complex(re=0.0, im="inf")) is None
