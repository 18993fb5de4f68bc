# One training step of a diffusion model.
import math
import torch
from torch import nn, Tensor
from contextlib import nullcontext


class SinusoidalPositionEmbeddings(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.dim = dim

    def forward(self, time: Tensor) -> Tensor:
        half_dim = self.dim // 2
        embeddings = math.log(10000) / (half_dim - 1)
        embeddings = torch.exp(torch.arange(half_dim) * -embeddings)
        embeddings = time[:, None] * embeddings[None, :]
        return torch.cat((embeddings.sin(), embeddings.cos()), dim=-1)


T = 20
betas = torch.linspace(0.0001, 0.02, T)
alphas_cumprod = torch.cumprod(1.0 - betas, dim=0)


def extract(a, t, x_shape):
    return a.gather(-1, t).reshape(t.shape[0], *((1,) * (len(x_shape) - 1)))


def q_sample(x_start, t, noise=None):
    noise = torch.randn_like(x_start) if noise is None else noise
    return (
        extract(alphas_cumprod.sqrt(), t, x_start.shape) * x_start
        + extract((1.0 - alphas_cumprod).sqrt(), t, x_start.shape) * noise
    )


torch.manual_seed(0)
model = nn.ModuleDict(
    {
        "time": nn.Sequential(SinusoidalPositionEmbeddings(8), nn.Linear(8, 4), nn.SiLU()),
        "net": nn.Conv2d(1, 4, 3, padding=1),
        "out": nn.Conv2d(4, 1, 1),
    }
)
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
for step in range(2):
    x, t = torch.rand(3, 1, 4, 4) * 2 - 1, torch.randint(0, T, (3,)).long()
    noise = torch.randn_like(x)
    with nullcontext():
        h = model["net"](q_sample(x, t, noise)) + model["time"](t)[:, :, None, None]
        loss = nn.functional.smooth_l1_loss(model["out"](torch.relu(h)), noise)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 1 == 0:
        print("Loss:", round(loss.item(), 6))
