# Recommenders: two embeddings and biases.
import torch
import torch.nn as nn
from dataclasses import dataclass, field, asdict
from types import SimpleNamespace
from pprint import pprint


@dataclass
class Config:
    n_users: int = 5
    n_items: int = 7
    dim: int = 3
    lrs: list = field(default_factory=lambda: [0.1, 0.01])


cfg = Config()
hp = SimpleNamespace(**asdict(cfg), epochs=2)
pprint(asdict(cfg))


class MF(nn.Module):
    def __init__(self, hp):
        super().__init__()
        self.user, self.item = nn.Embedding(hp.n_users, hp.dim), nn.Embedding(hp.n_items, hp.dim)
        self.user_b, self.item_b = nn.Embedding(hp.n_users, 1), nn.Embedding(hp.n_items, 1)
        self.mu = nn.Parameter(torch.tensor(3.5))

    def forward(self, u, i):
        dot = (self.user(u) * self.item(i)).sum(1)
        return dot + self.user_b(u).squeeze() + self.item_b(i).squeeze() + self.mu


torch.manual_seed(0)
model = MF(hp)
u, i, r = torch.randint(5, (8,)), torch.randint(7, (8,)), torch.randint(1, 6, (8,)).float()
for epoch in range(hp.epochs):
    opt = torch.optim.Adagrad(model.parameters(), lr=hp.lrs[epoch])
    loss = ((model(u, i) - r) ** 2).mean() + 1e-4 * sum(p.norm() for p in model.parameters())
    opt.zero_grad()
    loss.backward()
    opt.step()
    print("epoch", epoch, "rmse", "%.3f" % loss.sqrt())
