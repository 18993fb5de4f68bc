import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn as nn

np.random.seed(0)
torch.manual_seed(0)
angle = np.random.rand(40) * np.pi
X = np.vstack([np.c_[np.cos(angle), np.sin(angle)], np.c_[1 - np.cos(angle), 0.5 - np.sin(angle)]]).astype(np.float32)
y = np.r_[np.zeros(40), np.ones(40)].astype(np.float32)
model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
losses, accuracies = [], []
for epoch in range(15):
    out = model(torch.from_numpy(X)).squeeze()
    loss = nn.BCEWithLogitsLoss()(out, torch.from_numpy(y))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
    accuracies.append(((out > 0).float().numpy() == y).mean())
xx, yy = np.meshgrid(np.linspace(-1.5, 2.5, 30), np.linspace(-1, 1.5, 30))
with torch.no_grad():
    grid = torch.from_numpy(np.c_[xx.ravel(), yy.ravel()]).float()
    z = torch.sigmoid(model(grid)).numpy().reshape(xx.shape)
fig, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
left.contourf(xx, yy, z, levels=20, cmap="RdBu", alpha=0.6)
left.scatter(X[:, 0], X[:, 1], c=y, cmap="RdBu", edgecolors="k")
left.set_title("Decision boundary")
right.plot(losses, label="loss")
right.plot(accuracies, "--", label="accuracy")
right.set_xlabel("epoch")
right.legend()
right.grid(True)
plt.tight_layout()
plt.savefig("moons.png", dpi=150)
plt.show()
print(round(losses[-1], 4), accuracies[-1])
