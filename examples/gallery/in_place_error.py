"""Changed after it was saved

exp keeps its own result for backward, and the next line changes that result in place. PyTorch notices by the version
counter; the problem says which value it was and which line changed it.
"""
x = torch.tensor([0., 1., 2.], requires_grad=True)
y = torch.exp(x)
y += 1
loss = y.sum()
loss.backward()
