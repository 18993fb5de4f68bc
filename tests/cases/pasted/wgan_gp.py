# A critic with a gradient penalty.
import torch
from torch import nn, autograd
from tqdm.auto import trange

torch.manual_seed(0)
critic = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))
opt = torch.optim.RMSprop(critic.parameters(), lr=5e-4)
LAMBDA = 10


def calc_gradient_penalty(netD, real_data, fake_data):
    alpha = torch.rand(real_data.size(0), 1).expand(real_data.size())
    interpolates = alpha * real_data + ((1 - alpha) * fake_data)
    interpolates = autograd.Variable(interpolates, requires_grad=True)
    disc_interpolates = netD(interpolates)
    gradients = autograd.grad(
        outputs=disc_interpolates,
        inputs=interpolates,
        grad_outputs=torch.ones(disc_interpolates.size()),
        create_graph=True,
        retain_graph=True,
        only_inputs=True,
    )[0]
    return ((gradients.norm(2, dim=1) - 1) ** 2).mean() * LAMBDA


for step in trange(3):
    real, fake = torch.randn(6, 2) + 1, torch.randn(6, 2)
    opt.zero_grad()
    loss = critic(fake).mean() - critic(real).mean() + calc_gradient_penalty(critic, real, fake)
    loss.backward()
    opt.step()
    print(f"{step}: {loss.item():.4f}")
