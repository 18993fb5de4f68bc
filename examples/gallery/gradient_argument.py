"""What is backward(gradient=...)?

The argument is the cotangent at xx2: it picks a weighted sum of the outputs to differentiate. The first pass asks
about element 0 only, the second about element 1; switch between the passes and compare the gradients at x.
"""
import torch

x = torch.tensor([[1., 2., 3., 4.]], requires_grad=True)
xx = x**2
xx2 = xx*2
xx2.backward(gradient=torch.tensor([[1., 0., 0., 0.]]), retain_graph=True)
x.grad.data.zero_()
xx2.backward(gradient=torch.tensor([[0., 1., 0., 0.]]))
print(x.grad)
