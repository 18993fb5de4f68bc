"""Datasets and loaders: the batches of PyTorch alone, without processes."""

import pytest
import torch
from chainrule.limits import Limits
from chainrule.program import check
from chainrule.protocol.messages import ExecutionAnswer
from chainrule.protocol.program import Program
from chainrule.run.execute import execute
from torch.utils.data import DataLoader

START = """import torch
from torch.utils.data import *
class Squares(Dataset):
    def __init__(self, n):
        self.n = n
    def __len__(self):
        return self.n
    def __getitem__(self, i):
        return torch.tensor(float(i)), i*i
class Counting(IterableDataset):
    def __iter__(self):
        yield from range(5)
torch.manual_seed(0)
"""
LOADERS = [
    "DataLoader(Squares(7), batch_size=3)",
    "DataLoader(Squares(7), 3, shuffle=True)",
    "DataLoader(Squares(7), 3, shuffle=True, drop_last=True)",
    "DataLoader(Squares(7), batch_size=None)",
    "DataLoader(TensorDataset(torch.arange(6.).view(3, 2), torch.arange(3)), 2)",
    "DataLoader(Subset(Squares(9), [1, 3, 5]), 2)",
    "DataLoader(ConcatDataset([Squares(2), Squares(3)]), 4)",
    "DataLoader(ChainDataset([Counting(), Counting()]), 4)",
    "DataLoader(Counting(), 2)",
    "DataLoader(random_split(Squares(10), [7, 3])[1], 2)",
    "DataLoader(random_split(Squares(10), [0.5, 0.5], torch.Generator().manual_seed(3))[0], 2)",
    "DataLoader(Squares(6), 2, sampler=WeightedRandomSampler([1., 2., 3., 4., 5., 6.], 6))",
    "DataLoader(Squares(6), 2, sampler=SubsetRandomSampler([0, 2, 4]))",
    "DataLoader(Squares(6), batch_sampler=BatchSampler(SequentialSampler(Squares(6)), 4, False))",
    "DataLoader(Squares(6), 2, sampler=RandomSampler(Squares(6), replacement=True, num_samples=4))",
    "DataLoader(Squares(4), 2, collate_fn=lambda items: [n for _, n in items])",
    "DataLoader([{'a': 1, 'b': [2.0, 3]}]*3, 2)",
]


def run(source: str) -> ExecutionAnswer:
    return execute(Program(source), Limits())


def console(answer: ExecutionAnswer) -> str:
    return "".join(line.text for line in answer.console)


@pytest.mark.parametrize("loader", LOADERS)
def test_batches_are_those_of_pytorch_alone(loader: str) -> None:
    names: dict[str, object] = {}
    exec(f"{START}batches = [list({loader}) for epoch in range(2)]", names)
    answer = run(f"{START}print([list({loader}) for epoch in range(2)])")
    assert console(answer) == f"{names['batches']}\n"
    assert {problem.slug for problem in answer.problems} <= {"nothing-to-differentiate"}


@pytest.mark.parametrize(
    "arguments",
    [
        "num_workers=4",
        "num_workers=2, persistent_workers=True, prefetch_factor=4, timeout=10",
        "shuffle=False, num_workers=2, multiprocessing_context='spawn', worker_init_fn=print",
        "None, None, None, 2",
    ],
)
def test_workers_are_left_out_and_told_of(arguments: str) -> None:
    answer = run(f"{START}print(list(DataLoader(Squares(7), 3, {arguments})))")
    assert console(answer) == console(run(f"{START}print(list(DataLoader(Squares(7), 3)))"))
    (notice,) = [problem for problem in answer.problems if problem.slug == "no-workers"]
    assert notice.severity == "notice"
    assert "was taken as 0" in notice.detail
    assert notice.span is not None
    assert notice.span.line == START.count("\n") + 1


def test_a_notice_is_given_once() -> None:
    answer = run(f"{START}for i in range(3):\n    DataLoader(Squares(3), num_workers=i)")
    assert [problem.slug for problem in answer.problems].count("no-workers") == 1


def test_wrong_arguments_are_told_in_pytorchs_words() -> None:
    assert "num_workers option should be non-negative" in console(run(f"{START}DataLoader(Squares(3), num_workers=-1)"))
    assert "batch_size should be a positive integer" in console(run(f"{START}DataLoader(Squares(3), 0)"))


def test_pinning_memory_gives_no_warning() -> None:
    answer = run(f"{START}x, n = next(iter(DataLoader(Squares(3), pin_memory=True)))\nprint(x.is_pinned())")
    assert console(answer) == "False\n"


def test_loaders_are_as_they_were_afterwards() -> None:
    before = DataLoader.__init__
    run(f"{START}DataLoader(Squares(3), num_workers=1)")
    assert DataLoader.__init__ is before


def test_gradients_of_a_training_loop_over_batches_are_those_of_pytorch_alone() -> None:
    source = (
        "import torch\nfrom torch.utils.data import DataLoader, TensorDataset\ntorch.manual_seed(1)\n"
        "data = TensorDataset(torch.randn(12, 3), torch.randn(12, 1))\nmodel = torch.nn.Linear(3, 1)\n"
        "opt = torch.optim.SGD(model.parameters(), lr=0.1)\nfor epoch in range(2):\n"
        "    for x, y in DataLoader(data, batch_size=4, shuffle=True):\n        opt.zero_grad()\n"
        "        loss = ((model(x) - y)**2).mean()\n        loss.backward()\n        opt.step()\n"
        "print(model.weight.tolist(), model.weight.grad.tolist())"
    )
    check(Program(source), Limits())
    names: dict[str, object] = {"print": lambda *args: None}
    exec(source, names)
    model = names["model"]
    assert isinstance(model, torch.nn.Linear)
    assert model.weight.grad is not None
    answer = run(source)
    assert console(answer) == f"{model.weight.tolist()} {model.weight.grad.tolist()}\n"
    assert len(answer.graph.passes) == 6
    assert answer.problems == []
