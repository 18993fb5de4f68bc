"""A second time through the graph

The first pass frees what the nodes had saved, so a second one cannot run. The first pass stays in the picture; the
problem says what to change.
"""
import torch

x = torch.tensor([[1., 2., 3., 4.]], requires_grad=True)
xx = x**2
xx2 = xx*2
xx2.backward(gradient=torch.tensor([[1., 0., 0., 0.]]))
x.grad.data.zero_()
xx2.backward(gradient=torch.tensor([[0., 1., 0., 0.]]))
