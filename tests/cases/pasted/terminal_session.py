>>> import torch
>>> a = torch.tensor([2., 3.], requires_grad=True)
>>> b = torch.tensor([6., 4.], requires_grad=True)
>>> Q = 3*a**3 - b**2
>>> external_grad = torch.tensor([1., 1.])
>>> Q.backward(gradient=external_grad)
>>> print(9*a**2 == a.grad)
tensor([True, True])
>>> for p in (a, b):
...     print(p.grad)
...
tensor([36., 81.])
tensor([-12.,  -8.])
