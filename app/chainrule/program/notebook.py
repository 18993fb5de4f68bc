"""Programs as people copy them: out of notebooks, terminals, and answers written in Markdown.

What is Python is left as it is. Of the rest only what is certain is done: a notebook's code cells are put below one
another, what a prompt or a fence marks as code is kept, and a notebook's commands become comments. Lines keep their
numbers, but those of a whole notebook.
"""

import json
from collections.abc import Iterator

FENCES = ("```", "~~~")
NO_PYTHON = ("%%bash", "%%sh", "%%html", "%%javascript", "%%js", "%%latex", "%%markdown", "%%writefile", "%%script")
"""Commands that make what follows in their cell no Python."""
TIMING = ("%time ", "%timeit ")
"""Commands that a line of Python follows."""
LOOKING_ALIKE = str.maketrans({"\xa0": " ", "\u2007": " ", "\u202f": " ", "“": '"', "”": '"', "‘": "'", "’": "'"})
"""What web pages make of blanks and quotation marks."""


def is_copied(text: str) -> bool:
    """Return whether a text is a notebook, or has the prompts of one, although it may be Python as well.

    ``In [1]: x`` annotates an element of ``In``, and the file of a notebook is a dictionary.
    """
    if _is_notebook(text):
        return True
    return "In [" in text and any(_behind_number(line) is not None for line in text.split("\n"))


def code_of(text: str) -> str:
    r"""Return the program in a text that was copied.

    >>> code_of(">>> x = 1\n>>> x + 1\n2")
    'x = 1\nx + 1\n# 2'
    >>> code_of("%matplotlib inline\nx = 1")
    '# %matplotlib inline\nx = 1'

    Args:
        text: it is no Python, or `is_copied`.
    """
    cells = _cells(text)
    if cells is None:
        lines = text.translate(LOOKING_ALIKE).replace("\u200b", "").split("\n")
        if any(line.lstrip().startswith(FENCES) for line in lines):
            lines = list(_within_fences(lines))
        lines = list(_behind_prompts(lines))
        cells = ["\n".join(_spaces(_dedented(lines)))]
    return "\n\n".join(_without_commands(cell) for cell in cells)


def _is_notebook(text: str) -> bool:
    return text.lstrip().startswith("{") and '"cells"' in text


def _cells(text: str) -> list[str] | None:
    """Return the code cells of a notebook's file; None where the text is none."""
    if not _is_notebook(text):
        return None
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError):
        return None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        return None
    found = []
    for cell in cells:
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            source = cell.get("source", "")
            parts = source if isinstance(source, list) else [source]
            found.append("".join(part for part in parts if isinstance(part, str)))
    return found


def _within_fences(lines: list[str]) -> Iterator[str]:
    """Yield the lines between fences as they are, and others as comments."""
    fence = ""
    for line in lines:
        mark = line.strip()[:3]
        if mark in FENCES and fence in ("", mark):
            fence = "" if fence else mark
            yield ""
        elif fence or not line.strip():
            yield line
        else:
            yield f"# {line}"


def _behind_number(line: str) -> str | None:
    """Return what stands behind ``In [1]: ``; None where a line does not begin so."""
    head, found, rest = line.partition("]:")
    number = head.removeprefix("In [").strip()
    if not found or not head.startswith("In [") or not (number.isdigit() or not number):
        return None
    return rest.removeprefix(" ")


def _behind_prompts(lines: list[str]) -> Iterator[str]:
    """Yield what stands behind prompts, and others, which were printed, as comments; where is no prompt, all."""
    if not any(line.lstrip().startswith(">>>") or _behind_number(line) is not None for line in lines):
        yield from lines
        return
    inside, numbered = False, False
    for line in lines:
        stripped = line.lstrip()
        behind = _behind_number(line)
        if behind is not None:
            inside, numbered = True, True
            yield behind
        elif stripped.startswith(">>>") or (inside and stripped.startswith("...")):
            inside, numbered = True, False
            yield stripped.lstrip(">" if stripped.startswith(">") else ".").removeprefix(" ")
        elif numbered and not line.startswith(("Out[", "Out [")):
            yield line  # what follows a number is a whole cell
        else:
            inside = numbered = False
            yield f"# {line}" if stripped else ""


def _dedented(lines: list[str]) -> list[str]:
    """Return lines without the blanks that all of them begin with."""
    blanks = [line[: len(line) - len(line.lstrip())] for line in lines if line.strip() and not line.startswith("#")]
    common = min(blanks, key=len, default="")
    if not common or any(not blank.startswith(common) for blank in blanks):
        return lines
    return [line.removeprefix(common) for line in lines]


def _spaces(lines: list[str]) -> Iterator[str]:
    """Yield lines that begin with tabs and with spaces as ones that begin with spaces."""
    starts = [line[: len(line) - len(line.lstrip())] for line in lines]
    if not (any("\t" in start for start in starts) and any(" " in start for start in starts)):
        yield from lines
        return
    for line, start in zip(lines, starts, strict=True):
        yield start.expandtabs(4) + line[len(start) :]


def _without_commands(cell: str) -> str:
    """Return a cell with a notebook's commands as comments, where no bracket and no text is open."""
    if cell.lstrip().startswith(NO_PYTHON):
        return "\n".join(f"# {line}" for line in cell.split("\n"))
    found: list[str] = []
    state = _Open()
    for line in cell.split("\n"):
        if not state.is_open:
            line = _command(line)
        state.read(line)
        found.append(line)
    return "\n".join(found)


def _command(line: str) -> str:
    stripped = line.strip()
    indent = line[: len(line) - len(line.lstrip())]
    for word in TIMING:
        if stripped.startswith(word):
            return indent + stripped.removeprefix(word).lstrip()
    if stripped.startswith(("%", "!", "?")) or (stripped.endswith("?") and "#" not in stripped):
        return f"{indent}pass  # {stripped}" if indent else f"# {stripped}"
    return line


class _Open:
    """Whether a bracket, a text or a line is open at the end of what was read."""

    def __init__(self) -> None:
        self._brackets = 0
        self._quote = ""
        self._continued = False

    @property
    def is_open(self) -> bool:
        """Return whether the next line goes on with what is open."""
        return self._brackets > 0 or bool(self._quote) or self._continued

    def read(self, line: str) -> None:
        """Go through one line."""
        at = 0
        while at < len(line):
            at += self._step(line, at)
        self._continued = line.endswith("\\")
        if len(self._quote) == 1 and not self._continued:
            self._quote = ""

    def _step(self, line: str, at: int) -> int:
        """Go through one character or mark, and return how long it is."""
        sign = line[at]
        if self._quote:
            if sign == "\\":
                return 2
            if line.startswith(self._quote, at):
                length, self._quote = len(self._quote), ""
                return length
            return 1
        if sign in "\"'":
            self._quote = line[at : at + 3] if line[at : at + 3] == sign * 3 else sign
            return len(self._quote)
        if sign == "#":
            return len(line)
        self._brackets = max(0, self._brackets + (sign in "([{") - (sign in ")]}"))
        return 1
