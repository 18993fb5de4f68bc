# A graph convolution on a small ring, written with plain tensors.
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.parameter import Parameter
from torch.nn.modules.module import Module


class GraphConvolution(nn.Module):
    """Simple GCN layer."""

    def __init__(self, in_features, out_features, bias=True):
        super(GraphConvolution, self).__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = Parameter(torch.FloatTensor(in_features, out_features))
        if bias:
            self.bias = Parameter(torch.FloatTensor(out_features))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self):
        stdv = 1.0 / self.weight.size(1) ** 0.5
        self.weight.data.uniform_(-stdv, stdv)
        if self.bias is not None:
            self.bias.data.uniform_(-stdv, stdv)

    def forward(self, input, adj):
        support = torch.mm(input, self.weight)
        output = torch.spmm(adj, support)
        return output + self.bias if self.bias is not None else output

    def __repr__(self):
        return self.__class__.__name__ + " (" + str(self.in_features) + " -> " + str(self.out_features) + ")"


n = 5
adj = torch.eye(n) + torch.roll(torch.eye(n), 1, 0) + torch.roll(torch.eye(n), -1, 0)
adj = adj / adj.sum(1, keepdim=True)
gc1, gc2 = GraphConvolution(4, 6), GraphConvolution(6, 2)
features, labels = torch.eye(n, 4), torch.tensor([0, 0, 1, 1, 0])
out = F.log_softmax(gc2(F.dropout(F.relu(gc1(features, adj)), 0.5, training=False), adj), dim=1)
loss = F.nll_loss(out[[0, 2]], labels[[0, 2]])
loss.backward()
print(gc1, gc2, "loss_train: {:.4f}".format(loss.item()))
assert torch.allclose(out.exp().sum(1), torch.ones(n))
