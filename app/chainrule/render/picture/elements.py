"""Marks as the elements of an SVG.

A template is too slow here: drawing again after a change of values is mostly this.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from chainrule.render.primitives import Mark, MarkGroup, Path, Rect

_SPECIAL = re.compile("[&<>\"']")


def write_groups(groups: Iterable[MarkGroup]) -> str:
    """Return groups as SVG, a line each; every text and attribute that may come from a program is escaped."""
    return "".join(map(_group, groups))


@lru_cache(maxsize=65_536)
def pixels(number: float) -> str:
    """Return a length in pixels to a hundredth, as short as it can be said."""
    return f"{number:.2f}".rstrip("0").rstrip(".") if number % 1 else str(int(number))


def escape(text: str) -> str:
    """Return a text in which nothing can end the element or the quoted attribute that it stands in."""
    if _SPECIAL.search(text) is None:
        return text
    return (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&#34;").replace("'", "&#39;")
    )


def _group(group: MarkGroup) -> str:
    head = [f'<g class="{escape(group.style)}"']
    head += [f' data-{key}="{escape(value)}"' for key, value in group.data]
    if group.x or group.y or group.scale != 1:
        scale = f" scale({group.scale:g})" if group.scale != 1 else ""
        head.append(f' transform="translate({pixels(group.x)} {pixels(group.y)}){scale}"')
    if group.focusable:
        head.append(' tabindex="0"')
    if group.label:
        role = "graphics-object group" if group.focusable else "graphics-symbol img"
        head.append(f' role="{role}" aria-label="{escape(group.label)}"')
    return f"{''.join(head)}>{_marks(group.marks)}</g>\n"


def _marks(marks: Iterable[Mark]) -> str:
    # One loop without further calls: a picture has thousands of marks.
    px, written = pixels, []
    for mark in marks:
        if isinstance(mark, Path):
            d, style = mark
            written.append(f'<path class="{style}" d="{d}"/>' if style else f'<path d="{d}"/>')
        elif isinstance(mark, Rect):
            x, y, width, height, style, radius = mark
            named = f' class="{style}"' if style else ""
            round_ = f' rx="{px(radius)}"' if radius else ""
            place = f'x="{px(x)}" y="{px(y)}" width="{px(width)}" height="{px(height)}"'
            written.append(f"<rect{named} {place}{round_}/>")
        else:
            x, y, content, size, style, anchor, length = mark
            named = f' class="{style}"' if style else ""
            anchored = f' text-anchor="{anchor}"' if anchor != "start" else ""
            fitted = f' textLength="{px(length)}" lengthAdjust="spacingAndGlyphs"' if length else ""
            place = f'x="{px(x)}" y="{px(y)}" font-size="{px(size)}"'
            written.append(f"<text{named} {place}{anchored}{fitted}>{escape(content)}</text>")
    return "".join(written)
