"""The derivative of a derivative

create_graph=True makes backward itself a graph, so that it can be differentiated again. Switch between the two
passes: the second starts from the gradient of the first.
"""
x = torch.tensor(2., requires_grad=True)
y = x**3
(dy,) = torch.autograd.grad(y, x, create_graph=True)
(d2y,) = torch.autograd.grad(dy, x)
print(dy, d2y)
