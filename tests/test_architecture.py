"""ARCHITECTURE.md shows the house as it stands."""

import subprocess
import sys

from tests import ROOT


def test_the_web_process_does_not_import_torch() -> None:
    code = "import sys, chainrule.web, chainrule.cli.main, chainrule.sandbox; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
