import json
import subprocess
import sys
import warnings
from typing import Any

from tests import ROOT
from tests.worker import uncompiled_work


def run(*arguments: str) -> Any:
    command = [sys.executable, "-W", "ignore", "-m", "tests.worker.uncompiled_work", *arguments]
    root = ROOT
    return json.loads(subprocess.run(command, cwd=root, check=True, capture_output=True).stdout)


def test_without_the_compiler_every_number_is_the_same_and_it_is_not_there() -> None:
    without = run("without")
    with warnings.catch_warnings(action="ignore"):  # PyTorch deprecates what it uses itself on the way
        assert without["numbers"] == uncompiled_work.work()
    assert without["compiler"] == ["torch._dynamo.compiled_autograd", "torch._dynamo.config", "torch._inductor.config"]
