"""The package as somebody installs it: built, installed away from the checkout, and used from there."""

import json
import os
import re
import signal
import subprocess
import sys
import sysconfig
import tarfile
import urllib.request
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import pytest

from tests import ROOT

pytestmark = [pytest.mark.thorough, pytest.mark.xdist_group("wheel")]


def build(target: str, source: Path, folder: Path) -> Path:
    """Build the "sdist" or the "wheel" of a source tree; nothing is fetched."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(folder)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("sdist", ROOT, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel that comes of the source distribution, so of nothing else in the checkout."""
    unpacked = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        archive.extractall(unpacked, filter="data")
    (source,) = unpacked.iterdir()
    return build("wheel", source, tmp_path_factory.mktemp("wheel"))


class Installation:
    """A wheel in an environment of its own, which finds the libraries of the running one and not the checkout."""

    def __init__(self, wheel: Path, folder: Path) -> None:
        self.environment = folder / "environment"
        self.work = folder / "work"
        self.work.mkdir()
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(self.environment)], check=True)
        self.python = self.environment / "bin" / "python"
        install = ["install", "--quiet", "--no-deps", "--no-index", "--no-compile", str(wheel)]
        subprocess.run([sys.executable, "-m", "pip", "--python", str(self.python), *install], check=True)
        (self.site,) = self.environment.glob("lib/python*/site-packages")
        # A folder that a .pth file names is searched; the .pth files in it, which lead to the checkout, are not read.
        libraries = dict.fromkeys([sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
        (self.site / "libraries.pth").write_text("\n".join(libraries), encoding="utf-8")
        outside = {name: value for name, value in os.environ.items() if not name.startswith(("CHAINRULE", "PYTHON"))}
        self.environ = {**outside, "HOME": str(self.work)}

    @property
    def chainrule(self) -> str:
        """Return the command."""
        return str(self.environment / "bin" / "chainrule")

    def run(self, *command: str) -> str:
        """Run a command in an empty folder and return what it prints."""
        done = subprocess.run(command, cwd=self.work, env=self.environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return done.stdout


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return Installation(wheel, tmp_path_factory.mktemp("installed"))


def test_the_source_distribution_holds_what_the_package_is_made_of_and_nothing_else(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = [Path(*Path(name).parts[1:]) for name in archive.getnames()]
    folders = {name.parts[0] for name in names if len(name.parts) > 1}
    assert folders == {"app", "examples", "static", "templates"}
    assert {str(name) for name in names if len(name.parts) == 1} == {
        ".gitignore",
        "CHANGELOG.md",
        "LICENSE",
        "PKG-INFO",
        "README.md",
        "SECURITY.md",
        "constraints.txt",
        "pyproject.toml",
    }
    for folder in folders:
        tracked = subprocess.run(["git", "ls-files", folder], cwd=ROOT, capture_output=True, text=True, check=False)
        if tracked.returncode == 0:  # not where the tests run from an export of the checkout
            assert {str(name) for name in names if name.parts[0] == folder} >= set(tracked.stdout.splitlines())


def test_the_wheel_holds_the_package_with_its_files_and_nothing_beside_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (metadata,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        told = archive.read(metadata).decode()
    assert {name.partition("/")[0] for name in names} == {"chainrule", metadata.partition("/")[0]}
    assert {"chainrule/py.typed", "chainrule/integrations/chainrule.lua"} <= set(names)
    for folder, place in (("templates", "_templates"), ("static", "_static"), ("examples/gallery", "_examples")):
        files = {str(path.relative_to(ROOT / folder)) for path in (ROOT / folder).rglob("*") if path.is_file()}
        prefix = f"chainrule/{place}/"
        kept = {name.removeprefix(prefix) for name in names if name.startswith(prefix)}
        assert kept == {name for name in files if "__pycache__" not in name}
    assert "Author: The Chainrule authors" in told
    assert "Classifier: Typing :: Typed" in told


def test_what_is_imported_is_what_was_installed(installed: Installation) -> None:
    code = "import chainrule, json, sys; print(json.dumps([chainrule.__file__, chainrule.__version__, sys.path]))"
    file, version, path = json.loads(installed.run(str(installed.python), "-c", code))
    assert Path(file) == installed.site / "chainrule" / "__init__.py"
    assert version in installed.run(installed.chainrule, "--version")
    assert not any(Path(folder).is_relative_to(ROOT / "app") for folder in path if folder)


def test_the_installation_finds_itself_in_order(installed: Installation) -> None:
    assert "this installation works" in installed.run(installed.chainrule, "check")


def test_a_program_is_drawn(installed: Installation) -> None:
    (installed.work / "program.py").write_text("x = tensor([1., 2.], requires_grad=True)\n(x ** 2).sum()\n")
    installed.run(installed.chainrule, "render", "program.py", "-o", "graph.svg", "--quiet")
    ET.fromstring((installed.work / "graph.svg").read_bytes())


def test_a_tensor_is_shown(installed: Installation) -> None:
    code = (
        "import chainrule, torch\n"
        "x = torch.tensor([1., 2.], requires_grad=True)\n"
        "print(chainrule.show((x ** 2).sum()))\n"
        "print(chainrule.trace('x * x', inputs={'x': 3.0}).nodes[-1].op)\n"
    )
    told = installed.run(str(installed.python), "-W", "error", "-c", code)
    assert "PowBackward0" in told
    assert told.endswith("MulBackward0\n")


def test_the_page_its_files_and_a_picture_are_served(installed: Installation) -> None:
    server = subprocess.Popen(
        [installed.chainrule, "serve", "--port", "0"],
        cwd=installed.work,
        env=installed.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert server.stdout is not None
        address = next(found[0] for line in server.stdout if (found := re.search(r"http://[\d.]+:\d+", line)))
        page = fetched(address).decode()
        files = re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js)[^"]*)"', page)
        assert files
        for file in files:
            assert fetched(address + file)
        ET.fromstring(fetched(f"{address}/svg?code=x*x"))
    finally:
        server.terminate()
        server.communicate()
    assert server.returncode == -signal.SIGTERM


def fetched(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=60) as response:
        content: bytes = response.read()
    return content
