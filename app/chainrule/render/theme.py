"""The stylesheets made from the palette: that of a picture, and that of the pages.

A picture's rules stand in ``templates/graph.css``, a rule a line; ``$ink`` in it stands for that colour.
"""

from functools import cache

from chainrule import assets
from chainrule.render.options import Theme
from chainrule.render.palette import LEVELS, PALETTE, PICTURE


def _heat() -> str:
    rules = []
    for sign, colour in (("v", "forward"), ("g", "backward"), ("m", "negative")):
        for level, opacity in enumerate(LEVELS, 1):
            rules.append(f".{sign}{level}{{fill:${colour};fill-opacity:{opacity:g}}}")
    return "\n".join(rules)


def _scoped(rules: str) -> str:
    lines = []
    for rule in rules.strip().splitlines():
        selector, brace, body = rule.partition("{")
        scoped = ",".join(f".chainrule {part}" for part in selector.split(","))
        lines.append(scoped + brace + body)
    return "\n".join(lines)


def _variables(theme: str) -> str:
    return ";".join(f"--cr-{name}:{tones.on(theme)}" for name, tones in PICTURE.items())


@cache
def stylesheet(theme: Theme) -> str:
    """Return the stylesheet of a theme, the same for every picture.

    "auto" names its colours as custom properties ``--cr-*`` on ``.chainrule``: they follow ``prefers-color-scheme``,
    or ``data-theme`` ("light" or "dark") on an element around the picture. Each use has the light colour before it, for
    readers that know no custom properties. The other themes have plain colours only.
    """
    rules = _scoped((assets.TEMPLATES / "graph.css").read_text(encoding="utf-8") + _heat())
    # The longer names first: $backward is the beginning of $backward-ink.
    names = sorted(PICTURE, key=len, reverse=True)
    if theme != "auto":
        for name in names:
            rules = rules.replace(f"${name}", PICTURE[name].on(theme))
        return rules
    for kind in ("stroke", "fill"):
        for name in names:
            plain = f"{kind}:{PICTURE[name].light}"
            rules = rules.replace(f"{kind}:${name}", f"{plain};{kind}:var(--cr-{name})")
    return "\n".join(
        (
            f".chainrule{{{_variables('light')}}}",
            f"@media (prefers-color-scheme:dark){{.chainrule{{{_variables('dark')}}}}}",
            f"[data-theme=light] .chainrule{{{_variables('light')}}}",
            f"[data-theme=dark] .chainrule{{{_variables('dark')}}}",
            f"@media print{{.chainrule,[data-theme] .chainrule{{{_variables('print')}}}}}",
            rules,
        )
    )


@cache
def page_stylesheet() -> str:
    """Return the stylesheet that gives pages their colours: a custom property for each role, as ``--ink``.

    They follow ``prefers-color-scheme``, or ``data-theme`` ("light", "dark" or "print") on the root element; paper is
    white whatever the screen is. Each colour stands there once, and what chooses between them has no specificity: a
    stylesheet that comes later can set a role anew.
    """
    light, dark = ({role: colour.on(theme) for role, colour in PALETTE.items()} for theme in ("light", "dark"))
    paper = {role: colour.paper for role, colour in PALETTE.items() if colour.paper not in (None, colour.light)}
    themes = {"light": light, "dark": dark, "print": paper}
    colours = [f"  --{theme}-{role}: {colour};" for theme, roles in themes.items() for role, colour in roles.items()]
    tints = [f"  --tint-{level}: {strength:.0%};" for level, strength in enumerate(LEVELS, 1)]
    chosen = {theme: " ".join(f"--{role}: var(--{theme}-{role});" for role in roles) for theme, roles in themes.items()}
    return "\n".join(
        (
            "/* Made from app/chainrule/render/palette.py by scripts/write_palette.py. */",
            ":where(:root) {",
            *colours,
            *tints,
            f"  color-scheme: light; {chosen['light']}",
            "}",
            "@media screen and (prefers-color-scheme: dark) {",
            "  :where(:root:not([data-theme=light]):not([data-theme=print])) {",
            f"    color-scheme: dark; {chosen['dark']}",
            "  }",
            "}",
            f"@media screen {{ :where(:root[data-theme=dark]) {{ color-scheme: dark; {chosen['dark']} }} }}",
            f":where(:root[data-theme=print]) {{ {chosen['print']} }}",
            f"@media print {{ :where(:root) {{ {chosen['print']} }} }}",
            "",
        )
    )
