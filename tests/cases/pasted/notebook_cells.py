%matplotlib inline
!pip install -q torch torchvision
%load_ext autoreload
%autoreload 2
import torch
torch.__version__

#%% [markdown] the second cell
x = torch.tensor([[1., 2.], [3., 4.]], requires_grad=True)
y = x + 2
z = y * y * 3
out = z.mean()
out.backward()
print(x.grad)
assert torch.equal(x.grad, 6 * (x + 2) / 4)
x.grad?
