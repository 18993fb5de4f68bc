"""Libraries within the wall: they need no thread, no file and nothing imported that was not there at the fork."""

from collections.abc import AsyncIterator

import pytest
from chainrule.limits import Limits
from chainrule.protocol.program import Program
from chainrule.sandbox import Pool
from chainrule.settings import Settings

LEAF = "x = torch.ones(2, requires_grad=True)\n"
PROGRAMS = {
    "a product of matrices": "a = np.random.rand(400, 400)\nprint(np.allclose(a @ a.T, (a @ a.T).T))",
    "linear algebra": "a = np.random.rand(50, 50)\nprint([f(a).shape for f in (np.linalg.inv, np.linalg.eigvals, np.linalg.pinv)])\n"
    "print(np.linalg.svd(a)[1].shape, np.linalg.qr(a)[0].shape, np.linalg.lstsq(a, a[0], rcond=None)[0].shape)",
    "random numbers": "rng = np.random.default_rng()\nprint(rng.normal(size=3), rng.integers(9), rng.permutation(4), rng.choice(5))\n"
    "print(np.random.rand(2), np.random.randn(2), np.random.randint(0, 9, 3), np.random.RandomState().poisson(3))",
    "texts": "print(np.array([1.5, np.nan]), repr(np.eye(2)), np.array(['a', 'b']), np.array([1+2j]), np.ones(2000))",
    "functions": "a = np.linspace(0, 1, 9)\nprint(np.interp(0.5, a, a), np.polyfit(a, a, 2).round(3), np.convolve(a, a).sum(), np.trapezoid(a))\n"
    "print(np.einsum('i,j->ij', a, a).shape, np.fft.rfft(a).shape, np.percentile(a, 50), np.unique(a).shape, np.gradient(a)[0])",
    "a large array": "a = np.zeros((2000, 2000), np.float32)\na += 1\nprint(a.sum())",
    "tensors": "t = torch.from_numpy(np.arange(4.)).reshape(2, 2)\nprint(np.asarray(t), t.numpy().sum(), torch.tensor(np.float32(2)))",
    "batches": "from torch.utils.data import *\ndata = TensorDataset(torch.arange(8.).view(4, 2), torch.arange(4))\n"
    "for a, b in DataLoader(random_split(data, [3, 1])[0], 2, shuffle=True, num_workers=2, pin_memory=True):\n    print(a, b)",
    "a GPU": "torch.backends.cudnn.benchmark = True\nmodel = nn.Linear(2, 1).to('cuda')\ntorch.set_default_device('cuda')\n"
    "with torch.autocast('cuda'):\n    print(model(torch.ones(1, 2)).shape, torch.cuda.device_count())\ntorch.cuda.synchronize()",
    "mixed precision": "s = torch.amp.GradScaler('cpu')\nw = nn.Linear(2, 1)\no = torch.optim.Adam(w.parameters())\n"
    "with torch.autocast('cpu'):\n    l = w(torch.ones(1, 2)).sum()\ns.scale(l).backward()\ns.step(o)\ns.update()\nprint(l.dtype)",
    "a figure": "import matplotlib.pyplot as plt\nplt.hist(torch.randn(99))\nplt.imshow(torch.rand(9, 9))\nplt.show()\nprint(1)",
}


@pytest.fixture(scope="module")
async def confined() -> AsyncIterator[Pool]:
    # Wide limits: this is about what a child may do, not about how busy the machine is.
    settings = Settings(limits=Limits(wall_seconds=60.0, cpu_seconds=60, answer_seconds=100), workers=1)
    pool = Pool(settings)
    await pool.start()
    yield pool
    await pool.stop()


@pytest.mark.parametrize("name", PROGRAMS)
async def test_it_runs_in_a_child_and_the_same_in_the_next(name: str, confined: Pool) -> None:
    program = Program(LEAF + PROGRAMS[name] + "\n(x*x).sum()")
    first, second = await confined.execute(program), await confined.execute(program)
    assert [problem for problem in first.problems if problem.severity == "error"] == []
    assert [line.text for line in first.console if line.stream == "stdout"] != []
    assert first.console == second.console
    assert first.figures == second.figures
    assert first.graph == second.graph


async def test_nothing_of_one_program_is_left_for_the_next(confined: Pool) -> None:
    change = "np.random.seed(1)\nnp.set_printoptions(precision=1)\nnp.seterr(all='raise')\n"
    await confined.execute(Program(change + "torch.set_default_device('meta')"))
    answer = await confined.execute(
        Program("print(np.array([0.123456]), torch.zeros(1))\nprint(np.float64(1)/np.float64(0))")
    )
    assert [line.text for line in answer.console if line.stream == "stdout"] == ["[0.123456] tensor([0.])\n", "inf\n"]
