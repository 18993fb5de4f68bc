"""The state of a scheduler is data of the program, and nothing of the interpreter's."""

from types import ModuleType
from typing import Any

import pytest
from chainrule.limits import Limits
from chainrule.protocol.program import Program
from chainrule.run.execute import execute
from torch.optim.lr_scheduler import LambdaLR

START = """import warnings
class Rate:
    def __init__(self):
        self.factor = 0.5
    def __call__(self, epoch):
        return self.factor ** epoch
class Held(warnings.catch_warnings):
    def __call__(self, epoch):
        return 1.0
w = torch.ones(1, requires_grad=True)
o = torch.optim.SGD([w], lr=0.1)
"""


def printed(program: str) -> str:
    answer = execute(Program(START + program), Limits(wall_seconds=600.0, cpu_seconds=600))
    assert [problem for problem in answer.problems if problem.severity == "error"] == []
    return "".join(line.text for line in answer.console)


@pytest.mark.parametrize("kind", ["LambdaLR", "MultiplicativeLR"])
def test_the_attributes_of_a_programs_own_object_are_in_the_state(kind: str) -> None:
    program = f"s = torch.optim.lr_scheduler.{kind}(o, Rate())\nprint(s.state_dict()['lr_lambdas'])"
    assert printed(program) == "[{'factor': 0.5}]\n"


def test_a_function_is_not_in_the_state() -> None:
    program = "s = torch.optim.lr_scheduler.LambdaLR(o, lambda e: 1.0)\nprint(s.state_dict()['lr_lambdas'])"
    assert printed(program) == "[None]\n"


@pytest.mark.parametrize("put", ["Held()", "warnings.catch_warnings()"])
def test_a_module_that_an_object_of_the_library_holds_is_not(put: str) -> None:
    program = f"""s = torch.optim.lr_scheduler.LambdaLR(o, Rate())
s.lr_lambdas[0] = {put}
found = s.state_dict()['lr_lambdas'][0]
print([name for name, value in found.items() if 'module' in str(type(value))])"""
    assert printed(program) == "[]\n"


def test_a_cyclic_scheduler_tells_as_little() -> None:
    program = """s = torch.optim.lr_scheduler.CyclicLR(o, 0.1, 0.2, scale_fn=Held(), cycle_momentum=False)
found = s.state_dict()['_scale_fn_custom']
print([name for name, value in found.items() if 'module' in str(type(value))])"""
    assert printed(program) == "[]\n"


def test_the_schedulers_are_as_before_afterwards() -> None:
    before: Any = LambdaLR.state_dict
    printed("")
    assert LambdaLR.state_dict is before
    assert not isinstance(before, ModuleType)
