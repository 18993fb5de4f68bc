"""What programs may not do is refused before anything runs, at its very place, with a reason."""

import pytest
from chainrule.errors import ProgramRejectedError, Violation
from chainrule.limits import Limits
from chainrule.program import check
from chainrule.program.checker import MAX_SUGGESTIONS, MAX_TOLD
from chainrule.protocol.program import Program

SYSTEM, FILES, NETWORK, INTERNALS = "no access to the system", "no files", "no network", "interpreter's internals"

HOSTILE: list[tuple[str, str, str]] = [
    # (the program, the text of the place, words of the reason)
    # imports
    ("import os\nos.system('id')", "system", SYSTEM),
    ("import os\nos.listdir('.')", "listdir", FILES),
    ("from os import makedirs\nprint(makedirs)", "makedirs", FILES),
    ("import sys as s\ns.modules", "modules", SYSTEM),
    ("import sys\nsys.stdin.read()", "stdin", SYSTEM),
    ("import os.path\nos.path.genericpath", "genericpath", "no such name"),
    ("import time\ntime.sys", "sys", SYSTEM),
    ("import logging\nlogging.os", "os", SYSTEM),
    ("import logging\nlogging.FileHandler('x')", "FileHandler", FILES),
    ("import re\nre.sys", "sys", SYSTEM),
    ("import types\ntypes.FunctionType", "FunctionType", "no such name"),
    ("import subprocess\nprint(subprocess)", "subprocess", "one process"),
    ("from subprocess import run\nprint(run)", "from subprocess import run", "one process"),
    ("import socket, torch\nprint(socket)", "socket", NETWORK),
    ("import urllib.request\nprint(urllib.request)", "urllib.request", NETWORK),
    ("import requests\nprint(requests)", "requests", NETWORK),
    ("import ctypes\nprint(ctypes)", "ctypes", SYSTEM),
    ("import pickle\nprint(pickle)", "pickle", SYSTEM),
    ("import importlib\nprint(importlib)", "importlib", SYSTEM),
    ("import threading\nprint(threading)", "threading", "one process"),
    ("import gc\nprint(gc)", "gc", SYSTEM),
    ("import numpy.ctypeslib\nprint(numpy.ctypeslib)", "numpy.ctypeslib", SYSTEM),
    ("import numpy.f2py as f2py\nprint(f2py)", "numpy.f2py as f2py", SYSTEM),
    ("from numpy import load\nprint(load)", "load", FILES),
    (
        "from numpy.testing import assert_allclose\nprint(assert_allclose)",
        "from numpy.testing import assert_allclose",
        "np.allclose",
    ),
    ("from numpy.lib.stride_tricks import as_strided\nprint(as_strided)", "as_strided", "raw memory"),
    ("import numpy.core\nprint(numpy.core)", "numpy.core", INTERNALS),
    ("import pandas as pd\nprint(pd)", "pandas as pd", "with torch.tensor; chainrule view runs"),
    ("import seaborn as sns\nprint(sns)", "seaborn as sns", "drawn for you"),
    ("plt.plot([1])", "plt", "import matplotlib.pyplot"),
    ("import matplotlib.pyplot as plt\nplt.imsave('x.png', [[1]])", "imsave", "no such name"),
    ("import matplotlib.cbook as book\nprint(book)", "matplotlib.cbook as book", "chainrule view"),
    ("import datetime\nprint(datetime)", "datetime", "same answer every time"),
    (
        "import torchvision\nprint(torchvision)",
        "torchvision",
        "torch.randint in the shapes of the data; chainrule view",
    ),
    ("import mymodule\nprint(mymodule)", "mymodule", "chainrule view runs"),
    ("import toch\nprint(toch)", "toch", "did you mean torch?"),
    ("from . import secrets", "from . import secrets", "no files beside the program"),
    ("from torch import *", "*", "name what you import"),
    ("from torch import load\nprint(load)", "load", FILES),
    ("from torch import os\nprint(os)", "os", SYSTEM),
    ("from torch import multiprocessing\nprint(multiprocessing)", "multiprocessing", "one process"),
    ("import torch.multiprocessing as mp\nprint(mp)", "torch.multiprocessing as mp", "one process"),
    ("import torch.distributed\nprint(torch.distributed)", "torch.distributed", "one process"),
    ("from torch.utils.data import DistributedSampler\nDistributedSampler", "DistributedSampler", "one process"),
    ("import torch.utils.data.distributed as d\nd.x", "torch.utils.data.distributed as d", "one process"),
    ("import torch.utils.data as data\ndata.dataloader.multiprocessing", "multiprocessing", SYSTEM),
    ("from torch.utils.cpp_extension import load\nprint(load)", "from torch.utils.cpp_extension import load", FILES),
    ("import torch.utils.cpp_extension\nprint(torch.utils.cpp_extension)", "torch.utils.cpp_extension", FILES),
    ("from operator import attrgetter\nprint(attrgetter)", "attrgetter", "with a dot"),
    # names
    ("open('/etc/passwd')", "open", FILES),
    ("eval('1')", "eval", "not text made by it"),
    ("exec('import os')", "exec", "not text made by it"),
    ("compile('1', '', 'eval')", "compile", "not text made by it"),
    ("__import__('os')", "__import__", "not text made by it"),
    ("globals()['torch']", "globals", INTERNALS),
    ("vars(torch.ones(1))", "vars", INTERNALS),
    ("dir()", "dir", INTERNALS),
    ("input('?')", "input", "nobody can type"),
    ("breakpoint()", "breakpoint", "no debugger"),
    ("__builtins__", "__builtins__", INTERNALS),
    ("__loader__.load_module('os')", "__loader__", INTERNALS),
    ("try:\n    pass\nexcept BaseException:\n    pass", "BaseException", "would catch what ends a program"),
    ("type('X', (), {'__del__': print})", "type", "class statement"),
    ("t = type\nt('X', (), {})", "type", "class statement"),
    # torch's own ways out
    ("torch.load('x.pt')", "load", FILES),
    ("torch.save(1, 'x.pt')", "save", FILES),
    ("torch.hub.load('a', 'b')", "hub", FILES),
    ("torch.os.system('id')", "os", SYSTEM),
    ("torch.sys.modules", "sys", SYSTEM),
    ("torch.ops.aten.add(1, 2)", "ops", INTERNALS),
    ("torch.jit.script(print)", "jit", "no autograd graph"),
    ("torch.compile(print)", "compile", "no autograd graph"),
    ("torch._C._get_tracing_state()", "_C", INTERNALS),
    ("torch.from_file('/etc/passwd', size=9, dtype=torch.uint8)", "from_file", FILES),
    ("torch.set_num_threads(9)", "set_num_threads", "one process"),
    ("torch.multiprocessing.Process(target=print)", "multiprocessing", "one process"),
    ("torch.utils.data._utils", "_utils", "underscore"),
    ("torch.utils.data.graph", "graph", "no such name"),
    ("torch.cuda.memory_stats()", "memory_stats", "no such name"),
    ("torch.backends.cuda.enable_flash_sdp = print", "enable_flash_sdp", "cannot be set"),
    ("torch.utils.bottleneck", "bottleneck", "no such name"),
    ("torch.library.Library('x', 'DEF')", "library", INTERNALS),
    ("torch.frombuffer(b'abcd', dtype=torch.uint8)", "frombuffer", "raw memory"),
    ("torch.as_strided(torch.ones(2), (9,), (9,))", "as_strided", "raw memory"),
    ("nn.functional.importlib.import_module('os')", "importlib", SYSTEM),
    ("F.np.fromfile('x')", "np", SYSTEM),
    ("nn.modules.module.os", "modules", "no such name"),
    ("torch.nn.parallel.data_parallel", "parallel", "one process"),
    ("math.__loader__", "__loader__", "underscore"),
    ("random.os.system('id')\nimport random", "os", SYSTEM),
    ("import functools\nfunctools.sys", "sys", SYSTEM),
    # tricks with modules as values
    ("t = torch\nt.os.system('id')", "os", SYSTEM),
    ("for t in (torch,):\n    t.os", "torch", "not passed on as a value"),
    ("(lambda t: t.storage)(torch)", "torch", "not passed on as a value"),
    ("class A:\n    os = 1\nfor t in [torch]:\n    t.os", "os", SYSTEM),
    ("def f(m=torch):\n    return m", "torch", "not passed on as a value"),
    ("print(nn)", "nn", "not passed on as a value"),
    ("import torch as math\nmath.os", "os", SYSTEM),
    ("F = 3\nF.importlib", "importlib", SYSTEM),
    ("class nn:\n    importlib = 1\nnn.importlib", "importlib", SYSTEM),
    # attributes
    ("torch.ones(1).data_ptr()", "data_ptr", "raw memory"),
    ("torch.ones(1).storage()", "storage", "raw memory"),
    ("torch.ones(1).untyped_storage()", "untyped_storage", "raw memory"),
    ("torch.ones(1).set_(torch.ones(2))", "set_", "raw memory"),
    ("torch.ones(1).resize_(10**9)", "resize_", "raw memory"),
    ("torch.ones(4).as_strided((9, 9), (1, 1))", "as_strided", "raw memory"),
    ("torch.ones(1).apply_(print)", "apply_", "out of autograd's sight"),
    ("torch.ones(1).share_memory_()", "share_memory_", "one process"),
    ("import numpy as np\nnp.load('x.npy')", "load", FILES),
    ("import numpy as np\nnp.save('x.npy', np.ones(1))", "save", FILES),
    ("import numpy as np\nnp.loadtxt('x')", "loadtxt", FILES),
    ("import numpy as np\nnp.memmap('x')", "memmap", FILES),
    ("import numpy as np\nnp.fromfile('x')", "fromfile", FILES),
    ("import numpy as np\nnp.frombuffer(b'abcd')", "frombuffer", "raw memory"),
    ("import numpy as np\nnp.ctypeslib.load_library('a', 'b')", "ctypeslib", SYSTEM),
    ("import numpy as np\nnp.lib.stride_tricks.as_strided(np.ones(1), (9,))", "as_strided", "raw memory"),
    ("import numpy as np\nnp.lib.npyio", "npyio", FILES),
    ("import numpy as np\nnp._core.multiarray", "_core", "underscore"),
    ("import numpy as np\nnp.random.mtrand", "mtrand", "no such name"),
    ("import numpy as np\nnp.bmat('torch')", "bmat", "matrices"),
    ("import numpy as np\nnp.datetime64('now')", "datetime64", "same answer every time"),
    ("import numpy as np\nnp.ones(1).ctypes.data", "ctypes", SYSTEM),
    ("import numpy as np\nnp.ones(1).tofile('x')", "tofile", FILES),
    ("import numpy as np\nnp.ones(1).dump('x')", "dump", FILES),
    ("import numpy as np\nnp.ones(1).resize(9)", "resize", "raw memory"),
    ("import numpy as np\nnp.ones(1).__array_interface__", "__array_interface__", INTERNALS),
    ("import numpy as np\nprint(np)", "np", "not passed on as a value"),
    ("import numpy as np\nnp.exp = abs", "exp", "cannot be set"),
    ("torch.ones(1).xpu()", "xpu", "only a CPU"),
    ("'{0.__class__}'.format(1)", "'{0.__class__}'", INTERNALS),
    ("'{x:{x.gi_frame}}'.format_map({'x': 1})", "'{x:{x.gi_frame}}'", INTERNALS),
    ("match 'a':\n    case str(format=f):\n        f(1)", "str(format=f)", "cannot take what formats"),
    ("getattr(torch.ones(1), 'storage')()", "'storage'", "raw memory"),
    ("getattr(torch, 'os')", "'os'", SYSTEM),
    ("getattr(nn.Linear.forward, '__globals__')", "'__globals__'", INTERNALS),
    ("setattr(torch, 'sin', print)", "'sin'", "change PyTorch itself"),
    ("setattr(torch.Tensor, 'backward', print)", "'backward'", "change PyTorch itself"),
    ("delattr(nn.Module, 'train')", "'train'", "change PyTorch itself"),
    ("class A: pass\nsetattr(A, '__getattr__', print)", "'__getattr__'", "choose another name"),
    ("''.__class__.__mro__", "__mro__", INTERNALS),
    ("().__class__.__base__.__subclasses__()", "__base__", INTERNALS),
    ("print.__self__", "__self__", INTERNALS),
    ("(lambda: 1).__globals__", "__globals__", INTERNALS),
    ("(lambda: 1).__code__", "__code__", INTERNALS),
    ("nn.Linear.forward.__globals__['torch']", "__globals__", INTERNALS),
    ("(i for i in ()).gi_frame.f_back", "gi_frame", INTERNALS),
    ("try:\n    1/0\nexcept ZeroDivisionError as e:\n    e.__traceback__.tb_frame", "tb_frame", INTERNALS),
    ("torch.ones(1).__reduce_ex__(2)", "__reduce_ex__", INTERNALS),
    ("f'{torch.ones(1).__dict__}'", "__dict__", INTERNALS),
    ("torch.ones(1)._base", "_base", "underscore"),
    ("nn.Linear(1, 1)._parameters", "_parameters", "underscore"),
    ("torch.ones(1).tofile('x')", "tofile", FILES),
    ("match (lambda: 1):\n    case object(__globals__=g):\n        print(g)", "object(__globals__=g)", INTERNALS),
    # definitions and changes
    ("class A:\n    def __del__(self): pass", "def __del__(self): pass", "out of the program's sight"),
    ("class A:\n    def __reduce__(self): return print, ()", "def __reduce__(self): return print, ()", "sight"),
    ("class A:\n    def __getattribute__(self, n): pass", "def __getattribute__(self, n): pass", "sight"),
    ("class T(torch.Tensor):\n    def __torch_function__(s, *a): pass", "def __torch_function__(s, *a): pass", "sight"),
    ("class A(metaclass=type): pass", "metaclass=type", "metaclass"),
    ("def __getattr__(name): return 1", "def __getattr__(name): return 1", "sight"),
    ("class A:\n    __match_args__ = ('__dict__',)", "__match_args__", "sight"),
    ("__name__ = 'os'", "__name__", "sight"),
    ("__builtins__ = {}", "__builtins__", "sight"),
    ("torch.sin = print", "sin", "change PyTorch itself"),
    ("nn.Module.__call__ = print", "__call__", "change PyTorch itself"),
    ("torch.Tensor.backward = print", "backward", "change PyTorch itself"),
    ("del torch.sin", "sin", "change PyTorch itself"),
    ("x = torch.ones(1)\nx.__class__ = int", "__class__", "choose another name"),
    ("class A: pass\nA().storage = 1", "storage", "choose another name"),
    ("torch.exp(torch.ones(1), out=torch.ones(1))", "out=torch.ones(1)", "out of autograd's sight"),
    ("torch.exp(torch.ones(1), **{'out': torch.ones(1)})", "**{'out': torch.ones(1)}", "out of autograd's sight"),
    ("torch.ones(1).add(1, out=torch.ones(1))", "out=torch.ones(1)", "out of autograd's sight"),
    # forms
    ("async def f(): pass", "async def f(): pass", "without async"),
    ("async def f():\n    await f()", "await f()", "without async"),
    ("async def f():\n    return [x async for x in f()]", "[x async for x in f()]", "without async"),
    # letters that look like others
    ("torch.ｌoad('x')", "ｌoad", FILES),
    ("ｏｐｅｎ('x')", "ｏｐｅｎ", FILES),
    ("ｉmport = ｅval('1')", "ｅval", "not text made by it"),
    ("torch.ones(1).ｄata_ptr()", "ｄata_ptr", "raw memory"),
    ("().__ｃlass__.__ｂase__", "__ｂase__", INTERNALS),
]


