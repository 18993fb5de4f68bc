"""A hook that changes the gradient

register_hook runs when the gradient of h is ready, and what it returns goes on in its place. The gradient behind the
hook is clipped to the range from -1 to 1.
"""
x = torch.tensor([1., 2., 3.], requires_grad=True)
h = x**2
h.register_hook(lambda gradient: gradient.clamp(-1, 1))
loss = (h**2).sum()
loss.backward()
print(x.grad)
