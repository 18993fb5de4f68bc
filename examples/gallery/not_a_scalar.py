"""Why must a loss be a scalar?

Here z keeps all nine elements, and backward does not know which of them to start from. Read the problem below the
picture: the graph of z is complete, only the cotangent to start with is missing.
"""
import torch

x = torch.tensor([[0.4490, -0.7287, -1.2367],
                  [1.0262, 0.3886, -1.2934],
                  [0.2356, -1.5048, 0.1285]], requires_grad=True)
g = 2*(x**3)
z = g/12
z.backward()
