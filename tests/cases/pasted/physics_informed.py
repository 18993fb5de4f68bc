# Solve u' = -u with a network, by derivatives of its output.
import torch
import torch.nn as nn

torch.manual_seed(123)


class FCN(nn.Module):
    "Defines a fully-connected network"

    def __init__(self, N_INPUT, N_OUTPUT, N_HIDDEN, N_LAYERS):
        super().__init__()
        activation = nn.Tanh
        self.fcs = nn.Sequential(*[nn.Linear(N_INPUT, N_HIDDEN), activation()])
        self.fch = nn.Sequential(
            *[nn.Sequential(*[nn.Linear(N_HIDDEN, N_HIDDEN), activation()]) for _ in range(N_LAYERS - 1)]
        )
        self.fce = nn.Linear(N_HIDDEN, N_OUTPUT)

    def forward(self, x):
        return self.fce(self.fch(self.fcs(x)))


pinn = FCN(1, 1, 8, 2)
t_physics = torch.linspace(0, 1, 10).view(-1, 1).requires_grad_(True)
t_boundary = torch.tensor(0.0).view(-1, 1).requires_grad_(True)
optimiser = torch.optim.Adam(pinn.parameters(), lr=1e-2)
for i in range(6):
    optimiser.zero_grad()
    loss1 = (torch.squeeze(pinn(t_boundary)) - 1) ** 2
    u = pinn(t_physics)
    dudt = torch.autograd.grad(u, t_physics, torch.ones_like(u), create_graph=True)[0]
    d2udt2 = torch.autograd.grad(dudt, t_physics, torch.ones_like(dudt), create_graph=True)[0]
    loss2 = torch.mean((dudt + u) ** 2) + 1e-4 * torch.mean((d2udt2 - u) ** 2)
    loss = loss1 + 1e-1 * loss2
    loss.backward()
    optimiser.step()
    if i % 5 == 0:
        print("%d: %.5f" % (i, loss.item()))
