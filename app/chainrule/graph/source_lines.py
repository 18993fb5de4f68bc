"""The lines of a program, as spans count them."""

import re

_END = re.compile(r"\r\n?|\n")


def lines_of(source: str) -> list[str]:
    """Split a program where Python does; ``str.splitlines`` also ends lines at form feeds and other characters."""
    lines = _END.split(source)
    return lines[:-1] if lines[-1] == "" else lines
