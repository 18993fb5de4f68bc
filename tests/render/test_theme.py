"""Every text can be read in every theme, and pages can set the colours."""

import re

import pytest
from chainrule.render.options import Theme
from chainrule.render.palette import LEVELS, PALETTE, PICTURE
from chainrule.render.theme import page_stylesheet, stylesheet

from scripts import write_palette

THEMES = ("light", "dark", "print")

LEAST = 4.5
"""Contrast that WCAG 2.2 asks for normal text (success criterion 1.4.3)."""

TEXTS = ("ink", "soft", "forward-ink", "backward-ink", "negative", "good", "bad")
GROUNDS = ("card", "raised", "wash")
"""What pages write with, and on."""


def channels(colour: str) -> list[float]:
    return [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]


def luminance(rgb: list[float]) -> float:
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(text: list[float], ground: list[float]) -> float:
    bright, dark = sorted((luminance(text), luminance(ground)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def over(colour: str, opacity: float, ground: str) -> list[float]:
    return [opacity * a + (1 - opacity) * b for a, b in zip(channels(colour), channels(ground), strict=True)]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("ink", "card"),
        ("ink", "ground"),
        ("soft", "card"),
        ("soft", "ground"),
        ("card", "ink"),
        ("backward-ink", "ground"),
        ("forward-ink", "card"),
        ("forward-ink", "ground"),
        *((text, ground) for text in TEXTS for ground in GROUNDS),
        *(("ink", ground) for ground in ("note-wash", "warn-wash", "bad-wash")),
        ("bad", "bad-wash"),
    ],
)
def test_text_stands_out_from_its_ground(theme: str, text: str, ground: str) -> None:
    assert contrast(channels(PALETTE[text].on(theme)), channels(PALETTE[ground].on(theme))) >= LEAST


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("tint", ["forward", "backward", "negative"])
def test_numbers_can_be_read_on_every_tint(theme: str, tint: str) -> None:
    for level in LEVELS:
        for ground in ("card", "ground"):
            tinted = over(PALETTE[tint].on(theme), level, PALETTE[ground].on(theme))
            assert contrast(channels(PALETTE["ink"].on(theme)), tinted) >= LEAST


@pytest.mark.parametrize("theme", THEMES)
def test_lines_can_be_seen(theme: str) -> None:
    # WCAG 2.2 asks 3:1 of graphical objects (success criterion 1.4.11).
    for line in ("wire", "forward", "backward", "negative"):
        for ground in ("ground", "card"):
            assert contrast(channels(PALETTE[line].on(theme)), channels(PALETTE[ground].on(theme))) >= 3


def test_the_automatic_theme_has_a_plain_colour_before_each_custom_property() -> None:
    rules = stylesheet("auto")
    used = re.findall(r"(fill|stroke):var\((--cr-[a-z-]+)\)", rules)
    assert used
    for kind, name in used:
        plain = PICTURE[name.removeprefix("--cr-")].light
        assert f"{kind}:{plain};{kind}:var({name})" in rules
    assert rules.count("var(") == len(used)


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_a_fixed_theme_has_plain_colours_only(theme: Theme) -> None:
    rules = stylesheet(theme)
    assert "var(" not in rules
    assert "$" not in rules


@pytest.mark.parametrize("theme", ["auto", "light", "dark", "print"])
def test_no_rule_reaches_outside_the_picture(theme: Theme) -> None:
    rules = re.sub(r"@media[^{]*\{(.*?\})\}", r"\1", stylesheet(theme))
    for rule in rules.splitlines():
        for selector in rule.partition("{")[0].split(","):
            assert ".chainrule" in selector, rule


def test_a_page_chooses_the_theme_by_an_attribute_around_the_picture() -> None:
    rules = stylesheet("auto")
    assert f"[data-theme=dark] .chainrule{{--cr-ground:{PALETTE['ground'].dark}" in rules
    assert f"[data-theme=light] .chainrule{{--cr-ground:{PALETTE['ground'].light}" in rules


def test_the_stylesheet_of_the_pages_is_the_palettes() -> None:
    assert write_palette.STYLESHEET.read_text(encoding="utf-8") == page_stylesheet()


def test_pages_have_each_colour_of_a_theme_once() -> None:
    declared = re.findall(r"(--[a-z]+-[a-z-]+): (#[0-9a-f]+);", page_stylesheet())
    names = [name for name, _ in declared]
    assert len(set(names)) == len(names)
    assert dict(declared) == {
        f"--{theme}-{role}": tones.on(theme)
        for theme in THEMES
        for role, tones in PALETTE.items()
        if theme != "print" or tones.on("print") != tones.light
    }


def test_every_role_has_a_colour_in_every_theme_of_the_pages() -> None:
    light, preferred, switched = re.findall(r"color-scheme: (?:light|dark); (.*?)$", page_stylesheet(), re.M)
    assert re.findall(r"--([a-z-]+): var\(--light-\1\);", light) == list(PALETTE)
    assert re.findall(r"--([a-z-]+): var\(--dark-\1\);", preferred) == list(PALETTE)
    assert switched.startswith(preferred)
