"""Attention, step by step

Four positions look at each other: scores, softmax, a weighted sum. The rows of the softmax sum to one, so the
gradient in front of it sums to zero in every row; check it on the card.
"""
torch.manual_seed(0)
q = torch.randn(4, 3, requires_grad=True)
k = torch.randn(4, 3, requires_grad=True)
v = torch.randn(4, 3, requires_grad=True)

scores = q @ k.T / math.sqrt(3)
weights = torch.softmax(scores, dim=-1)
context = weights @ v
loss = context.pow(2).mean()
loss.backward()
