# The exercises of a first lesson: chain rule by hand and by autograd.
from math import exp, isclose
import torch


def sigmoid(z):
    return 1 / (1 + exp(-z))


x, w, b = 0.7, -1.3, 0.2
z = w * x + b
by_hand = {"w": sigmoid(z) * (1 - sigmoid(z)) * x, "b": sigmoid(z) * (1 - sigmoid(z))}
tw = torch.tensor(w, dtype=torch.float64, requires_grad=True)
tb = torch.tensor(b, dtype=torch.float64, requires_grad=True)
torch.sigmoid(tw * x + tb).backward()
for name, tensor in (("w", tw), ("b", tb)):
    print("d/d{n}: by hand {h:+.6f}, autograd {g:+.6f}".format(n=name, h=by_hand[name], g=tensor.grad.item()))
    assert isclose(by_hand[name], tensor.grad.item(), rel_tol=1e-9)
