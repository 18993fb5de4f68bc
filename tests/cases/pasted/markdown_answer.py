You forgot that `.backward()` accumulates. This works:

```python
import torch
w = torch.ones(3, requires_grad=True)
for epoch in range(2):
    out = (w * 3).sum()
    out.backward()
    print(w.grad)
    w.grad.zero_()
```

The output is `tensor([3., 3., 3.])` both times.
