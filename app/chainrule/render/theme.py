"""The colours of the pictures, and the stylesheet that applies them: ``templates/graph.css``, a rule a line.

``$ink`` in it stands for that colour.

Forward is blue, gradient is orange, negative is violet; nothing else is coloured. The three differ in hue and in
lightness for every common kind of colour blindness, and each cell says its number too.
"""

from functools import cache

from chainrule import assets
from chainrule.render.options import Theme

LEVELS = (0.10, 0.18, 0.26, 0.34, 0.42, 0.50, 0.58)
"""How strongly a cell is tinted, from the smallest numbers to the largest."""

COLOURS: dict[str, dict[str, str]] = {
    "light": {
        "ground": "#f7f6f3",
        "card": "#ffffff",
        "ink": "#1b1a17",
        "soft": "#67635a",
        "line": "#d8d4cb",
        "wire": "#8b867b",
        "forward": "#2f6fd6",
        "backward": "#e0651b",
        "negative": "#7d4fbf",
        "backward-ink": "#a84308",
        "forward-ink": "#1f57b0",
    },
    "dark": {
        "ground": "#161512",
        "card": "#211f1b",
        "ink": "#f3f1eb",
        "soft": "#a8a397",
        "line": "#403d36",
        "wire": "#8f897d",
        "forward": "#6da0f2",
        "backward": "#f08a48",
        "negative": "#a98be0",
        "backward-ink": "#f5a06a",
        "forward-ink": "#8db6f7",
    },
    "print": {
        "ground": "#ffffff",
        "card": "#ffffff",
        "ink": "#000000",
        "soft": "#4a4a4a",
        "line": "#b5b5b5",
        "wire": "#6a6a6a",
        "forward": "#2f6fd6",
        "backward": "#e0651b",
        "negative": "#7d4fbf",
        "backward-ink": "#963a04",
        "forward-ink": "#1f57b0",
    },
}


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
    return ";".join(f"--cr-{name}:{value}" for name, value in COLOURS[theme].items())


@cache
def stylesheet(theme: Theme) -> str:
    """Return the stylesheet of a theme, the same for every picture.

    "auto" names its colours as custom properties ``--cr-*`` on ``.chainrule``: they follow ``prefers-color-scheme``,
    or ``data-theme`` ("light" or "dark") on an element around the picture. Each use has the light colour before it, for
    readers that know no custom properties. The other themes have plain colours only.
    """
    rules = _scoped((assets.TEMPLATES / "graph.css").read_text(encoding="utf-8") + _heat())
    # The longer names first: $backward is the beginning of $backward-ink.
    names = sorted(COLOURS["light"], key=len, reverse=True)
    if theme != "auto":
        for name in names:
            rules = rules.replace(f"${name}", COLOURS[theme][name])
        return rules
    for kind in ("stroke", "fill"):
        for name in names:
            plain = f"{kind}:{COLOURS['light'][name]}"
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
