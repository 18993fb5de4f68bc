# ruff: noqa: E501 # a table of programs reads best with one on each line
"""Programs with one mistake each, in several people's styles: the kind of problem, and the line that it is told at."""

_TRAIN = "net = nn.Linear(2, 3)\nopt = torch.optim.SGD(net.parameters(), lr=0.1)\nx, y = torch.randn(4, 2), torch.tensor([0, 1, 2, 0])\n"

MISTAKES: dict[str, tuple[str, str, int]] = {
    "a step before which gradients are set back, in a function": (
        _TRAIN
        + "def train():\n    for i in range(2):\n        loss = F.cross_entropy(net(x), y)\n        loss.backward()\n"
        "        net.zero_grad()\n        opt.step()\ntrain()\n",
        "step-without-gradient",
        9,
    ),
    "a step before which gradients are set back, in a class": (
        _TRAIN
        + "class Trainer:\n    def step(self):\n        loss = F.cross_entropy(net(x), y)\n        loss.backward()\n"
        "        opt.zero_grad()\n        opt.step()\ntrainer = Trainer()\ntrainer.step()\n",
        "step-without-gradient",
        9,
    ),
    "steps without backward, in a loop": (
        _TRAIN + "for i in range(3):\n    loss = F.cross_entropy(net(x), y)\n    opt.step()\n    opt.zero_grad()\n",
        "step-without-gradient",
        6,
    ),
    "a softmax before cross entropy, in a function": (
        _TRAIN
        + "def loss_of(scores):\n    p = F.softmax(scores, dim=1)\n    return F.cross_entropy(p, y)\nloss_of(net(x)).backward()\n",
        "activation-twice",
        5,
    ),
    "a softmax at the end of a model": (
        "x, y = torch.randn(4, 2), torch.tensor([0, 1, 2, 0])\n"
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.out = nn.Linear(2, 3)\n"
        "    def forward(self, x):\n        return torch.softmax(self.out(x), dim=1)\nmodel = Net()\n"
        "nn.CrossEntropyLoss()(model(x), y).backward()\n",
        "activation-twice",
        7,
    ),
    "a sigmoid before a loss that takes logits, in a loop": (
        "w = torch.randn(3, 1, requires_grad=True)\nfor i in range(2):\n    p = (torch.ones(4, 3) @ w).sigmoid()\n"
        "    loss = F.binary_cross_entropy_with_logits(p, torch.ones(4, 1))\n    w.grad = None\n    loss.backward()\n",
        "activation-twice",
        3,
    ),
    "the logarithm of a softmax, in a function": (
        _TRAIN
        + "def nll(scores):\n    return -torch.log(torch.softmax(scores, dim=1)).mean()\nnll(net(x)).backward()\n",
        "unstable-logarithm",
        5,
    ),
    "the logarithm of a sigmoid, in a class": (
        "class D(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.out = nn.Linear(2, 1)\n"
        "    def forward(self, x):\n        return torch.sigmoid(self.out(x))\nd = D()\n"
        "loss = -torch.log(d(torch.ones(3, 2))).mean()\nloss.backward()\n",
        "unstable-logarithm",
        8,
    ),
    "the logarithm of 1 minus a sigmoid, in a loop": (
        "w = torch.randn(3, requires_grad=True)\nfor i in range(2):\n    loss = -torch.log(1 - torch.sigmoid(w)).sum()\n"
        "    w.grad = None\n    loss.backward()\n",
        "unstable-logarithm",
        3,
    ),
    "a layer in forward, called in a loop": (
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = nn.Linear(2, 3)\n"
        "    def forward(self, x):\n        for i in range(2):\n            x = nn.Linear(x.shape[1], 2)(x)\n        return self.a(x)\n"
        "net = Net()\nnet(torch.ones(1, 2)).sum().backward()\n",
        "layer-in-forward",
        7,
    ),
    "a layer in forward, trained in a function": (
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = nn.Linear(2, 3)\n"
        "    def forward(self, x):\n        out = nn.Linear(3, 1)\n        return out(self.a(x))\n"
        "def train(net):\n    opt = torch.optim.SGD(net.parameters(), lr=0.1)\n    for i in range(2):\n        opt.zero_grad()\n"
        "        net(torch.ones(1, 2)).sum().backward()\n        opt.step()\ntrain(Net())\n",
        "layer-in-forward",
        6,
    ),
    "a parameter in forward": (
        "class Scale(nn.Module):\n    def forward(self, x):\n        w = nn.Parameter(torch.ones(2))\n        return w*x\n"
        "scale = Scale()\nscale(torch.ones(2)).sum().backward()\n",
        "layer-in-forward",
        3,
    ),
    "a loss class that is given tensors": (
        _TRAIN + "loss = nn.MSELoss(net(x), torch.zeros(4, 3))\nloss.backward()\n",
        "module-set-up",
        4,
    ),
    "a hook where nothing requires a gradient": (
        "x = torch.ones(3)\nx.register_hook(print)\n",
        "nothing-requires-grad",
        2,
    ),
    "the gradient of a part that was taken out afterwards": (
        "x = torch.ones(3, requires_grad=True)\ny = (x**2).sum()\nfirst = x[0]\ntorch.autograd.grad(y, first)\n",
        "not-in-graph",
        4,
    ),
    "eigenvectors of equal eigenvalues": (
        "a = torch.eye(3, requires_grad=True)\nvalues, vectors = torch.linalg.eigh(a)\n"
        "(vectors**2*torch.arange(3.)).sum().backward()\n",
        "nan",
        2,
    ),
}
"""By a title."""

COUNTER: dict[str, str] = {
    "a step after each backward": _TRAIN
    + "for i in range(2):\n    opt.zero_grad()\n    F.cross_entropy(net(x), y).backward()\n    opt.step()\n",
    "accumulated batches with a first step that comes late": (
        _TRAIN
        + "for i in range(4):\n    (F.cross_entropy(net(x), y)/2).backward()\n    if i % 2:\n        opt.step()\n"
        "        opt.zero_grad()\n"
    ),
    "a softmax for the picture beside the loss": (
        _TRAIN + "scores = net(x)\np = scores.softmax(1)\nF.cross_entropy(scores, y).backward()\nprint(p.max())\n"
    ),
    "a logarithm of attention that was summed": (
        "x = torch.randn(3, 4, requires_grad=True)\nentropy = -(x.softmax(1)*F.log_softmax(x, 1)).sum()\nentropy.backward()\n"
    ),
    "a logarithm that is kept away from 0": (
        "x = torch.randn(3, requires_grad=True)\ntorch.log(torch.sigmoid(x) + 1e-6).sum().backward()\n"
    ),
    "a layer that is made in __init__": (
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = nn.Linear(2, 1)\n"
        "    def forward(self, x):\n        return self.a(x)\nnet = Net()\nnet(torch.ones(1, 2)).sum().backward()\n"
    ),
    "a coordinate that requires a gradient within forward": (
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = nn.Linear(1, 1)\n"
        "    def forward(self, t):\n        x = torch.zeros(3, 1).requires_grad_()\n        u = torch.tanh(self.a(x + t))\n"
        "        return torch.autograd.grad(u.sum(), x, create_graph=True)[0]\nnet = Net()\n"
        "net(torch.ones(3, 1)).pow(2).sum().backward()\n"
    ),
}
"""Programs that are like the mistakes and have none, by a title."""
