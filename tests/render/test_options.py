"""The options of a view, as a query gives them."""

import pytest
from chainrule.errors import ViewInvalidError
from chainrule.render import ViewOptions


def read(**query: str) -> ViewOptions:
    return ViewOptions.from_query(query)


def test_nothing_asked_is_the_default() -> None:
    assert ViewOptions.from_query({}) == ViewOptions()


def test_every_option_has_its_type() -> None:
    query = {
        "view": "gradients",
        "pass": "2",
        "step": "7",
        "theme": "dark",
        "direction": "lr",
        "open": "net.0, net.3.attn",
        "closed": "net.1",
        "highlight": "x,n3",
        "path": "x..z",
        "constants": "off",
        "saved": "on",
        "detached": "0",
        "labels": "norms",
        "widths": "true",
        "font-scale": "1.5",
        "boxes": "40",
        "style": "Cards",
        "scale": "2",
    }
    assert ViewOptions.from_query(query) == ViewOptions(
        view="gradients",
        pass_index=2,
        step=7,
        theme="dark",
        direction="LR",
        open=("net.0", "net.3.attn"),
        closed=("net.1",),
        highlight=("x", "n3"),
        path=("x", "z"),
        constants=False,
        saved=True,
        detached=False,
        labels="norms",
        widths=True,
        font_scale=1.5,
        boxes=40,
        style="cards",
        scale=2.0,
    )


def test_a_hyphen_and_an_underscore_are_the_same() -> None:
    assert ViewOptions.from_query({"font-scale": "2"}) == ViewOptions.from_query({"font_scale": "2"})


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("colour", "red", "there is no such option; there are boxes,"),
        ("pass_index", "1", "there is no such option"),
        ("view", "all", "'all' is not one of both, values, gradients, structure"),
        ("theme", "", "'' is not one of auto"),
        ("pass", "0", "0 is not from 1"),
        ("pass", "last", "'last' is not a whole number"),
        ("step", "-1", "-1 is not from 1"),
        ("boxes", "1000000", "1000000 is not from 2"),
        ("constants", "maybe", "neither on nor off"),
        ("style", "classic", "'classic' is not one of cards"),
        ("path", "x", "not of the form start..end"),
        ("path", "..z", "not of the form start..end"),
        ("font-scale", "nan", "nan is not from 0.5 to 3"),
        ("font-scale", "big", "'big' is not a number"),
        ("scale", "100", "100 is not from 0.5 to 4"),
        ("open", "x" * 3000, "longer than 2000 characters"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(option: str, value: str, message: str) -> None:
    with pytest.raises(ViewInvalidError) as caught:
        ViewOptions.from_query({option: value})
    assert message in str(caught.value)
    assert caught.value.option == option
