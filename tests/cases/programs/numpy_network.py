import numpy as np
import torch

rng = np.random.default_rng(3)
w1, w2 = rng.normal(size=(3, 5)), rng.normal(size=(5, 1))
x, t = rng.normal(size=(7, 3)), rng.normal(size=(7, 1))
h = np.maximum(x @ w1, 0)
out = h @ w2
d_out = 2 * (out - t) / out.size
d_w2 = h.T @ d_out
d_h = d_out @ w2.T
d_h[h <= 0] = 0
d_w1 = x.T @ d_h

a = torch.tensor(w1, requires_grad=True)
b = torch.tensor(w2, requires_grad=True)
loss = ((torch.relu(torch.from_numpy(x) @ a) @ b - torch.from_numpy(t)) ** 2).mean()
loss.backward()
print(np.allclose(a.grad, d_w1), np.allclose(b.grad.numpy(), d_w2))
