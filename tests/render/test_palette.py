"""The palette is the one place with colours: no other file of ours has a literal one."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from chainrule.render.palette import PALETTE

from scripts import write_palette
from tests import ROOT

PALETTES = {ROOT / "app" / "chainrule" / "render" / "palette.py", write_palette.STYLESHEET}
HEXADECIMAL = re.compile(r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})\b")
FUNCTION = re.compile(r"\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\(|light-dark\(", re.I)
NAMED = re.compile(
    r"""(?:\b(?:color|colour|fill|stroke|background|border|outline|shadow|accent|caret)[\w-]*["']?\s*[:=]\s*["']?[^;{}"'\n]*)
    \b(?<![-\w])(?:black|white|red|green|blue|gray|grey|orange|violet|purple|yellow|pink|brown|cyan|magenta|navy|teal
    |silver|maroon|lime|olive|aqua|fuchsia|(?:light|dark|medium|pale|deep)[a-z]+)(?![-\w(])""",
    re.I | re.X,
)
QUOTED = re.compile(r"""["'](?:black|white|red|green|blue|gr[ae]y|orange|violet|purple|(?:light|dark)[a-z]+)["']""")
KEYWORDS = re.compile(r"color-scheme\b[^;}>]*")
"""Where "light" and "dark" are no colours."""


def _sheets() -> Iterator[Path]:
    for folder in ("static", "templates"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".css", ".js", ".html", ".svg") and "vendor" not in path.parts and path not in PALETTES:
                yield path


SHEETS = list(_sheets())
"""The files that browsers and other readers get, without the palette's own."""

MODULES = sorted(set((ROOT / "app").rglob("*.py")) - PALETTES)


def colours_in(text: str, *, code: bool) -> list[str]:
    """The colour literals of a text; in code only what stands in quotes."""
    found = re.findall(rf"""["':= ]({HEXADECIMAL.pattern})["';,) ]""", text) if code else HEXADECIMAL.findall(text)
    if code:
        found += QUOTED.findall(text)
    else:
        text = KEYWORDS.sub("", text)
        found += FUNCTION.findall(text) + [match[0] for match in NAMED.finditer(text)]
    return found


def test_the_search_finds_every_way_to_write_a_colour() -> None:
    for written in ("color: #fff", "fill:#1b1a17ff", "rgb(0 0 0 / 5%)", "hsla(1,2%,3%)", "border: 1px solid red",
                    'fill="white"', '{ backgroundColor: "grey" }', "stroke=darkblue", "light-dark(a, b)"):  # fmt: skip
        assert colours_in(written, code=False), written
    for written in ("color: var(--ink)", "color-mix(in srgb, var(--ink) 5%, transparent)", "color-scheme: light dark",
                    "href='#gallery'", "fill: none", "fill:currentColor", "background: Highlight"):  # fmt: skip
        assert not colours_in(written, code=False), written


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_sheet_or_script_has_a_colour_of_its_own(path: Path) -> None:
    found = colours_in(path.read_text(encoding="utf-8"), code=False)
    if path.name == "icon.svg":  # an icon has no page whose properties it could use
        assert set(found) <= {colour for tones in PALETTE.values() for colour in (tones.light, tones.dark)}
        return
    assert found == []


def test_no_module_has_a_colour_of_its_own() -> None:
    found = {path.name: colours_in(path.read_text(encoding="utf-8"), code=True) for path in MODULES}
    assert {name: colours for name, colours in found.items() if colours} == {}


def test_pages_use_no_property_that_nobody_sets() -> None:
    paths = [path for path in SHEETS if path.name != "graph.css"] + [write_palette.STYLESHEET]
    texts = [path.read_text(encoding="utf-8") for path in paths]
    used = {name for text in texts for name in re.findall(r"var\((--[\w-]+)|getPropertyValue\(\"(--[\w-]+)", text)}
    names = {name or other for name, other in used}
    declared = {name for text in texts for name in re.findall(r"(--[\w-]+)[\"']?\s*[:,]", text)}
    assert names <= declared
    assert {f"--{role}" for role in PALETTE} <= names, "a role that nothing uses"
