"""A layer that does not train

The bias pushes every unit below zero, so ReLU gives zeros and its derivative is zero too. Follow the gradient back
from the loss: it stops at the ReLU, and the weights behind it get exactly nothing.
"""
torch.manual_seed(1)
hidden = nn.Linear(2, 3)
with torch.no_grad():
    hidden.bias.fill_(-5.)
out = nn.Linear(3, 1)

x = torch.tensor([[0.5, -1.0], [1.5, 2.0]])
loss = out(F.relu(hidden(x))).pow(2).mean()
loss.backward()
print(hidden.weight.grad)
