"""The kinds of picture, with the media type of each."""

MEDIA_TYPES = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
    "dot": "text/vnd.graphviz",
    "mermaid": "text/vnd.mermaid",
    "json": "application/json",
    "html": "text/html",
    "text": "text/plain",
}
"""By the name that a URL has for it."""

FORMATS = {media_type: name for name, media_type in MEDIA_TYPES.items()}
"""The other way round, for content negotiation."""

PICTURES = frozenset({"svg", "png"})
"""What an <img> shows: errors come as a picture too."""

SUFFIXES = {"text": "txt", "mermaid": "mmd"}
"""The suffix of a file, where it is not the format's own name."""

FORMATS_BY_SUFFIX = {SUFFIXES.get(name, name): name for name in MEDIA_TYPES} | {"gv": "dot", "htm": "html"}
"""Formats by the suffix of a file, without its dot."""


def format_of_suffix(suffix: str) -> str:
    """Return the format of files with a suffix, such as ".svg".

    Raises:
        ValueError: no format has it; says which there are.
    """
    name = suffix.removeprefix(".").lower()
    if name not in FORMATS_BY_SUFFIX:
        raise ValueError(f"no format has the suffix {suffix!r}; there are {', '.join(sorted(FORMATS_BY_SUFFIX))}")
    return FORMATS_BY_SUFFIX[name]
