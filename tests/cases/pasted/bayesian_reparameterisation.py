# A linear layer whose weights are drawn anew, and the divergence from a prior.
import torch
from torch import nn
from torch.distributions import Normal, kl_divergence


class BayesLinear(nn.Module):
    def __init__(self, n_in, n_out, prior_std=1.0):
        super().__init__()
        self.mu = nn.Parameter(torch.zeros(n_out, n_in).normal_(0, 0.1))
        self.rho = nn.Parameter(torch.full((n_out, n_in), -3.0))
        self.prior = Normal(0.0, prior_std)
        self._kl = None

    @property
    def posterior(self):
        return Normal(self.mu, nn.functional.softplus(self.rho))

    def forward(self, x):
        q = self.posterior
        self._kl = kl_divergence(q, self.prior).sum()
        return nn.functional.linear(x, q.rsample())

    def kl(self):
        return self._kl


torch.manual_seed(1)
net = nn.Sequential(BayesLinear(2, 4), nn.Tanh(), BayesLinear(4, 1))
opt = torch.optim.Adam(net.parameters(), lr=5e-2)
x = torch.randn(16, 2)
y = x[:, :1] - x[:, 1:]
for step in range(3):
    nll = nn.functional.mse_loss(net(x), y, reduction="sum")
    kl = sum(m.kl() for m in net.modules() if isinstance(m, BayesLinear))
    loss = nll + kl / 16
    opt.zero_grad()
    loss.backward()
    opt.step()
    print(f"ELBO {-loss.item():>10.3f} = -{nll.item():.3f} - {kl.item():.1f}/16")
