"""Marks as the elements of an SVG.

A template is too slow here: drawing again after a change of values is mostly this.
"""

from collections.abc import Iterable
from functools import lru_cache

from chainrule.render.primitives import Mark, MarkGroup, Path, Rect, Text


def write_groups(groups: Iterable[MarkGroup]) -> str:
    """Return groups as SVG, a line each; every text and attribute that may come from a program is escaped."""
    return "".join(map(_group, groups))


@lru_cache(maxsize=65_536)
def pixels(number: float) -> str:
    """Return a length in pixels to a hundredth, as short as it can be said."""
    return f"{number:.2f}".rstrip("0").rstrip(".") if number % 1 else str(int(number))


def escape(text: str) -> str:
    """Return a text in which nothing can end the element or the quoted attribute that it stands in."""
    if text.isalnum():
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
    return f"{''.join(head)}>{''.join(map(_mark, group.marks))}</g>\n"


def _mark(mark: Mark) -> str:
    style = f' class="{mark.style}"' if mark.style else ""
    if isinstance(mark, Rect):
        return _rect(mark, style)
    if isinstance(mark, Text):
        return _text(mark, style)
    return _path(mark, style)


def _rect(mark: Rect, style: str) -> str:
    round_ = f' rx="{pixels(mark.radius)}"' if mark.radius else ""
    return (
        f'<rect{style} x="{pixels(mark.x)}" y="{pixels(mark.y)}" '
        f'width="{pixels(mark.width)}" height="{pixels(mark.height)}"{round_}/>'
    )


def _text(mark: Text, style: str) -> str:
    anchor = f' text-anchor="{mark.anchor}"' if mark.anchor != "start" else ""
    fitted = f' textLength="{pixels(mark.length)}" lengthAdjust="spacingAndGlyphs"' if mark.length else ""
    return (
        f'<text{style} x="{pixels(mark.x)}" y="{pixels(mark.y)}" '
        f'font-size="{pixels(mark.size)}"{anchor}{fitted}>{escape(mark.content)}</text>'
    )


def _path(mark: Path, style: str) -> str:
    return f'<path{style} d="{mark.d}"/>'
