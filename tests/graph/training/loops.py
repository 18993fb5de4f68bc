"""Training loops, and what PyTorch alone makes of them: the oracle of what is told of their passes."""

from typing import Any

import torch
from torch import nn

MLP = """
x = torch.linspace(-1, 1, 16).reshape(-1, 1)
y = x ** 2
model = nn.Sequential(nn.Linear(1, 8), nn.Tanh(), nn.Linear(8, 1))
opt = {optimizer}
for epoch in range({epochs}):
    for step in range({steps}):
        opt.zero_grad()
        loss = ((model(x) - y) ** 2).mean()
        loss.backward()
        seen("pass", loss, model)
        opt.step()
        seen("step", loss, model)
"""

GAN = """
G = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))
D = nn.Sequential(nn.Linear(1, 4), nn.LeakyReLU(0.2), nn.Linear(4, 1), nn.Sigmoid())
opt_g = torch.optim.Adam(G.parameters(), lr=1e-2)
opt_d = torch.optim.SGD(D.parameters(), lr=1e-2, momentum=0.9)
bce = nn.BCELoss()
for i in range(6):
    real = torch.randn(8, 1) + 3
    z = torch.randn(8, 2)
    opt_d.zero_grad()
    fake = G(z)
    loss_d = bce(D(real), torch.ones(8, 1)) + bce(D(fake.detach()), torch.zeros(8, 1))
    loss_d.backward()
    seen("pass", loss_d, D)
    opt_d.step()
    seen("step", loss_d, D)
    opt_g.zero_grad()
    loss_g = bce(D(fake), torch.ones(8, 1))
    loss_g.backward()
    seen("pass", loss_g, G)
    nn.utils.clip_grad_norm_(G.parameters(), 0.01)
    seen("clip", loss_g, G)
    opt_g.step()
    seen("step", loss_g, G)
"""

LBFGS = """
x = torch.tensor([-1.5, 2.0], requires_grad=True)
opt = torch.optim.LBFGS([x], lr=0.5, max_iter=5)
for step in range(4):
    def closure():
        opt.zero_grad()
        loss = (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2
        loss.backward()
        seen("pass", loss, [x])
        return loss
    opt.step(closure)
"""

ACCUMULATION = """
model = nn.Linear(3, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
data = torch.randn(40, 3)
for epoch in range(2):
    for i, batch in enumerate(data.split(7)):
        loss = model(batch).pow(2).mean() / 2
        loss.backward()
        seen("pass", loss, model)
        if (i + 1) % 2 == 0:
            opt.step()
            seen("step", loss, model)
            opt.zero_grad()
"""

BY_HAND = """
w = torch.tensor([1.0, 2.0], requires_grad=True)
x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
h = torch.zeros(2)
for step in range(5):
    h = torch.tanh(x @ w + h)
    first = h.sum()
    second = (w ** 2).sum()
    first.backward(retain_graph=True)
    seen("pass", first, [w])
    second.backward()
    seen("pass", second, [w])
    with torch.no_grad():
        w -= 0.1 * w.grad
        w.grad = None
    seen("step", second, [w])
    h = h.detach()
"""

LENGTHS = """
cell = nn.RNNCell(1, 2)
for step in range(4):
    h = torch.zeros(1, 2)
    for t in range(step + 2):
        h = cell(torch.ones(1, 1), h)
    loss = h.pow(2).sum()
    loss.backward()
    seen("pass", loss, cell)
"""


class Seen:
    """What a bare run saw: for each moment the loss, and of each parameter the value and ``.grad``."""

    def __init__(self) -> None:
        self.moments: dict[str, list[tuple[float, list[Any], list[Any]]]] = {}

    def __call__(self, moment: str, loss: torch.Tensor, model: Any) -> None:
        own = list(model.parameters()) if isinstance(model, nn.Module) else model
        grads = [None if one.grad is None else one.grad.tolist() for one in own]
        self.moments.setdefault(moment, []).append((loss.item(), [one.tolist() for one in own], grads))


def run_bare(source: str) -> Seen:
    """Run a loop without a tape."""
    torch.manual_seed(0)
    seen = Seen()
    exec(compile(source, "<bare>", "exec"), {"torch": torch, "nn": nn, "seen": seen})
    return seen


def without_oracle(source: str) -> str:
    """Return a loop as a person would write it: each line of the oracle's is an empty one."""
    return "\n".join("" if line.strip().startswith("seen(") else line for line in source.split("\n"))


def exact(values: Any) -> Any:
    """Return numbers that were listed in few digits as the float32 that they stand for."""
    return torch.tensor(values, dtype=torch.float32).tolist()
