"""The programs of the gallery, read from examples/gallery/: title and two sentences from each file's docstring."""

import ast
from dataclasses import dataclass
from pathlib import Path

from chainrule.payload import encode

ORDER = (
    "expression",
    "mean_of_cubes",
    "not_a_scalar",
    "gradient_argument",
    "backward_twice",
    "gradient_adds_up",
    "grad_is_none",
    "two_layers",
    "custom_function",
)
"""The order in which a student meets them; others follow by name."""


@dataclass(frozen=True, slots=True)
class GalleryExample:
    """One program of the gallery."""

    name: str
    title: str
    text: str
    """Two sentences of what to look at."""
    source: str
    """The program without its docstring."""

    @property
    def picture(self) -> str:
        """Return the address of its picture."""
        return f"/svg/{encode(self.source)}"


def read_examples(folder: Path) -> tuple[GalleryExample, ...]:
    """Read every program of a folder, in the order of the gallery.

    Args:
        folder: where the ``.py`` files stand.

    Returns:
        The examples; files without a docstring of a title and a text are not programs of the gallery.
    """
    found = [example for path in sorted(folder.glob("*.py")) if (example := _read(path))]
    place = {name: number for number, name in enumerate(ORDER)}
    return tuple(sorted(found, key=lambda example: (place.get(example.name, len(place)), example.name)))


def _read(path: Path) -> GalleryExample | None:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    docstring = ast.get_docstring(tree)
    if docstring is None or "\n\n" not in docstring:
        return None
    title, text = docstring.split("\n\n", 1)
    end = tree.body[0].end_lineno or 0
    program = "\n".join(source.splitlines()[end:]).strip("\n") + "\n"
    return GalleryExample(path.stem, title.strip(), " ".join(text.split()), program)
