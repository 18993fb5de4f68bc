"""Programs whose gradients have a closed form: some as people write them, others at random."""

import random

X3 = "x = torch.tensor([1.5, 0.7, 2.2], requires_grad=True)\n"
X23 = "x = torch.tensor([[1.5, 0.7, 2.2], [0.3, 1.1, 0.9]], requires_grad=True)\n"
DATA = "X = torch.randn(4, 3)\ny = torch.randn(4, 2)\nW = torch.randn(3, 2, requires_grad=True)\n"
CLASSES = "X = torch.randn(4, 3)\nt = torch.tensor([0, 2, 1, 2])\nW = torch.randn(3, 3, requires_grad=True)\n"

WRITTEN = [
    X3 + "g = 2 * x ** 3\nz = g.sum() / 12\nz.backward()",
    X3 + "z = (2 * x ** 3).sum() / 12\nz.backward()",
    X3 + "z = (x * x + x).sum()\nz.backward()",
    X3 + "z = torch.sigmoid(x).sum()\nz.backward()",
    X3 + "z = torch.tanh(x).mean()\nz.backward()",
    X3 + "z = torch.relu(x - 1).sum()\nz.backward()",
    X3 + "z = torch.nn.functional.softplus(x).sum()\nz.backward()",
    X3 + "z = torch.nn.functional.silu(x).sum()\nz.backward()",
    X3 + "z = torch.nn.functional.leaky_relu(x - 1).sum()\nz.backward()",
    X3 + "z = torch.exp(-x ** 2 / 2).sum()\nz.backward()",
    X3 + "z = torch.log(x).sum()\nz.backward()",
    X3 + "z = (x * torch.log(x)).sum()\nz.backward()",
    X3 + "z = torch.sqrt(x).sum()\nz.backward()",
    X3 + "z = (1 / x).mean()\nz.backward()",
    X3 + "z = (torch.sin(x) ** 2 + torch.cos(x) ** 2).sum()\nz.backward()",
    X3 + "z = x.abs().sum()\nz.backward()",
    X3 + "z = x.norm()\nz.backward()",
    X3 + "z = x.prod()\nz.backward()",
    X3 + "z = x.var()\nz.backward()",
    X3 + "z = x.std()\nz.backward()",
    X3 + "z = x.max()\nz.backward()",
    X3 + "z = x.logsumexp(0)\nz.backward()",
    X3 + "z = torch.softmax(x, 0).pow(2).sum()\nz.backward()",
    X3 + "z = torch.log_softmax(x, 0).sum()\nz.backward()",
    X3 + "p = torch.exp(x) / torch.exp(x).sum()\nz = (p * p).sum()\nz.backward()",
    X3 + "y = x ** 2\ny.backward(torch.tensor([1., 0., -2.]))",
    X3 + "y = torch.exp(x) * x\ny.backward(gradient=torch.tensor([0.5, 1., 2.]))",
    X3 + "z = 0.1 * (x ** 2).sum() + 0.3 * x.sum()\nz.backward()",
    X3 + "z = x.clamp(1, 2).sum()\nz.backward()",
    X3 + "z = torch.maximum(x, torch.ones(3)).sum()\nz.backward()",
    X3 + "w = torch.tensor([0.5, -1., 2.], requires_grad=True)\nz = (w * x).sum() ** 2\nz.backward()",
    X3 + "w = torch.tensor([0.5, -1., 2.], requires_grad=True)\nz = torch.dot(w, x)\nz.backward()",
    X3 + "s = torch.tensor(2., requires_grad=True)\nz = (s * x).sum()\nz.backward()",
    X3 + "s = torch.tensor(2., requires_grad=True)\nz = (x ** s).sum()\nz.backward()",
    X3 + "z = torch.where(x > 1, x ** 2, x).sum()\nz.backward()",
    X23 + "z = (x - x.mean(1, keepdim=True)).pow(2).sum()\nz.backward()",
    X23 + "z = (x.sum(1) ** 2).mean()\nz.backward()",
    X23 + "z = (x / x.sum(1, keepdim=True)).pow(2).sum()\nz.backward()",
    X23 + "b = torch.tensor([1., 2., 3.], requires_grad=True)\nz = ((x + b) ** 2).sum()\nz.backward()",
    X23 + "z = torch.softmax(x, 0).pow(2).sum()\nz.backward()",
    X23 + "z = (x @ x.T).sum()\nz.backward()",
    X23 + "z = x.amax(1).sum()\nz.backward()",
    X23 + "z = (x.t() @ x).pow(2).mean()\nz.backward()",
    "A = torch.randn(3, 3, requires_grad=True)\nx = torch.randn(3, requires_grad=True)\nz = x @ A @ x\nz.backward()",
    "A = torch.randn(3, 3)\nx = torch.randn(3, requires_grad=True)\nz = (A @ x).pow(2).sum()\nz.backward()",
    DATA + "z = ((X @ W - y) ** 2).mean()\nz.backward()",
    DATA + "b = torch.zeros(2, requires_grad=True)\nz = ((X @ W + b - y) ** 2).mean()\nz.backward()",
    DATA + "z = torch.nn.functional.mse_loss(X @ W, y)\nz.backward()",
    DATA + "z = torch.tanh(X @ W).sum()\nz.backward()",
    DATA + "z = torch.nn.functional.huber_loss(X @ W, y)\nz.backward()",
    DATA + "z = torch.addmm(y, X, W).pow(2).sum()\nz.backward()",
    DATA + "h = torch.relu(X @ W)\nz = (h ** 2).sum()\nz.backward()",
    CLASSES + "z = torch.nn.functional.cross_entropy(X @ W, t)\nz.backward()",
    CLASSES + "z = torch.nn.functional.cross_entropy(X @ W, t, reduction='sum')\nz.backward()",
    CLASSES + "p = torch.log_softmax(X @ W, 1)\nz = torch.nn.functional.nll_loss(p, t)\nz.backward()",
    "x = torch.randn(4, 3, requires_grad=True)\nt = torch.tensor([0, 2, 1, 2])\n"
    "z = torch.nn.functional.cross_entropy(x, t)\nz.backward()",
    "X = torch.randn(4, 3)\nt = torch.tensor([0., 1., 1., 0.])\nw = torch.randn(3, requires_grad=True)\n"
    "z = torch.nn.functional.binary_cross_entropy_with_logits(X @ w, t)\nz.backward()",
    "X = torch.randn(4, 3)\nt = torch.tensor([0., 1., 1., 0.])\nw = torch.randn(3, requires_grad=True)\n"
    "z = torch.nn.functional.binary_cross_entropy(torch.sigmoid(X @ w), t)\nz.backward()",
    "q = torch.randn(3, 2, requires_grad=True)\nk = torch.randn(3, 2, requires_grad=True)\n"
    "v = torch.randn(3, 2, requires_grad=True)\na = torch.softmax(q @ k.T / 2 ** 0.5, -1)\no = a @ v\n"
    "z = (o ** 2).sum()\nz.backward()",
    "X = torch.randn(5, 3)\ny = torch.randn(5, 1)\nW1 = torch.randn(3, 4, requires_grad=True)\n"
    "b1 = torch.zeros(4, requires_grad=True)\nW2 = torch.randn(4, 1, requires_grad=True)\n"
    "h = torch.tanh(X @ W1 + b1)\nz = ((h @ W2 - y) ** 2).mean()\nz.backward()",
]
"""Sixty, as people write them."""

