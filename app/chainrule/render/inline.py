"""A picture inside a page that is not ours."""

from base64 import b64encode
from html import escape


def inline_image(svg: bytes, alt: str) -> str:
    """Return an SVG as an image that stands in the page itself.

    As an image it keeps its own styles, and neither the page nor another picture reaches them.

    Args:
        svg: the picture.
        alt: what it shows, in words.
    """
    address = f"data:image/svg+xml;base64,{b64encode(svg).decode()}"
    return f'<img src="{address}" alt="{escape(alt, quote=True)}" style="max-width: 100%">'
