import numpy as np
import torch
import torch.nn as nn

np.random.seed(42)
torch.manual_seed(42)
x = np.random.rand(60, 1)
y = 1 + 2 * x + 0.1 * np.random.randn(60, 1)
index = np.arange(60)
np.random.shuffle(index)
x_train, y_train = x[index[:48]], y[index[:48]]
x_train_tensor = torch.from_numpy(x_train).float()
y_train_tensor = torch.as_tensor(y_train, dtype=torch.float32)
model = nn.Linear(1, 1)
optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
losses = []
for epoch in range(10):
    optimizer.zero_grad()
    loss = nn.MSELoss()(model(x_train_tensor), y_train_tensor)
    loss.backward()
    optimizer.step()
    losses.append(loss.detach().numpy())
prediction = model(torch.tensor(x, dtype=torch.float32)).detach().cpu().numpy()
design = np.hstack([np.ones_like(x), x])
exact = np.linalg.lstsq(design, y, rcond=None)[0].ravel()
print(np.round(losses, 4), np.mean(losses), prediction.shape, prediction.dtype)
print("exact", exact.round(3), "error", float(np.abs(prediction - y).mean()))
