import numpy as np
import torch
import torch.nn as nn
import torch.optim as optim
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(1)
torch.backends.cudnn.benchmark = True
cuda = torch.cuda.is_available()
device = "cuda" if cuda else "cpu"
Tensor = torch.cuda.FloatTensor if cuda else torch.FloatTensor
real = torch.tensor(np.random.RandomState(0).normal(4, 0.5, size=(24, 1)), dtype=torch.float32)
loader = DataLoader(TensorDataset(real), batch_size=8, shuffle=True, drop_last=True)
G = nn.Sequential(nn.Linear(2, 6), nn.LeakyReLU(0.2), nn.Linear(6, 1)).to(device)
D = nn.Sequential(nn.Linear(1, 6), nn.LeakyReLU(0.2), nn.Linear(6, 1), nn.Sigmoid()).to(device)
if cuda:
    G.cuda()
    D.cuda()
criterion = nn.BCELoss()
opt_g = optim.Adam(G.parameters(), lr=2e-3, betas=(0.5, 0.999))
opt_d = optim.Adam(D.parameters(), lr=2e-3, betas=(0.5, 0.999))
for epoch in range(2):
    for i, (batch,) in enumerate(loader):
        batch = batch.to(device, non_blocking=True)
        ones, zeros = torch.ones(len(batch), 1, device=device), torch.zeros(len(batch), 1, device=device)
        D.zero_grad(set_to_none=True)
        fake = G(torch.randn(len(batch), 2, device=device))
        d_loss = criterion(D(batch), ones) + criterion(D(fake.detach()), zeros)
        d_loss.backward()
        opt_d.step()
        G.zero_grad(set_to_none=True)
        g_loss = criterion(D(fake), ones)
        g_loss.backward()
        opt_g.step()
    print("[%d/2] D %.4f G %.4f" % (epoch + 1, d_loss.item(), g_loss.item()))
