"""Three steps of gradient descent

A line is fitted to four points, one pass for each step. Choose the pass to see how the gradients of w and b shrink as
the line gets better; zero_grad keeps them from adding up.
"""
x = torch.tensor([0., 1., 2., 3.])
y = torch.tensor([1., 3., 5., 7.])
w = torch.zeros(1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
optimizer = torch.optim.SGD([w, b], lr=0.1)

for step in range(3):
    loss = ((w*x + b - y)**2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(f"step {step}: loss {loss.item():.4f}, w {w.item():.3f}, b {b.item():.3f}")