_FUNCTIONS = ("torch.sin({})", "torch.cos({})", "torch.exp(-({}) ** 2)", "torch.tanh({})", "torch.sigmoid({})")
_POSITIVE = ("torch.log(1 + ({}) ** 2)", "torch.sqrt(1 + ({}) ** 2)", "1 / (1 + ({}) ** 2)")


def _elementwise(draw: random.Random, names: list[str], depth: int) -> str:
    if depth == 0:
        return draw.choice(names)
    kind = draw.random()
    if kind < 0.35:
        return draw.choice(_FUNCTIONS + _POSITIVE).format(_elementwise(draw, names, depth - 1))
    if kind < 0.5:
        return f"({_elementwise(draw, names, depth - 1)}) ** {draw.randint(2, 3)}"
    if kind < 0.7:
        number = draw.choice([str(draw.randint(2, 4)), str(draw.randint(1, 9) / 10)])
        return f"({number} {draw.choice('+-*')} {_elementwise(draw, names, depth - 1)})"
    return f"({_elementwise(draw, names, depth - 1)} {draw.choice('+*')} {_elementwise(draw, names, depth - 1)})"


def _scalars(draw: random.Random) -> str:
    """Return a program that works element by element and takes the results together."""
    lines = ["x = torch.randn(3, requires_grad=True)"]
    names = ["x"]
    if draw.random() < 0.5:
        lines.append(draw.choice(["w = torch.randn(3, requires_grad=True)", "w = torch.randn((), requires_grad=True)"]))
        names.append("w")
    lines.append(f"g = {_elementwise(draw, names, draw.randint(1, 3))}")
    lines.append(f"h = {_elementwise(draw, ['g', *names], draw.randint(1, 2))} * g")
    lines.append(f"z = {draw.choice(['h.sum() / 12', 'h.mean()', '(h ** 2).sum()', 'h.sum() ** 2', 'h.norm()'])}")
    if draw.random() < 0.2:
        return "\n".join([*lines[:-1], "h.backward(torch.tensor([1.0, -2.0, 0.5]))"])
    return "\n".join([*lines, "z.backward()"])


