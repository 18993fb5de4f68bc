# LBFGS with a closure.
import torch
from torch import optim

x = torch.tensor([-1.5, 2.0], requires_grad=True)
optimizer = optim.LBFGS([x], lr=0.8, max_iter=4, history_size=4, line_search_fn="strong_wolfe")


def rosenbrock(v):
    return (1 - v[0]) ** 2 + 100 * (v[1] - v[0] ** 2) ** 2


def closure():
    if torch.is_grad_enabled():
        optimizer.zero_grad()
    loss = rosenbrock(x)
    if loss.requires_grad:
        loss.backward()
    return loss


history = [rosenbrock(x).item()]
for _ in range(3):
    optimizer.step(closure)
    history.append(rosenbrock(x).item())
print("%s" % ["{0:.5f}".format(h) for h in history])
assert history[-1] < history[0]
