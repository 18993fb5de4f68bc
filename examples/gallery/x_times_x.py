"""One leaf, two edges

x*x uses x twice, so two edges lead to it and each carries half of the gradient. The card of x shows their sum: that
is all that "gradients add up" means.
"""
x = torch.tensor(3., requires_grad=True)
y = x*x + x
y.backward()
print(x.grad)
