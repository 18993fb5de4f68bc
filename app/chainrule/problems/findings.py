"""What nothing raised, and what is worth knowing all the same."""

from chainrule.problems.kind import Kind

KINDS = (
    Kind(
        "unconfined",
        "This program ran without a sandbox",
        "Its author ran it on their own machine with `chainrule view`.",
        (
            "A script of one's own may read files and use any package, as it does under python, so nothing holds it "
            "back. What is typed into the page always runs in the sandbox.",
        ),
        severity="notice",
    ),
    Kind(
        "import-ignored",
        "An import was ignored",
        "The module is not here, and nothing in the program uses it.",
        (
            "Most programs import more than they need. What is used of a module that is not here is told before the "
            "program runs; an import alone keeps it from nothing.",
        ),
        "import pandas as pd\nx = torch.ones(3, requires_grad=True)\n(x * 2).sum()\n",
        "x = torch.ones(3, requires_grad=True)\n(x * 2).sum()\n",
        severity="notice",
    ),
    Kind(
        "warning",
        "PyTorch gave a warning",
        "The program went on; the words are PyTorch's or Python's.",
        severity="warning",
    ),
    Kind(
        "no-workers",
        "Batches were loaded in the program's own process",
        "A `DataLoader` was asked for workers, and programs run in one process here.",
        ("The batches are the same as with workers, made one after the other. A `worker_init_fn` is not called.",),
        "from torch.utils.data import DataLoader\nfor x in DataLoader(torch.ones(4, 2), 2, num_workers=2):\n    pass\n",
        "from torch.utils.data import DataLoader\nfor x in DataLoader(torch.ones(4, 2), 2):\n    pass\n",
        severity="notice",
    ),
    Kind(
        "figure-thinned",
        "Not all that was drawn is shown",
        "Figures show a bounded number of points, and fewer of what has more.",
        (),
        "import matplotlib.pyplot as plt\nx = torch.linspace(0, 1, 5000)\nplt.plot(x, x**2)\nplt.show()\n",
        "import matplotlib.pyplot as plt\nx = torch.linspace(0, 1, 500)\nplt.plot(x, x**2)\nplt.show()\n",
        severity="notice",
    ),
    Kind(
        "grad-of-non-leaf",
        "Gradients are kept for leaves only",
        "`.grad` was read from a tensor that an operation made, and it is None there.",
        (
            "A gradient did flow through it, as the picture shows, and was thrown away as soon as it had been passed "
            "on: that saves memory. `retain_grad()`, called before backward, keeps it.",
            "Often a leaf became a result without notice: `x = torch.ones(3, requires_grad=True) * 2`, or `x = "
            "x.to(...)`.",
        ),
        "w = torch.ones(3, requires_grad=True)\nx = w*2\n(x**2).sum().backward()\nprint(x.grad)\n",
        "w = torch.ones(3, requires_grad=True)\nx = w*2\nx.retain_grad()\n(x**2).sum().backward()\nprint(x.grad)\n",
        severity="warning",
    ),
    Kind(
        "gradient-accumulated",
        "The gradient was added to an earlier one",
        "`.grad` holds the sum of several passes, since nothing set it back in between.",
        (
            "Backward adds to `.grad`, so that several losses or parts of a batch can share one step. Between steps, "
            "set it back: `optimizer.zero_grad()`, or `x.grad = None`.",
        ),
        "x = torch.tensor(3., requires_grad=True)\n(x**2).backward()\nprint(x.grad)\n(x**2).backward()\n"
        "print(x.grad)\n",
        "x = torch.tensor(3., requires_grad=True)\n(x**2).backward()\nprint(x.grad)\nx.grad = None\n(x**2).backward()\n"
        "print(x.grad)\n",
        severity="warning",
    ),
    Kind(
        "optimizer-without-model",
        "The optimizer holds another model's parameters",
        "The model got gradients, and the optimizer was made for parameters that are gone.",
        (
            "`optim.SGD(model.parameters(), ...)` takes hold of the tensors that the model has at that moment. A model "
            "that is made again has new ones, which that optimizer never changes.",
        ),
        "model = nn.Linear(2, 1)\nopt = torch.optim.SGD(model.parameters(), lr=0.1)\nmodel = nn.Linear(2, 1)\n"
        "for step in range(2):\n    opt.zero_grad()\n    model(torch.ones(1, 2)).sum().backward()\n    opt.step()\n",
        "model = nn.Linear(2, 1)\nopt = torch.optim.SGD(model.parameters(), lr=0.1)\n"
        "for step in range(2):\n    opt.zero_grad()\n    model(torch.ones(1, 2)).sum().backward()\n    opt.step()\n",
        severity="warning",
    ),
    Kind(
        "step-without-gradient",
        "The optimizer's steps change nothing",
        "`step()` was called, and no parameter had a gradient by then.",
        (
            "A step changes what has a gradient in `.grad`. Backward puts it there, and `zero_grad()` takes it away: "
            "the order is `zero_grad`, `backward`, `step`.",
        ),
        "w = torch.ones(2, requires_grad=True)\nopt = torch.optim.SGD([w], lr=0.1)\nfor i in range(2):\n"
        "    loss = (w**2).sum()\n    loss.backward()\n    opt.zero_grad()\n    opt.step()\n",
        "w = torch.ones(2, requires_grad=True)\nopt = torch.optim.SGD([w], lr=0.1)\nfor i in range(2):\n"
        "    loss = (w**2).sum()\n    opt.zero_grad()\n    loss.backward()\n    opt.step()\n",
        severity="warning",
    ),
    Kind(
        "activation-twice",
        "The activation is applied twice",
        "A loss that has a softmax or sigmoid of its own was given the result of one.",
        (
            "`cross_entropy` takes scores and applies `log_softmax`; `binary_cross_entropy_with_logits` applies a "
            "sigmoid. Probabilities in the place of scores lie between 0 and 1, so the second softmax can hardly tell "
            "them apart.",
        ),
        "scores = torch.tensor([[1., 2., 3.]], requires_grad=True)\n"
        "F.cross_entropy(scores.softmax(1), torch.tensor([2])).backward()\n",
        "scores = torch.tensor([[1., 2., 3.]], requires_grad=True)\n"
        "F.cross_entropy(scores, torch.tensor([2])).backward()\n",
        severity="warning",
    ),
    Kind(
        "unstable-logarithm",
        "The logarithm of a softmax or sigmoid",
        "A probability that rounds to 0 has the logarithm -∞, where its own formula would stay finite.",
        (
            "`log_softmax` and `logsigmoid` compute both in one, from the scores. `logsigmoid(-x)` is the logarithm of "
            "`1 - sigmoid(x)`.",
        ),
        "x = torch.tensor([1., 2.], requires_grad=True)\ntorch.log(torch.sigmoid(x)).sum().backward()\n",
        "x = torch.tensor([1., 2.], requires_grad=True)\nF.logsigmoid(x).sum().backward()\n",
        severity="notice",
    ),
    Kind(
        "layer-in-forward",
        "A layer is made anew in each forward",
        "`forward` makes a layer, so its parameters are new and random in each call.",
        (
            "Layers are made in `__init__` and kept on `self`: there `parameters()` finds them, and they keep what "
            "they learn.",
        ),
        "class Net(nn.Module):\n    def forward(self, x):\n        return nn.Linear(2, 1)(x)\n\nnet = Net()\n"
        "net(torch.ones(1, 2)).sum().backward()\n",
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.out = nn.Linear(2, 1)\n\n    def forward(self, x):\n        return self.out(x)\n\nnet = Net()\n"
        "net(torch.ones(1, 2)).sum().backward()\n",
        severity="warning",
    ),
    Kind(
        "graph-cut",
        "The gradient stops here",
        "A value was taken out of the graph, so what lies behind it gets no gradient through it.",
        (
            "`.detach()`, `.data`, `.item()`, `.tolist()`, `torch.tensor(x)` and `torch.no_grad()` keep the value and "
            "leave the history behind. That is right for targets and for printing, and wrong in the middle of a "
            "computation that should be trained.",
        ),
        "w = torch.tensor(2., requires_grad=True)\nh = (w*3).detach()\n"
        "v = torch.tensor(1., requires_grad=True)\n(h*v).backward()\n",
        "w = torch.tensor(2., requires_grad=True)\nh = w*3\nv = torch.tensor(1., requires_grad=True)\n"
        "(h*v).backward()\n",
        severity="warning",
    ),
    Kind(
        "parameter-without-gradient",
        "A parameter got no gradient",
        "Backward ran, and a parameter or leaf was not on its way.",
        (
            "The loss does not depend on it: its layer is not called in `forward`, its result is not used, or a detach "
            "lies in between. An optimizer leaves it as it is.",
        ),
        "a = nn.Linear(2, 2)\nb = nn.Linear(2, 2)\na(torch.ones(1, 2)).sum().backward()\n",
        "a = nn.Linear(2, 2)\nb = nn.Linear(2, 2)\nb(a(torch.ones(1, 2))).sum().backward()\n",
        severity="warning",
    ),
    Kind(
        "nan",
        "NaN appears",
        "A value or gradient became NaN here, while all that went into the operation was finite.",
        (
            "Forward, NaN comes from 0/0, inf - inf, the root or logarithm of a negative number. In backward it mostly "
            "is 0 times infinity: the local derivative is infinite (the root, the norm or the logarithm at 0), and the "
            "gradient that arrives is 0.",
            "`torch.where` and masks pick the right value forward, and do not help in backward: the branch that "
            "was not "
            "chosen still gets a gradient, 0, and 0 times infinity is NaN. Keep the value itself away from the point: "
            "`torch.sqrt(x.clamp(min=1e-12))`, `torch.log(x + 1e-12)`, or mask before the operation.",
        ),
        "x = torch.tensor([0., 4.], requires_grad=True)\ntorch.where(x > 0, torch.sqrt(x), 0.).sum().backward()\n",
        "x = torch.tensor([0., 4.], requires_grad=True)\n"
        "torch.where(x > 0, torch.sqrt(x.clamp(min=1e-12)), 0.).sum().backward()\n",
        severity="warning",
    ),
    Kind(
        "infinite",
        "Infinity appears",
        "A value or gradient became infinite here, while all that went into the operation was finite.",
        (
            "Forward it comes from a division by 0, the logarithm of 0, or numbers too large for the type "
            "(`exp` of 89 in "
            "float32). In backward it comes from a derivative that is infinite at that point, as the root's is at 0.",
        ),
        "x = torch.tensor([0., 4.], requires_grad=True)\ntorch.sqrt(x).sum().backward()\n",
        "x = torch.tensor([0., 4.], requires_grad=True)\ntorch.sqrt(x + 1e-6).sum().backward()\n",
        severity="warning",
    ),
    Kind(
        "zero-gradient",
        "The gradient becomes zero here",
        "A gradient arrives, and everything that is passed on is zero, so what lies behind does not learn.",
        (
            "ReLU passes nothing where its input is negative: a unit that is negative for all data is dead. A sigmoid "
            "or tanh far from 0 is flat, and its derivative rounds to 0. `round`, `sign` and comparisons have "
            "derivative 0 everywhere. `clamp` passes nothing outside its bounds.",
        ),
        "x = torch.tensor([-1., -2.], requires_grad=True)\ntorch.relu(x).sum().backward()\n",
        "x = torch.tensor([-1., -2.], requires_grad=True)\nF.leaky_relu(x).sum().backward()\n",
        severity="warning",
    ),
    Kind(
        "gradient-cancels",
        "The gradient cancels out here",
        "The loss only depends on something that this operation keeps fixed, so it is constant.",
        (
            "The results of a softmax add up to 1 whatever goes in, and a normalised tensor has a fixed mean and norm. "
            "The sum of the one and the mean square of the other never change, and their gradient is 0, up to "
            "rounding.",
            "Compare with a target, or weigh the elements differently.",
        ),
        "x = torch.tensor([1., 2., 3.], requires_grad=True)\nx.softmax(0).sum().backward()\n",
        "x = torch.tensor([1., 2., 3.], requires_grad=True)\nx.softmax(0)[0].backward()\n",
        severity="warning",
    ),
    Kind(
        "hidden-modules",
        "Modules in a plain list are not seen",
        "A module keeps others in a list or dict, where `parameters()` does not find them.",
        (
            "`parameters()`, `zero_grad()` and `state_dict()` go through the modules that are set on `self` "
            "themselves. "
            "In `nn.ModuleList` and `nn.ModuleDict` they are found too; an optimizer then trains them.",
        ),
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.layers = [nn.Linear(1, 1)]\n\n"
        "    def forward(self, x):\n        return self.layers[0](x)\n\nnet = Net()\n"
        "net(torch.ones(1, 1)).sum().backward()\n",
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.layers = nn.ModuleList([nn.Linear(1, 1)])\n\n"
        "    def forward(self, x):\n        return self.layers[0](x)\n\nnet = Net()\n"
        "net(torch.ones(1, 1)).sum().backward()\n",
        severity="warning",
    ),
    Kind(
        "gradient-vanishes",
        "The gradient vanishes with depth",
        "It grows smaller at every layer on its way back, until almost nothing is left for the first ones.",
        (
            "Each step of the chain rule multiplies by a local derivative. A sigmoid's is a quarter at most, so ten of "
            "them leave a millionth. ReLU, residual connections, normalisation and careful initialisation keep the "
            "product near 1.",
        ),
        "h = x = torch.tensor(0.5, requires_grad=True)\nfor step in range(12):\n    h = torch.sigmoid(h)\n"
        "h.backward()\n",
        "h = x = torch.tensor(0.5, requires_grad=True)\nfor step in range(12):\n"
        "    h = h + 0.1*torch.sigmoid(h)\nh.backward()\n",
        severity="warning",
    ),
    Kind(
        "gradient-explodes",
        "The gradient explodes with depth",
        "It grows at every layer on its way back, until the first ones get far too much.",
        (
            "Each step of the chain rule multiplies by a local derivative; factors above 1 grow without bound, "
            "above all "
            "where the same weights are used at every step of time. Smaller weights, normalisation, or "
            "`nn.utils.clip_grad_norm_` hold it.",
        ),
        "h = x = torch.tensor(0.5, requires_grad=True)\nfor step in range(12):\n    h = 5*h\nh.backward()\n",
        "h = x = torch.tensor(0.5, requires_grad=True)\nfor step in range(12):\n    h = 1.1*h\nh.backward()\n",
        severity="warning",
    ),
    Kind(
        "broadcast-in-loss",
        "The loss compares tensors of different shapes",
        "Input and target were repeated to fit each other, so every element is compared with every other.",
        ("`[n, 1]` against `[n]` makes `[n, n]`. Give both the same shape with `squeeze`, `unsqueeze` or `view_as`.",),
        "x = torch.ones(3, 1, requires_grad=True)\nF.mse_loss(x, torch.zeros(3)).backward()\n",
        "x = torch.ones(3, 1, requires_grad=True)\nF.mse_loss(x, torch.zeros(3, 1)).backward()\n",
        severity="warning",
    ),
)
