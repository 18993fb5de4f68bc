"""The page's scripts: their sizes, their own tests, and the one bundle that is vendored."""

import re
import shutil
import subprocess
from collections import Counter

import pytest
from chainrule.web.page.script_words import WORDS

from tests import ROOT

FOLDER = ROOT / "static" / "js"
SCRIPTS = sorted(FOLDER.rglob("*.js"))


def test_no_module_reaches_two_hundred_lines() -> None:
    lengths = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in SCRIPTS}
    assert SCRIPTS
    assert not {name: length for name, length in lengths.items() if length >= 200}


def test_a_folder_holds_what_can_be_taken_in() -> None:
    counts = Counter(path.parent.relative_to(FOLDER).as_posix() for path in SCRIPTS)
    assert counts.keys() == {"editor", "graph", "page", "panels", "training"}
    assert max(counts.values()) <= 15


def test_every_import_is_there() -> None:
    for path in SCRIPTS:
        text = path.read_text(encoding="utf-8")
        for target in re.findall(r"""(?:from|BUNDLE =) "(\.[^"]+)\"""", text):
            assert (path.parent / target).is_file(), f"{path.name}: {target}"


def test_scripts_evaluate_no_text_and_ask_no_other_host() -> None:
    for path in SCRIPTS:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\beval\(|new Function\(|setTimeout\(\s*[\"'`]", text), path.name
        assert not re.search(r"[\"'`]https?://(?!www\.w3\.org/2000/svg)", text), path.name


def test_the_bundle_has_its_version_in_its_name_and_its_licences_beside_it() -> None:
    bundles = sorted((ROOT / "static" / "vendor").glob("*.js"))
    assert [re.fullmatch(r"codemirror-\d+\.\d+\.\d+\.js", path.name) is not None for path in bundles] == [True]
    licences = bundles[0].with_suffix(".LICENCES.txt").read_text(encoding="utf-8")
    version = bundles[0].stem.removeprefix("codemirror-")
    assert f"@codemirror/view {version} (MIT)" in licences
    assert bundles[0].name in (FOLDER / "editor" / "editor.js").read_text(encoding="utf-8")


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node.js to run the scripts' own tests with")
def test_the_pure_functions_pass_their_own_tests() -> None:
    run = subprocess.run(
        ["node", "--test", "tests/"], cwd=ROOT / "frontend", capture_output=True, text=True, timeout=120, check=False
    )
    assert run.returncode == 0, run.stdout[-4000:]


def test_every_word_is_said_and_every_word_said_is_there() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    said = set(re.findall(r"say\(\s*\"([\w.]+)\"", text))
    families = re.findall(r"say\(`([\w.]+)\.\$\{", text)
    assert said <= WORDS.keys()
    unsaid = {key for key in WORDS.keys() - said if key.rpartition(".")[0] not in families}
    assert unsaid == set()