def violations(source: str) -> tuple[Violation, ...]:
    with pytest.raises(ProgramRejectedError) as caught:
        check(Program(source), Limits())
    return caught.value.violations


def place(source: str, violation: Violation) -> str:
    lines = source.split("\n")[violation.line - 1 : violation.end_line]
    lines[-1] = lines[-1][: violation.end_column]
    return "\n".join([lines[0][violation.column :], *lines[1:]])


@pytest.mark.parametrize(("source", "where", "reason"), HOSTILE, ids=[source[:40] for source, _, _ in HOSTILE])
def test_a_hostile_program_is_refused_at_its_place_with_a_reason(source: str, where: str, reason: str) -> None:
    found = [violation for violation in violations(source) if place(source, violation) == where]
    assert any(reason in violation.message for violation in found), violations(source)


def test_every_violation_is_told_in_the_order_of_the_text() -> None:
    source = (
        "from pickle import load\nx = tenosr([1.])\ny = x.storage().data_ptr()\nprint(open('é'), y.bakward, load)\n"
    )
    found = violations(source)
    assert [(v.line, place(source, v), v.slug) for v in found] == [
        (1, "from pickle import load", "import-refused"),
        (2, "tenosr", "name-unknown"),
        (3, "storage", "attribute-refused"),
        (3, "data_ptr", "attribute-refused"),
        (4, "open", "name-refused"),
        (4, "bakward", "attribute-refused"),
    ]
    assert [v.suggestion for v in found] == [None, "tensor", None, None, None, "backward"]


