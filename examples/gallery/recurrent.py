"""Backpropagation through time

The same two weights are used at every step of the loop, so their gradients are sums over time. Each copy of w and u
in the picture is the same leaf; its total gradient is told at each.
"""
w = torch.tensor(0.9, requires_grad=True)
u = torch.tensor(0.5, requires_grad=True)
inputs = [1.0, -1.0, 0.5, 2.0]

h = torch.tensor(0.)
for x in inputs:
    h = torch.tanh(w*h + u*x)
loss = (h - 1)**2
loss.backward()
print(w.grad, u.grad)
