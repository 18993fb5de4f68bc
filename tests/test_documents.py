"""What README and the documents point at is there, and the picture of the README is what our own tool draws."""

import importlib
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "bench").glob("*.md")])
README = (ROOT / "README.md").read_text(encoding="utf-8")
PLACES = re.compile(r"(?<![\w/.-])((?:app|templates|static|tests|docs|examples|bench|scripts|frontend)/[\w/.*{},<>-]*)")
MODULES = re.compile(r"(?<![\w./-])(chainrule(?:\.[a-z_]\w*)+)(?:\.([A-Z]\w*))?(?!\w|/)")
FILES = {"chainrule.lua"}
"""Names with a dot that are files."""


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def exists(dotted: str) -> bool:
    """Whether a module, or what stands in one, has this name."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


def without_clients(text: str) -> str:
    """Return a page without the programs in which a client has the name of the package."""
    blocks = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
    return blocks.sub(lambda block: "" if " as chainrule" in block[0] else block[0], text)


def expanded(place: str) -> list[str]:
    """Return the paths that ``a/{b,c}.py`` names."""
    found = re.search(r"\{([^}]*)\}", place)
    if not found:
        return [place]
    return [path for part in found[1].split(",") for path in expanded(place.replace(found[0], part, 1))]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_path_of_a_page_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for place in (found.rstrip(".,") for found in PLACES.findall(text)):
        for path in expanded(re.sub("<.*?>", "*", place)):
            assert list(ROOT.glob(path.rstrip("/"))), f"{name_of(page)} names {place}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_module_of_a_page_is_there(page: Path) -> None:
    for module, attribute in MODULES.findall(without_clients(page.read_text(encoding="utf-8"))):
        if module not in FILES:
            dotted = f"{module}.{attribute}" if attribute else module
            assert exists(dotted), f"{name_of(page)} names {dotted}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        if not re.match(r"[a-z]+:|/", target):
            assert (page.parent / target).exists(), f"{name_of(page)} leads to {target}"


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= 120


def test_the_commands_of_the_readme_are_targets_of_make() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)", README)) <= targets


def test_the_picture_of_the_readme_is_what_its_command_draws(tmp_path: Path) -> None:
    (command,) = re.findall(r"^chainrule (render .*)$", README, re.MULTILINE)
    arguments = shlex.split(command)
    where = arguments.index("-o") + 1
    committed = ROOT / arguments[where]
    arguments[where] = str(tmp_path / "drawn.svg")
    subprocess.run([sys.executable, "-m", "chainrule", *arguments], cwd=ROOT, check=True, capture_output=True)
    assert f"]({name_of(committed)})" in README
    drawn = (tmp_path / "drawn.svg").read_text(encoding="utf-8")
    assert drawn == committed.read_text(encoding="utf-8"), "look at the picture, and if it is right: make golden"