def test_a_name_of_another_scope_is_told_to_be_one() -> None:
    (violation,) = violations("def f():\n    inside = 1\nf()\nprint(inside)")
    assert violation.message == "inside is not defined here: it has a value only inside another function or class"
    assert violation.suggestion is None


def test_columns_count_characters_not_bytes() -> None:
    (violation,) = violations("ŷ = 'éé', opne")
    assert (violation.column, violation.end_column) == (10, 14)


@pytest.mark.parametrize(
    ("source", "suggestion"),
    [
        ("tenosr([1.])", "tensor"),
        ("print(totl)\ntotal = 3", "total"),
        ("torch.sine(1)", "sin"),
        ("torch.Tanh()", "tanh"),
        ("nn.linear(2, 3)", "Linear"),
        ("F.crossentropy(1, 2)", "cross_entropy"),
        ("torch.ones(1).requires_gard", "requires_grad"),
        ("from torch.nn import Linaer\nLinaer(2, 2)", "Linear"),
        ("import torch.nn.functionl as f\nf.relu(1)", "torch.nn.functional as f"),
    ],
)
def test_a_misspelt_name_gets_a_suggestion_that_stands_well_in_its_place(source: str, suggestion: str) -> None:
    assert suggestion in [violation.suggestion for violation in violations(source)]


