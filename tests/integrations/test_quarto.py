"""The filter for Quarto, with pandoc, which is what Quarto runs filters in."""

import os
import subprocess
import sys
from pathlib import Path

import pypandoc
import pytest
from chainrule import integrations

from tests import ROOT

FILTER = Path(integrations.__file__).parent / "chainrule.lua"


def convert(tmp_path: Path, text: str, target: str = "html") -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "PYTHONPATH": str(ROOT / "app"), "CHAINRULE_COMMAND": f"{sys.executable} -m chainrule"}
    return subprocess.run(
        [pypandoc.get_pandoc_path(), "-f", "markdown", "-t", target, "--lua-filter", str(FILTER), "--extract-media=m"],
        input=text,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environ,
        check=False,
    )


@pytest.mark.parametrize(("target", "suffix", "start"), [("html", "svg", b"<svg"), ("latex", "pdf", b"%PDF")])
def test_a_block_becomes_its_graph(tmp_path: Path, target: str, suffix: str, start: bytes) -> None:
    text = "# T\n\n```{.chainrule input='x=[1,2]' theme=light show-source=true}\n(2 * x).sum()\n```\n"
    done = convert(tmp_path, text, target)
    assert (done.returncode, done.stderr) == (0, "")
    pictures = list((tmp_path / "m").glob(f"chainrule-*.{suffix}"))
    assert len(pictures) == 1
    assert pictures[0].read_bytes().startswith(start)
    assert pictures[0].name in done.stdout


def test_a_failing_program_fails_the_document(tmp_path: Path) -> None:
    done = convert(tmp_path, "```{.chainrule}\na = 1\nimport pickle; pickle.load\n```\n")
    assert done.returncode != 0
    assert "-:2:8: import pickle" in done.stderr


def test_a_failing_program_warns_where_that_is_asked_for(tmp_path: Path) -> None:
    done = convert(tmp_path, "```{.chainrule on-error=warn}\nimport pickle; pickle.load\n```\n")
    assert done.returncode == 0
    assert "import pickle" in done.stdout
    assert "chainrule: the program failed" in done.stderr


def test_other_blocks_stay_as_they_are(tmp_path: Path) -> None:
    assert "<svg" not in convert(tmp_path, "```python\nx\n```\n").stdout
