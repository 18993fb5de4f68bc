"""Why is x.grad None?

x is made by an operation on a leaf, so it is not a leaf itself, and backward keeps gradients of leaves only. The
picture still shows the gradient that passed through x.
"""
import torch

w = torch.ones(3, requires_grad=True)
x = w*2
y = (x**2).sum()
y.backward()
print(x.grad)
print(w.grad)
