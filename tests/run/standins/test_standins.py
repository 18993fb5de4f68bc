"""Modules that programs import and a sandbox cannot have as they are: the common part, the same in each run."""

import argparse
import logging
import os.path
import random
import time

import pytest
from chainrule.graph import Graph
from chainrule.program.policy.allowed import MODULES
from chainrule.run.standins import STANDINS, standins

from tests.diagnose.diagnosed import run

X = "import torch\nx = torch.ones(2, requires_grad=True)\n"


def printed(source: str) -> str:
    """What a program prints; it has to end without an error."""
    answer = run(X + source + "\n(x * 2).sum()")
    assert [problem.message for problem in answer.problems if problem.severity == "error"] == []
    assert answer.graph != Graph()
    return "".join(line.text for line in answer.console)


def evaluated(*expressions: str, imports: str) -> list[object]:
    """What Python gives for expressions in a program, by their literals."""
    lines = printed(f"import {imports}\n" + "\n".join(f"print(repr({one}))" for one in expressions))
    return [eval(line) for line in lines.splitlines()]


@pytest.mark.parametrize("path", STANDINS)
def test_a_stand_in_has_its_public_names_and_nothing_else(path: str) -> None:
    names = {name for name in vars(standins()[path]) if not (name.startswith("__") and name.endswith("__"))}
    assert names == MODULES[path]
    assert {name for name in STANDINS[path].__all__ if name.startswith("_")} == set()


@pytest.mark.parametrize("path", ["argparse", "functools", "logging", "os", "os.path", "random", "sys", "time"])
def test_every_name_of_a_stand_in_is_one_of_the_real_module(path: str) -> None:
    real = __import__(path, fromlist=["*"])
    assert [name for name in MODULES[path] if not hasattr(real, name)] == []


def test_the_clock_goes_on_with_each_reading_and_waits_for_nobody() -> None:
    source = """
import time
from time import perf_counter as now, sleep
start = time.time()
t = now()
sleep(3600)
print(round(now() - t, 3), time.time() > start, time.strftime('%Y-%m-%d'), time.localtime().tm_year)
"""
    assert printed(source) == "3600.001 True 2026-01-01 2026\n"
    assert printed("import time\nprint(time.time())") == printed("import time\nprint(time.time())")


def test_the_real_clock_is_untouched() -> None:
    before = time.time()
    printed("import time\ntime.sleep(1000)")
    assert before <= time.time() < before + 1000


def test_tqdm_passes_on_what_it_goes_through() -> None:
    source = """
from tqdm import tqdm, trange
import tqdm as bars
from tqdm.auto import tqdm as auto
for i in tqdm(range(3), desc="epoch"):
    tqdm.write(f"step {i}")
bar = trange(2, leave=False)
for i in bar:
    bar.set_description(f"loss {i}")
    bar.set_postfix(loss=i, lr=0.1)
with bars.tqdm(total=10) as bar:
    bar.update(4)
    print(bar.n, bar.total, len(tqdm([1, 2])), list(auto("ab")))
"""
    assert printed(source) == "step 0\nstep 1\nstep 2\n4 10 2 ['a', 'b']\n"


def test_arguments_have_their_defaults() -> None:
    source = """
import argparse
parser = argparse.ArgumentParser(description="An example", formatter_class=argparse.ArgumentDefaultsHelpFormatter)
parser.add_argument("--batch-size", type=int, default=64, metavar="N", help="input batch size (default: %(default)s)")
parser.add_argument("--lr", type=float, default="0.5")
parser.add_argument("--no-cuda", action="store_true", default=False)
group = parser.add_argument_group("more")
group.add_argument("-s", "--seed", dest="start", type=int, default=1)
args = parser.parse_args()
print(args.batch_size, args.lr, args.no_cuda, args.start, args)
args, rest = parser.parse_known_args(["--lr", "2", "--what"])
print(args.lr, rest)
"""
    parser = argparse.ArgumentParser()
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--lr", type=float, default="0.5")
    parser.add_argument("--no-cuda", action="store_true", default=False)
    parser.add_argument("-s", "--seed", dest="start", type=int, default=1)
    assert printed(source) == f"64 0.5 False 1 {parser.parse_args([])}\n2.0 ['--what']\n"


