"""Why did the gradient add up?

Each pass adds its gradient to x.grad, and nothing sets it back to zero. On the card of x, compare the gradient of
the second pass with what x.grad holds after it.
"""
import torch

x = torch.tensor([[1., 2., 3., 4.]], requires_grad=True)
xx = x**2
xx2 = xx*2
xx2.backward(gradient=torch.tensor([[1., 0., 0., 0.]]), retain_graph=True)
xx2.backward(gradient=torch.tensor([[0., 1., 0., 0.]]))
print(x.grad)
