"""Two transformer blocks

A model of this size is folded: each module is one card with the number of nodes inside and the gradient norms of its
parameters. Open a fold to see what it holds.
"""
torch.manual_seed(0)
layer = nn.TransformerEncoderLayer(d_model=8, nhead=2, dim_feedforward=16, dropout=0.0, batch_first=True)
encoder = nn.TransformerEncoder(layer, num_layers=2, enable_nested_tensor=False)
tokens, targets = torch.randn(2, 5, 8), torch.randn(2, 5, 8)
loss = F.mse_loss(encoder(tokens), targets)
loss.backward()