def _matrices(draw: random.Random) -> str:
    """Return a program of matrix products with activations between them."""
    rows, width, out = draw.randint(2, 4), draw.randint(2, 3), draw.randint(1, 3)
    act = draw.choice(["torch.relu", "torch.tanh", "torch.sigmoid", "torch.exp", ""])
    bias = draw.choice(["", " + b"])
    lines = [
        f"X = torch.randn({rows}, {width})",
        f"y = torch.randn({rows}, {out})",
        f"W = torch.randn({width}, {out}, requires_grad=True)",
        *([f"b = torch.randn({out}, requires_grad=True)"] if bias else []),
        f"h = {act}(X @ W{bias})",
        "z = "
        + draw.choice(
            [
                "((h - y) ** 2).mean()",
                "torch.nn.functional.mse_loss(h, y)",
                "(h * y).sum()",
                "(h.T @ y).sum()",
                "(h.sum(0) ** 2).sum()",
                "h.mean(1).pow(2).sum()",
            ]
        ),
    ]
    return "\n".join([*lines, "z.backward()"])


def _classes(draw: random.Random) -> str:
    """Return a classifier with its loss."""
    rows, width, classes = draw.randint(2, 4), draw.randint(2, 3), draw.randint(2, 4)
    targets = [draw.randrange(classes) for _ in range(rows)]
    reduction = draw.choice(["mean", "sum"])
    scores = draw.choice(["X @ W", "X @ W / 2", "torch.tanh(X @ W)"])
    return (
        f"X = torch.randn({rows}, {width})\nt = torch.tensor({targets})\n"
        f"W = torch.randn({width}, {classes}, requires_grad=True)\ns = {scores}\n"
        f"z = torch.nn.functional.cross_entropy(s, t, reduction='{reduction}')\nz.backward()"
    )


def made_at_random(number: int) -> str:
    """Return a random program, the same for a number each time."""
    draw = random.Random(number)
    return draw.choice([_scalars, _scalars, _matrices, _classes])(draw)
