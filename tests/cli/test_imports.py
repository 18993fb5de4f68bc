"""What a command imports: no more than it needs."""

import os
import subprocess
import sys

import pytest

from tests import ROOT

PROGRAM = """
import sys
from chainrule.cli.main import main
try:
    code = main({arguments})
except SystemExit as end:
    code = end.code
found = [name for name in {unwanted} if name in sys.modules]
sys.exit(f"imported: {{found}}" if found else code)
"""
WEB = ("fastapi", "starlette", "uvicorn", "multipart", "prometheus_client", "chainrule.web")


@pytest.mark.parametrize(
    ("arguments", "unwanted"),
    [
        (["render", "--help"], (*WEB, "torch", "numpy", "wasmtime", "typst", "chainrule.pipeline")),
        (["render", "-c", "(x * x).sum()", "-o", "-"], (*WEB, "torch")),
        (["check"], (*WEB, "torch")),
        (["view", "--help"], ("torch",)),
        (["serve", "--help"], ("torch",)),
        (["worker", "--help"], (*WEB, "torch")),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_command_imports_what_it_needs(arguments: list[str], unwanted: tuple[str, ...]) -> None:
    code = PROGRAM.format(arguments=arguments, unwanted=unwanted)
    environ = {**os.environ, "PYTHONPATH": str(ROOT / "app")}
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environ, capture_output=True, check=False)
    assert ended.returncode == 0, ended.stderr.decode()
