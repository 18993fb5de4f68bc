# Layers by numbered attributes, read with getattr.
import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self, sizes, activation="relu"):
        super(Net, self).__init__()
        self.n = len(sizes) - 1
        for i, (a, b) in enumerate(zip(sizes[:-1], sizes[1:])):
            setattr(self, "fc%d" % i, nn.Linear(a, b))
        self.activation = getattr(F, activation)
        self.norm = getattr(nn, "LayerNorm")(sizes[1])

    def forward(self, x):
        for i in range(self.n):
            x = getattr(self, "fc{}".format(i))(x)
            if i < self.n - 1:
                x = self.activation(self.norm(x) if i == 0 else x)
        return x


net = Net([2, 4, 4, 1])
if hasattr(net, "fc2"):
    print(net.fc2.weight.shape, getattr(net, "missing", "nothing"))
optimizer = getattr(torch.optim, "SGD")(net.parameters(), lr=0.1)
loss = net(torch.ones(3, 2)).pow(2).mean()
loss.backward()
optimizer.step()
for name, param in net.named_parameters():
    print("{:<12} {!s:<20} {:.4f}".format(name, tuple(param.shape), param.grad.norm()))
