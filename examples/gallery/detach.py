"""Where the gradient stops

target is cut off from the graph by detach, so what lies behind it takes part in the value and gets no gradient. The
dashed part of the picture is where nothing flows back.
"""
w = torch.tensor([1., -2.], requires_grad=True)
v = torch.tensor([0.5, 0.5], requires_grad=True)
prediction = w*3
target = (v*4).detach()
loss = ((prediction - target)**2).sum()
loss.backward()
print(w.grad, v.grad)
