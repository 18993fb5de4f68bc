"""An import that nothing uses is ignored, with a notice; what is used of it is refused once, where it is imported."""

import pytest
from chainrule.errors import ProgramRejectedError, Violation
from chainrule.protocol.proof import apply_fix

from tests.diagnose.diagnosed import place, run

REST = "x = torch.ones(2, requires_grad=True)\ny = (x * 2).sum()\ny.backward()\n"


def ignored(source: str) -> list[str]:
    """The imports of a program that ends without an error, as the notices tell them."""
    answer = run(source + REST)
    assert [problem.message for problem in answer.problems if problem.severity == "error"] == []
    found = [problem for problem in answer.problems if problem.slug == "import-ignored"]
    return [problem.detail.partition(" ")[0] for problem in found]


def refused(source: str) -> tuple[Violation, ...]:
    with pytest.raises(ProgramRejectedError) as caught:
        run(source)
    return caught.value.violations


@pytest.mark.parametrize(
    ("source", "modules"),
    [
        ("import pandas as pd\n", ["pandas"]),
        ("import torchvision\nfrom torchvision import datasets, transforms\n", ["torchvision", "torchvision"]),
        ("import sklearn.metrics\n", ["sklearn.metrics"]),
        ("import pickle, torch, csv as c\n", ["pickle", "csv"]),
        (
            "import torch.distributed\nimport torch.multiprocessing as mp\n",
            ["torch.distributed", "torch.multiprocessing"],
        ),
        ("from torch.nn import Linear, DataParallel\nLinear(1, 1)\n", ["torch.nn.DataParallel"]),
        ("from os import makedirs, path\npath.join('a', 'b')\n", ["os.makedirs"]),
        ("from torch.optim import Adam as A, Adamm\nA\n", ["torch.optim.Adamm"]),
        ("def f():\n    import pandas\nfor _ in range(3):\n    f()\n", ["pandas"]),
        ("def f():\n    import pandas\n", []),
        ("import math\nimport torch.nn as nn\nfrom collections import OrderedDict\n", []),
    ],
)
def test_an_import_that_nothing_uses_is_ignored(source: str, modules: list[str]) -> None:
    assert ignored(source) == modules


def test_the_notice_stands_at_the_import_and_has_a_click_that_takes_it_out() -> None:
    source = "import torch\nimport pandas as pd\n" + REST
    (found,) = [problem for problem in run(source).problems if problem.slug == "import-ignored"]
    assert place(source, found) == "import pandas as pd"
    (fix,) = found.fixes
    assert [problem.slug for problem in run(apply_fix(source, fix)).problems] == []


def test_a_program_that_does_without_a_module_does_without_it() -> None:
    source = """
try:
    import apex
    from torch.optim import FusedAdam
    HAS_APEX = True
except ImportError:
    HAS_APEX = False
try:
    from transformers import AutoModel
except (ImportError, OSError) as error:
    AutoModel = None
    print(error)
print(HAS_APEX, AutoModel)
if HAS_APEX:
    apex.amp.initialize()
"""
    answer = run(source + REST)
    assert "".join(line.text for line in answer.console) == "transformers cannot be imported here\nFalse None\n"
    assert answer.problems == []


def test_a_name_that_is_imported_and_used_is_told_once_where_it_is_imported() -> None:
    source = "import pandas as pd\nframe = pd.DataFrame()\nprint(pd.concat([frame]), pd)\n"
    (violation,) = refused(source)
    assert (violation.line, violation.slug) == (1, "import-refused")


def test_no_name_of_a_refused_module_is_called_a_module() -> None:
    (violation,) = refused("from torchvision.datasets import MNIST\nprint(MNIST)\nfor a in (MNIST,):\n    a()\n")
    assert violation.line == 1


def test_a_module_of_pytorch_that_is_used_is_told_at_its_import() -> None:
    (violation,) = refused("import torch.distributed\ntorch.distributed.init_process_group('gloo')\n")
    assert (violation.line, violation.slug) == (1, "import-refused")


def test_a_name_that_is_nowhere_imported_is_told_at_its_first_use_alone() -> None:
    (violation,) = refused("a = pd.Series([1])\nb = pd.Series([2])\n")
    assert violation.line == 1


def test_what_was_not_ignored_by_the_check_cannot_be_used() -> None:
    from chainrule.protocol.program import Program
    from chainrule.run.execute import execute

    from tests.diagnose.diagnosed import LIMITS

    answer = execute(Program("import pandas as pd\npd.DataFrame()"), LIMITS)
    assert "ImportError: pandas.DataFrame is not here" in (answer.problems[0].message or "")
