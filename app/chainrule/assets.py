"""Where the files that are not code stand: at the top of a checkout, inside the package in an installed wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parents[1]


def _folder(name: str, checkout: str) -> Path:
    installed = _PACKAGE / f"_{name}"
    return installed if installed.is_dir() else _CHECKOUT / checkout


TEMPLATES = _folder("templates", "templates")
STATIC = _folder("static", "static")
EXAMPLES = _folder("examples", "examples/gallery")
