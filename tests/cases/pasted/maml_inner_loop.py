# One meta-step with an inner update that keeps its graph.
import torch
from torch import nn
from torch.func import functional_call
from collections import OrderedDict

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(1, 8), nn.ReLU(), nn.Linear(8, 1))
meta = torch.optim.Adam(model.parameters(), lr=1e-3)
meta.zero_grad()
total = 0.0
for task in range(2):
    amplitude, phase = 1.0 + task, 0.3 * task
    x = torch.linspace(-2, 2, 6).unsqueeze(-1)
    y = amplitude * torch.sin(x + phase)
    fast = OrderedDict(model.named_parameters())
    for _ in range(2):
        inner = nn.functional.mse_loss(functional_call(model, fast, (x,)), y)
        grads = torch.autograd.grad(inner, fast.values(), create_graph=True)
        fast = OrderedDict((name, p - 0.05 * g) for (name, p), g in zip(fast.items(), grads))
    outer = nn.functional.mse_loss(functional_call(model, fast, (x,)), y)
    total = total + outer
total.backward()
meta.step()
print("meta loss {:8.4f}".format(total.item()))
assert all(p.grad is not None for p in model.parameters())
