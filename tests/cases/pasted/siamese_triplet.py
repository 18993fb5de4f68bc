# Contrastive and triplet losses.
import itertools
import torch
import torch.nn.functional as F
from torch import nn


class ContrastiveLoss(nn.Module):
    def __init__(self, margin=2.0):
        super(ContrastiveLoss, self).__init__()
        self.margin = margin

    def forward(self, output1, output2, label):
        d = F.pairwise_distance(output1, output2, keepdim=True)
        return torch.mean((1 - label) * torch.pow(d, 2) + label * torch.pow(torch.clamp(self.margin - d, min=0.0), 2))


torch.manual_seed(0)
net = nn.Sequential(nn.Linear(3, 8), nn.PReLU(), nn.Linear(8, 2))
opt = torch.optim.Adam(net.parameters(), 0.01)
pairs = list(itertools.combinations(range(3), 2))
x = torch.randn(3, 4, 3)
for i, j in pairs:
    opt.zero_grad()
    loss = ContrastiveLoss()(net(x[i]), net(x[j]), torch.randint(0, 2, (4, 1)).float())
    triplet = nn.TripletMarginLoss(margin=1.0)(net(x[0]), net(x[1]), net(x[2]))
    (loss + 0.5 * triplet).backward()
    opt.step()
    print("pair {0}-{1}: {2:.4f} + {3:.4f}".format(i, j, loss.item(), triplet.item()))
