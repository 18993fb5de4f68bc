"""Makes everything happen once that happens lazily: a confined child cannot open a file to import anything."""

import gc
import importlib
from dataclasses import replace

import torch

from chainrule.assets import EXAMPLES
from chainrule.limits import Limits
from chainrule.program.policy.allowed import MODULES
from chainrule.protocol.program import QUESTIONS, Program
from chainrule.run.execute import execute
from chainrule.run.namespace import resolve
from chainrule.run.questions import answer_program
from chainrule.tape.record import patches
from chainrule.worker.serve import encode
from chainrule.worker.uncompiled import leave_compiler_out

PROGRAMS = (
    "x = torch.ones(2, 2, requires_grad=True)\n(x @ x).exp().sum()",
    "raise ValueError('once')",
    "import warnings\nwarnings.warn('once')\nprint('é', torch.ones(3))",
    "x = torch.ones(3, requires_grad=True)\nx.backward()",
    "torch.nn.Linear(2, 2)(torch.ones(3))",
    "unknown",
    "(",
    "model = nn.TransformerEncoderLayer(8, 2, batch_first=True)\nmodel(torch.ones(1, 3, 8)).sum()",
    "for kind in (torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW, torch.optim.RMSprop):\n"
    "    p = nn.Parameter(torch.ones(3))\n    o = kind([p], lr=0.1)\n    p.sum().backward()\n    o.step()",
    "y, g = torch.autograd.functional.hessian(lambda x: (x**3).sum(), torch.ones(2)), 1",
    "import argparse, logging, time\nlogging.warning('%s', time.ctime())\nparser = argparse.ArgumentParser()\n"
    "parser.add_argument('--lr', type=float)\nparser.print_help()\nparser.parse_args(['--lr', 'x'])",
    "from torch.utils.data import *\ndata = TensorDataset(torch.ones(4, 2), torch.ones(4))\n"
    "sampler = WeightedRandomSampler([1.0]*4, 4)\n"
    "for batch in DataLoader(random_split(data, [3, 1])[0], 2, shuffle=True): 1\n"
    "next(iter(DataLoader(data, 2, sampler=sampler, num_workers=2, drop_last=True)))",
    "device = torch.device('cuda')\nmodel = nn.Linear(2, 1).to(device)\nopt = optim.SGD(model.parameters(), 0.1)\n"
    "for kind in ('cuda', 'cpu'):\n    scaler = torch.amp.GradScaler(kind)\n"
    "    with torch.autocast(kind, torch.bfloat16):\n        loss = model(torch.ones(3, 2, device=device)).sum()\n"
    "    scaler.scale(loss).backward()\n    scaler.unscale_(opt)\n"
    "    nn.utils.clip_grad_norm_(model.parameters(), 1.0)\n    scaler.step(opt)\n    scaler.update()",
    "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots(2, 2)\n"
    "axes[0, 0].plot([1, 2], torch.ones(2), 'r--o')\n"
    "axes[0, 1].hist(torch.rand(9))\naxes[1, 0].imshow(torch.rand(3, 3))\naxes[1, 1].scatter([1], [2], c=[1])",
    "import numpy as np\na = np.random.default_rng().normal(size=(3, 3)) @ np.random.rand(3, 3)\n"
    "print(np.linalg.svd(a), np.fft.fft(a), np.polyfit(np.arange(3.), a, 1), repr(a.astype(str)), np.median(a))\n"
    "np.linalg.solve(a, torch.ones(3).numpy()), torch.from_numpy(a) @ np.linalg.eigvals(a), np.einsum('ij,jk', a, a)",
    "F.embedding_bag(torch.tensor([[0, 1]]), torch.ones(2, 2, requires_grad=True)).sum()",  # counts the processors
)
"""Programs that bring in what the examples leave out: error paths, optimizers, modules, files that kernels read."""

TOUCH = """
x = torch.randn(3, 3, requires_grad=True)
y = (2*torch.relu(x @ x)**3).sum()/12
print(y)
y.backward()
"""

LAZY = (
    *("encodings.ascii", "encodings.idna", "encodings.latin_1", "encodings.unicode_escape"),
    *("torch._decomp.decompositions_for_jvp", "torch.nn.modules.linear_cross_entropy", "numpy._core.arrayprint"),
    *("torch.nested._internal.ops", "torch.nested._internal.sdpa"),
)
"""Modules that others import where they are first used."""


START_SECONDS = 60
"""How long one program may take while everything is imported; its limits hold for what comes later [s]."""


def warm_up(limits: Limits) -> None:
    """Import and run what programs will need."""
    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    leave_compiler_out()
    patches.install()
    for path in MODULES:
        resolve(path)
    for module in LAZY:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()  # graphs that cut something off collect the garbage, which would else look at all of PyTorch each time
    patient = replace(limits, wall_seconds=START_SECONDS, cpu_seconds=START_SECONDS)
    for source in (*PROGRAMS, *(path.read_text("utf-8") for path in sorted(EXAMPLES.glob("*.py")))):
        encode(execute(Program(source), patient), patient)
    for question in QUESTIONS:
        encode(answer_program(Program(PROGRAMS[0], question=question), patient), patient)


def touch_memory(limits: Limits) -> None:
    """Run one small program of the most usual kind.

    A forked child shares its memory with the zygote until it writes to it, and counting references is writing: the
    first program copies some 2,800 pages, which takes longer than the program itself.
    """
    encode(execute(Program(TOUCH), limits), limits)
