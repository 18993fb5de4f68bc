"""A two-layer network

One training step of a classifier: forward, cross-entropy, backward, one step of SGD. Follow the gradient from the
loss into the weights of both layers, and see where ReLU lets nothing through.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(3, 4)
        self.out = nn.Linear(4, 2)

    def forward(self, x):
        return self.out(F.relu(self.hidden(x)))


net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
data = torch.randn(5, 3)
labels = torch.tensor([0, 1, 1, 0, 1])

before = F.cross_entropy(net(data), labels)
optimizer.zero_grad()
before.backward()
optimizer.step()
with torch.no_grad():
    after = F.cross_entropy(net(data), labels)
print(f"loss {before.item():.4f} -> {after.item():.4f}")
