"""A gradient that vanishes with depth

Each sigmoid multiplies the gradient by at most a quarter. Compare the gradients at the first and the last layer: ten
steps of the chain rule make the difference.
"""
x = torch.tensor(0.5, requires_grad=True)
h = x
for layer in range(10):
    h = torch.sigmoid(h)
loss = (h - 1)**2
loss.backward()
print(x.grad)
