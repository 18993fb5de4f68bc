"""Format strings: which attributes their fields read, as in ``"{0.shape}"``."""

from _string import formatter_field_name_split, formatter_parser  # type: ignore[import-not-found]  # what string.Formatter is made of
from collections.abc import Iterator

FORMATS = frozenset({"format", "format_map"})
"""The methods of texts that read attributes which their text names."""


def attributes_of(text: str) -> Iterator[str]:
    """Yield the attributes that a format string reads.

    >>> list(attributes_of("{:.4f} {x.shape[0]} {0:{1.width}}"))
    ['shape', 'width']

    Raises:
        ValueError: it is no format string.
    """
    for _, field, spec, _ in formatter_parser(text):
        if field is not None:
            yield from (name for is_attribute, name in formatter_field_name_split(field)[1] if is_attribute)
        if spec:
            yield from attributes_of(spec)
