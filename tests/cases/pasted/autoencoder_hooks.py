# Forward hooks that collect activations, gradients printed by names.
import functools
import torch
import torch.nn as nn
from collections import defaultdict

activations = defaultdict(list)


def save_activation(name, mod, inp, out):
    activations[name].append(out.detach().mean().item())


def timed(fn):
    @functools.wraps(fn)
    def wrapper(*args, **kwargs):
        result = fn(*args, **kwargs)
        print(f"{fn.__name__} -> {result:.4f}")
        return result

    return wrapper


class AutoEncoder(nn.Module):
    def __init__(self, dims=(6, 3)):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(*dims), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(*dims[::-1]), nn.Sigmoid())

    def forward(self, x):
        return self.decoder(self.encoder(x))


torch.manual_seed(0)
net = AutoEncoder()
for name, m in net.named_modules():
    if type(m) == nn.Linear:
        m.register_forward_hook(functools.partial(save_activation, name))
opt = torch.optim.NAdam(net.parameters())


@timed
def step(x):
    opt.zero_grad()
    loss = nn.BCELoss()(net(x), x)
    loss.backward()
    opt.step()
    return loss.item()


for _ in range(2):
    step(torch.rand(4, 6))
print({name: len(values) for name, values in activations.items()})
assert len(activations) == 2
