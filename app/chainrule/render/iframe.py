"""The frame that shows a graph in a page that is not ours, as HTML."""

from html import escape

TITLE = "Autograd graph"
HEIGHT = 480
"""Until the page inside says how high it is, where somebody listens."""

SANDBOX = "allow-scripts allow-popups allow-popups-to-escape-sandbox"
"""The page inside may step through the graph and open it elsewhere, and reach nothing of the page around."""


def write_iframe(
    address: str, *, title: str = TITLE, width: int | str = "100%", height: int = HEIGHT, **attributes: str
) -> str:
    """Return the frame of an address; the element of ``static/embed.js`` makes one with the same attributes.

    Args:
        address: of ``/embed``.
        title: what the frame shows, for those who do not see it.
        width: in pixels, or a part of the page's.
        height: in pixels.
        attributes: others, by name.
    """
    written = {
        "src": address,
        "title": title,
        "width": width,
        "height": height,
        "sandbox": SANDBOX,
        "loading": "lazy",
        "style": "border:0",
    }
    text = " ".join(f'{name}="{escape(str(value))}"' for name, value in (attributes | written).items())
    return f"<iframe {text}></iframe>"