def test_an_argument_that_is_required_ends_the_program_as_in_a_terminal() -> None:
    answer = run(X + "import argparse\np = argparse.ArgumentParser()\np.add_argument('data')\np.parse_args()")
    assert any("the following arguments are required: data" in line.text for line in answer.console)
    assert [problem.slug for problem in answer.problems if problem.severity == "error"] == ["exception"]


def test_an_argument_sets_no_attribute_that_python_has() -> None:
    answer = run(X + "import argparse\np = argparse.ArgumentParser()\np.add_argument('--__class__', default=1)")
    assert any("no public name" in (problem.message or "") for problem in answer.problems)


def test_what_is_logged_stands_in_the_console_as_python_lays_it_out() -> None:
    source = """
import logging, sys
logging.warning("rate %.1f", 0.25)
logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
log = logging.getLogger("train.loop")
log.info("loss %s", 2)
log.debug("not told")
log.setLevel("DEBUG")
log.debug("told")
own = logging.getLogger("own")
own.propagate = False
handler = logging.StreamHandler(sys.stdout)
handler.setFormatter(logging.Formatter("<%(message)s>"))
own.addHandler(handler)
own.error("alone")
try:
    1 / 0
except ZeroDivisionError:
    logging.exception("caught")
print(log.isEnabledFor(10), logging.getLevelName(logging.ERROR), logging.getLogger("own") is own)
"""
    assert printed(source).splitlines() == [
        "rate 0.2",
        "INFO train.loop loss 2",
        "DEBUG train.loop told",
        "<alone>",
        "ERROR root caught",
        "ZeroDivisionError: division by zero",
        f"True {logging.getLevelName(logging.ERROR)} True",
    ]
    assert "INFO" not in printed("import logging\nlogging.info('forgotten')")


def test_a_program_has_no_environment_no_arguments_and_no_files() -> None:
    source = """
import os, sys
from os import path, environ
environ["KMP_DUPLICATE_LIB_OK"] = "TRUE"
print(os.environ.get("HOME"), os.getenv("CUDA_VISIBLE_DEVICES", ""), os.environ["KMP_DUPLICATE_LIB_OK"])
print(os.path.exists("/etc/passwd"), path.isfile("/etc/passwd"), os.cpu_count())
sys.path.append("..")
print(sys.argv, len(sys.argv), sys.version_info >= (3, 8), sys.float_info.epsilon)
sys.stdout.write("written\\n")
sys.stdout.flush()
"""
    lines = printed(source).splitlines()
    assert lines[:2] == ["None  TRUE", "False False 1"]
    assert lines[2] == "['program.py'] 1 True 2.220446049250313e-16"
    assert lines[3] == "written"
    assert printed("import os, sys\nprint(os.environ, sys.path)") == "{} []\n"


@pytest.mark.parametrize(
    "expression", ["join('a', 'b.pt')", "basename('a/b.pt')", "splitext('b.tar.gz')", "dirname('a/b')", "split('a/b')"]
)
def test_paths_are_put_together_as_python_does(expression: str) -> None:
    assert evaluated(f"os.path.{expression}", imports="os") == [eval(f"os.path.{expression}", {"os": os})]


def test_sys_exit_ends_a_program() -> None:
    answer = run(X + "import sys\ny = (x * 3).sum()\nsys.exit()\nprint('not reached')")
    assert answer.console == []
    assert [problem for problem in answer.problems if problem.severity == "error"] == []
    assert len(answer.graph.nodes) > 1


def test_random_numbers_are_those_of_the_seed_always() -> None:
    source = "import random\nrandom.seed()\nprint(random.random(), random.Random(3).random(), random.Random().random())"
    random.seed(0)
    first = random.random()
    assert printed(source) == f"{first} {random.Random(3).random()} {random.Random(0).random()}\n"


def test_wraps_copies_what_tells_of_a_function_and_nothing_by_name() -> None:
    source = "import functools\ndef f(a):\n    'words'\n@functools.wraps(f)\ndef g(*a):\n    pass\n"
    assert printed(source + "print(g.__name__, g.__doc__)") == "f words\n"
    answer = run(X + source + "functools.wraps(nn.Linear.forward, assigned=(), updated=('__globals__',))(g)")
    assert any("unexpected keyword argument" in (problem.message or "") for problem in answer.problems)


def test_each_run_finds_the_stand_ins_as_they_were() -> None:
    source = (
        "import time, os, sys\nprint(time.time(), os.environ, sys.argv)\nos.environ['a'] = 'b'\nsys.argv.append('c')"
    )
    assert printed(source) == printed(source)
