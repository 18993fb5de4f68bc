"""Where does the NaN come from?

The loss is finite, the gradient is not: the derivative of sqrt at 0 is infinite, and 0 times infinity is NaN. The
first node where it appears is marked; torch.where picks the right value and cannot stop it.
"""
x = torch.tensor([0., 1., 4.], requires_grad=True)
safe = torch.where(x > 0, torch.sqrt(x), torch.zeros_like(x))
loss = safe.sum()
loss.backward()
print(x.grad)
