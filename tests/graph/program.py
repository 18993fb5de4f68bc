"""Graphs of real programs, as the tape records them."""

import torch
from chainrule.graph import Graph
from chainrule.tape import Tape


def trace(source: str, seed: int = 0) -> Graph:
    """Run a program on a tape, with torch, nn and F there."""
    torch.manual_seed(seed)
    names: dict[str, object] = {"torch": torch, "nn": torch.nn, "F": torch.nn.functional, "__name__": "program"}
    given = {*names, "__builtins__"}
    with Tape(source=source) as tape:
        exec(compile(source, "<program>", "exec"), names)
    return tape.graph(names={name: value for name, value in names.items() if name not in given})


CUBES = """
x = torch.tensor([[0.4490, -0.7287, -1.2367], [1.0262, 0.3886, -1.2934], [0.2356, -1.5048, 0.1285]], requires_grad=True)
g = 2 * (x**3)
z = g.sum() / 12
z.backward()
"""

SCALARS = """
x = torch.tensor(3.0, requires_grad=True)
y = torch.tensor(2.0, requires_grad=True)
z = x * y + torch.sin(x) - x**2
z.backward()
"""

TRANSFORMER = """
layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, dropout=0.0)
model = nn.TransformerEncoder(layer, 6, enable_nested_tensor=False)
loss = model(torch.randn(2, 3, 8)).pow(2).mean()
loss.backward()
"""

LSTM = """
cell = nn.LSTMCell(2, 3)
xs = torch.randn(30, 1, 2)
h, c = torch.zeros(1, 3), torch.zeros(1, 3)
for t in range(30):
    h, c = cell(xs[t], (h, c))
h.sum().backward()
"""
