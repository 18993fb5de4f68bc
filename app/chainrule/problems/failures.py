"""What operations, modules and Python itself refuse."""

from chainrule.problems.kind import Kind

KINDS = (
    Kind(
        "exception",
        "The program raised an exception",
        "Nothing in the program caught it, so it ended there.",
        ("The graph shows what was recorded until then, the console what was printed.",),
        "raise ValueError('on purpose')\n",
    ),
    Kind(
        "shape-mismatch",
        "Shapes do not fit",
        "The operation cannot combine tensors of these shapes.",
        (
            "Element by element, shapes are compared from the right: two sizes fit if they are equal or one of them is "
            "1, which is then repeated. In a product of matrices `[n, k] @ [k, m]` the inner sizes must be equal.",
        ),
        "a = torch.ones(2, 3, requires_grad=True)\nb = torch.ones(2)\n(a*b).sum()\n",
        "a = torch.ones(2, 3, requires_grad=True)\nb = torch.ones(2)\n(a*b.unsqueeze(1)).sum()\n",
    ),
    Kind(
        "layer-input",
        "A layer was given another size than it takes",
        "Layers are built for one number of features; what they are given must have it.",
        ("Change the layer's size, or that of the layer before it; flatten pictures before a linear layer.",),
        "net = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(5, 1))\nnet(torch.ones(2, 3)).sum()\n",
        "net = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))\nnet(torch.ones(2, 3)).sum()\n",
    ),
    Kind(
        "reshape-size",
        "A new shape must hold every element",
        "Reshaping keeps the elements and only counts them in another way.",
        ("The sizes of the new shape must multiply to the number of elements; one of them may be -1, to be found.",),
        "x = torch.ones(6, requires_grad=True)\nx.view(2, 4).sum()\n",
        "x = torch.ones(6, requires_grad=True)\nx.view(2, 3).sum()\n",
    ),
    Kind(
        "view-strides",
        "A view cannot have this shape",
        "`view` only looks at the same memory in another way, and the elements do not lie in the order it needs.",
        ("`reshape` copies where it must. The gradient is the same.",),
        "x = torch.ones(2, 3, requires_grad=True)\nx.t().view(6).sum()\n",
        "x = torch.ones(2, 3, requires_grad=True)\nx.t().reshape(6).sum()\n",
    ),
    Kind(
        "no-such-dimension",
        "There is no such dimension",
        "Dimensions are numbered from 0; -1 is the last.",
        (),
        "x = torch.ones(3, requires_grad=True)\nx.sum(dim=1)\n",
        "x = torch.ones(3, requires_grad=True)\nx.sum(dim=0)\n",
    ),
    Kind(
        "index-out-of-range",
        "An index is out of range",
        "Elements, rows and classes are numbered from 0 to their number minus 1.",
        (),
        "x = torch.ones(3, requires_grad=True)\nx[3]\n",
        "x = torch.ones(3, requires_grad=True)\nx[2]\n",
    ),
    Kind(
        "dtype-mismatch",
        "Types of numbers do not fit",
        "The operation wants tensors of one type, or of a floating-point type.",
        ("Convert with `.float()`, `.double()`, `.long()` or `.to(other.dtype)`; gradients flow through conversions.",),
        "a = torch.ones(2, 2, requires_grad=True)\nb = torch.ones(2, 2, dtype=torch.int64)\n(a @ b).sum()\n",
        "a = torch.ones(2, 2, requires_grad=True)\nb = torch.ones(2, 2, dtype=torch.int64)\n(a @ b.float()).sum()\n",
    ),
    Kind(
        "target-type",
        "The target has the wrong type",
        "Cross-entropy wants the numbers of classes as int64; losses that compute with the target want floating point.",
        (),
        "scores = torch.zeros(2, 3, requires_grad=True)\nF.cross_entropy(scores, torch.tensor([0., 2.]))\n",
        "scores = torch.zeros(2, 3, requires_grad=True)\nF.cross_entropy(scores, torch.tensor([0, 2]))\n",
    ),
    Kind(
        "not-one-number",
        "Only one element can become a Python number",
        "`.item()`, `float()` and the functions of `math` take a tensor of one element.",
        ("For all the numbers use `.tolist()`; for functions of whole tensors use those of `torch`.",),
        "x = torch.ones(3, requires_grad=True)\nmath.exp(x)\n",
        "x = torch.ones(3, requires_grad=True)\ntorch.exp(x).sum()\n",
    ),
    Kind(
        "not-a-probability",
        "A probability must be from 0 to 1",
        "`binary_cross_entropy` takes probabilities, not scores.",
        ("Use `binary_cross_entropy_with_logits`, which has the sigmoid built in and stays finite.",),
        "x = torch.tensor([2., -1.], requires_grad=True)\nF.binary_cross_entropy(x, torch.tensor([1., 0.]))\n",
        "x = torch.tensor([2., -1.], requires_grad=True)\n"
        "F.binary_cross_entropy_with_logits(x, torch.tensor([1., 0.]))\n",
    ),
    Kind(
        "truth-of-tensor",
        "A tensor of several elements is not true or false",
        "A condition needs one truth value, and a comparison of tensors gives one for each element.",
        ("Use `.any()` or `.all()`, or choose element by element with `torch.where`.",),
        "x = torch.tensor([-1., 2.], requires_grad=True)\nif x > 0:\n    y = x.sum()\n",
        "x = torch.tensor([-1., 2.], requires_grad=True)\nif (x > 0).any():\n    y = x.sum()\n",
    ),
    Kind(
        "none-value",
        "Something is None",
        "An operation met None where it wanted a value.",
        ("Most often a function without a `return`, or a `.grad` that is not there yet.",),
        "def loss(x):\n    (x**2).sum()\n\nx = torch.ones(2, requires_grad=True)\nloss(x).backward()\n",
        "def loss(x):\n    return (x**2).sum()\n\nx = torch.ones(2, requires_grad=True)\nloss(x).backward()\n",
    ),
    Kind(
        "grad-is-none",
        "There is no gradient yet",
        "`.grad` is None until backward has brought a gradient to a leaf.",
        (
            "It stays None for tensors that do not require a gradient, for results of operations (unless "
            "`retain_grad()` was called), and for leaves that the loss does not depend on.",
        ),
        "w = torch.ones(2, requires_grad=True)\nw.grad.zero_()\n(w**2).sum().backward()\n",
        "w = torch.ones(2, requires_grad=True)\nw.grad = None\n(w**2).sum().backward()\n",
    ),
    Kind(
        "not-tracked",
        "Plain Python numbers are not tracked",
        "Backward was asked of a Python number, which has no history.",
        (
            "Autograd records what is done with tensors. `.item()`, `float(x)` and `math.exp(x)` give plain numbers, "
            "and a loop over such numbers computes the right value without any graph. Add up the tensors themselves.",
        ),
        "x = torch.ones(3, requires_grad=True)\ntotal = 0.\nfor value in x:\n    total += value.item()**2\n"
        "total.backward()\n",
        "x = torch.ones(3, requires_grad=True)\ntotal = 0.\nfor value in x:\n    total += value**2\ntotal.backward()\n",
    ),
    Kind(
        "several-results",
        "This gives several results",
        "Some operations and modules give a tuple: `max` with a dimension, an LSTM, attention.",
        ("Take the part you need, by its place or its name.",),
        "x = torch.ones(2, 3, requires_grad=True)\nx.max(dim=1).sum()\n",
        "x = torch.ones(2, 3, requires_grad=True)\nx.max(dim=1).values.sum()\n",
    ),
    Kind(
        "no-attribute",
        "There is no such attribute",
        "The object has nothing by the name after the dot.",
        ("Attributes of a module are set in its `__init__`, under the very name that `forward` uses.",),
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.layer1 = nn.Linear(1, 1)\n\n"
        "    def forward(self, x):\n        return self.layer2(x)\n\n    def grow(self):\n"
        "        self.layer2 = None\n\n"
        "Net()(torch.ones(1, 1)).sum()\n",
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.layer1 = nn.Linear(1, 1)\n\n"
        "    def forward(self, x):\n        return self.layer1(x)\n\nNet()(torch.ones(1, 1)).sum()\n",
    ),
    Kind(
        "wrong-arguments",
        "A function was called with other arguments than it takes",
        "There are too few or too many, or one has a name that the function does not know.",
        ("A module is called with what its `forward` takes, without `self`.",),
        "x = torch.ones(2, requires_grad=True)\nnn.Linear(2, 1)()\n",
        "x = torch.ones(2, requires_grad=True)\nnn.Linear(2, 1)(x)\n",
    ),
    Kind(
        "name-without-value",
        "A name has no value yet",
        "The name is used before a statement that gives it a value has run.",
        (),
        "y = x*2\nx = torch.ones(2, requires_grad=True)\n",
        "x = torch.ones(2, requires_grad=True)\ny = x*2\n",
    ),
    Kind(
        "cpu-only",
        "There is only a CPU here",
        "The program asked for another device.",
        (
            "Graph and gradients are the same on a CPU, so `.cuda()`, `.to('cuda')` and `device='cuda'` mean the CPU "
            "here, and `torch.cuda.is_available()` is False. What asks about the GPU itself raises, as on every "
            "machine without one.",
        ),
        "x = torch.ones(2, requires_grad=True).to('cuda')\n",
        "x = torch.ones(2, requires_grad=True).to('cpu')\n",
        severity="notice",
    ),
    Kind(
        "no-parameters",
        "The optimizer has nothing to change",
        "It was given no parameters, or a single tensor instead of a list.",
        ("Modules in a plain list or dict are not seen by `parameters()`: use `nn.ModuleList` or `nn.ModuleDict`.",),
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.layers = [nn.Linear(1, 1)]\n\n"
        "net = Net()\ntorch.optim.SGD(net.parameters(), lr=0.1)\n",
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.layers = nn.ModuleList([nn.Linear(1, 1)])\n\nnet = Net()\n"
        "torch.optim.SGD(net.parameters(), lr=0.1)\n",
    ),
    Kind(
        "module-set-up",
        "The module is not set up",
        "A subclass of `nn.Module` calls `super().__init__()` first and defines `forward`.",
        (),
        "class Net(nn.Module):\n    def __init__(self):\n        self.layer = nn.Linear(1, 1)\n\nnet = Net()\n",
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.layer = nn.Linear(1, 1)\n\nnet = Net()\n",
    ),
    Kind(
        "copy-of-non-leaf",
        "A result with a history cannot be deep-copied",
        "`copy.deepcopy` is for leaves and modules; `.clone()` copies a tensor within the graph.",
        (),
        "import copy\nx = torch.ones(2, requires_grad=True)\ny = copy.deepcopy(x*2)\n",
        "x = torch.ones(2, requires_grad=True)\ny = (x*2).clone()\n",
    ),
)
