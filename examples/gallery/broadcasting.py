"""Broadcasting and the sum that undoes it

b has one number per column and is used in every row. Compare the shape of the gradient at the addition with the one
at b: backward sums over the rows that broadcasting had repeated.
"""
x = torch.tensor([[1., 2., 3.],
                  [4., 5., 6.]], requires_grad=True)
b = torch.tensor([10., 20., 30.], requires_grad=True)
loss = ((x + b)**2).mean()
loss.backward()
print(b.grad)
