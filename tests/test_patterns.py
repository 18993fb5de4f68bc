"""No regular expression goes over a stranger's text again and again."""

import os
import subprocess
import sys
from pathlib import Path

import chainrule

ROOT = Path(__file__).parents[1]
APP = Path(chainrule.__file__).parents[1]


def test_every_pattern_is_done_with_its_worst_text_of_64_kb_in_little_processor_time() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.patterns"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(APP)},
        capture_output=True,
        text=True,
        check=False,
    )
    last = (done.stdout.splitlines() or [done.stderr])[-1]
    assert done.returncode == 0, last
    assert int(last.removeprefix("all ")) > 90