@pytest.mark.parametrize(
    "source",
    [
        "(" * 10_000 + ")" * 9_000,
        "(" * 10_000,
        "-" * 15_000 + "1",
        "not " * 4_000 + "x",
        "x" + ".a" * 8_000,
        "x" + "()" * 8_000,
        "x" + "[0]" * 6_000,
        "+".join("x" * 8_000),
        "**".join("2" * 5_000),
        "lambda:" * 2_000 + "0",
        "1 if 1 else " * 1_500 + "0",
        "if x:\n pass\n" + "elif x:\n pass\n" * 1_300,
        "".join(" " * i + "if x:\n" for i in range(150)),
        "f'" + "{" * 5_000,
        "[" * 5_000 + "x for x in y" + "]" * 5_000,
        "a = " * 4_000 + "1\n" + "~" * 3_000 + "a",
        "x\0y",
        "\udcff = 1",
        "9" * 10_000,
        "'\\N{NOT A NAME}'",
        "'''never closed",
        "match x:\n case " + "[" * 400,
        "return 1",
        "break",
        "def f():\n    yield\n    nonlocal z",
        "x: int = 1; global x",
        "\ufeff(",
    ],
    ids=lambda source: ascii(source)[:24],
)
def test_a_text_that_is_made_to_hurt_the_parser_is_refused(source: str) -> None:
    (violation,) = violations(source)
    assert violation.slug in ("syntax-error", "too-deep")
    lines = source.removeprefix("\ufeff").split("\n")
    assert 1 <= violation.line <= violation.end_line <= len(lines)
    assert 0 <= violation.column <= violation.end_column <= len(lines[violation.end_line - 1])


def test_a_wide_program_under_the_limit_is_no_trouble() -> None:
    assert check(Program("[" + "1," * 9_000 + "]"), Limits()).is_expression
    assert check(Program("x\n" * 9_000, {"x": 1.0}), Limits()).program.inputs == {"x": 1.0}
    assert check(Program("[" + "-1.5, " * 3_000 + "]"), Limits()).is_expression


def test_a_flood_of_unknown_names_is_answered_with_the_first_of_them() -> None:
    found = violations("\n".join(f"unknown_{i}.attribut_{i}" for i in range(600)))
    assert MAX_TOLD <= len(found) < MAX_TOLD + 10
    assert sum(v.suggestion is not None for v in found) <= MAX_SUGGESTIONS


def test_warnings_of_the_parser_do_not_come_out() -> None:
    check(Program("print('\\d', 1 is 1)"), Limits())
