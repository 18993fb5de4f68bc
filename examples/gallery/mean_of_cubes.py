"""The sum of cubes

The chain rule in four steps, from a 3x3 leaf to a scalar. Look at the gradient row of each card: it is multiplied by
one local derivative on every step back from z to x.
"""
import torch

x = torch.tensor([[0.4490, -0.7287, -1.2367],
                  [1.0262, 0.3886, -1.2934],
                  [0.2356, -1.5048, 0.1285]], requires_grad=True)
g = 2*(x**3)
z = g.sum()/12
z.backward()
print(x.grad)
