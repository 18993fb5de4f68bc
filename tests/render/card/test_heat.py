"""The tints of cells: how strong, and with which sign."""

from chainrule.graph.model import Complex
from chainrule.render.card.heat import Scale
from chainrule.render.palette import LEVELS

STRONGEST = len(LEVELS)


def test_a_level_grows_with_the_magnitude_and_has_the_sign() -> None:
    scale = Scale("value", 2.0)
    assert scale.level(2.0) == STRONGEST
    assert scale.level(-2.0) == -STRONGEST
    assert scale.level(1e-9) == 1
    assert scale.level(0.0) == 0
    assert scale.level("nan") is None
    assert Scale("value", 5.0).level(Complex(re=3.0, im=4.0)) == STRONGEST
    assert Scale("value", 0.0).level(0.0) == 0


def test_a_level_grows_with_the_square_root() -> None:
    # A quarter of the largest has half of the seven levels, rounded up.
    assert Scale("value", 8.0).level(2.0) == 4


def test_a_tint_names_kind_and_level() -> None:
    assert Scale("value", 1.0).tint(1.0) == f"v{STRONGEST}"
    assert Scale("gradient", 1.0).tint(1.0) == f"g{STRONGEST}"
    assert Scale("gradient", 1.0).tint(-1.0) == f"m{STRONGEST}"
    assert Scale("value", 1.0).tint(0.0) == ""
    assert Scale("value", 1.0).tint("inf") == "alarm"
