# A GAN with two optimizers on a one-dimensional distribution.
import torch
import torch.nn as nn
from tqdm import tqdm

torch.manual_seed(3)
G = nn.Sequential(nn.Linear(4, 16), nn.LeakyReLU(0.2, inplace=True), nn.Linear(16, 1))
D = nn.Sequential(nn.Linear(1, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1), nn.Sigmoid())
criterion = nn.BCELoss()
optimizerD = torch.optim.Adam(D.parameters(), lr=1e-3, betas=(0.5, 0.999))
optimizerG = torch.optim.Adam(G.parameters(), lr=1e-3, betas=(0.5, 0.999))
real_label, fake_label = 1.0, 0.0
bar = tqdm(range(4), desc="training")
for i in bar:
    D.zero_grad()
    real = torch.randn(8, 1) * 0.5 + 2
    label = torch.full((8, 1), real_label)
    errD_real = criterion(D(real), label)
    errD_real.backward()
    D_x = D(real).mean().item()
    fake = G(torch.randn(8, 4))
    label.fill_(fake_label)
    errD_fake = criterion(D(fake.detach()), label)
    errD_fake.backward()
    errD = errD_real + errD_fake
    optimizerD.step()
    G.zero_grad()
    label.fill_(real_label)
    errG = criterion(D(fake), label)
    errG.backward()
    optimizerG.step()
    bar.set_description("[%d/4] Loss_D: %.4f Loss_G: %.4f" % (i, errD.item(), errG.item()))
    print("Loss_D: %.4f\tLoss_G: %.4f\tD(x): %.4f" % (errD.item(), errG.item(), D_x))
