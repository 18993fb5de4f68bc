"""What backward and requires_grad refuse."""

from chainrule.problems.kind import Kind

KINDS = (
    Kind(
        "backward-non-scalar",
        "Backward needs a scalar to start from",
        "`backward()` without an argument can only start from one number.",
        (
            "A gradient answers: how does this number change when each of those changes a little? For several numbers "
            "there is one answer each (the rows of the Jacobian), and PyTorch computes only a weighted sum of them. "
            "For one number the weight is 1, so nothing has to be said.",
            "Make the result a scalar, as a loss is (`.sum()`, `.mean()`), or give the weights: "
            "`backward(gradient=w)` with `w` of the result's shape computes the gradients of `(w * result).sum()`.",
        ),
        "x = torch.tensor([1., 2., 3.], requires_grad=True)\ny = x**2\ny.backward()\n",
        "x = torch.tensor([1., 2., 3.], requires_grad=True)\ny = x**2\ny.sum().backward()\n",
    ),
    Kind(
        "backward-complex",
        "Backward needs a real number to start from",
        "A complex number is not smaller or larger than another, so it has no direction of descent.",
        ("Differentiate its real part, its magnitude, or its squared magnitude.",),
        "x = torch.tensor(1. + 2.j, requires_grad=True)\nz = x*x\nz.backward()\n",
        "x = torch.tensor(1. + 2.j, requires_grad=True)\nz = x*x\nz.abs().square().backward()\n",
    ),
    Kind(
        "backward-twice",
        "The graph was used up by an earlier backward",
        "The values that nodes save for backward are freed by the first pass through them.",
        (
            "Each node keeps what its derivative needs: a multiplication its two factors, `exp` its result. They take "
            "memory, so the first backward frees them as it goes.",
            "To go through the same graph again, say `retain_graph=True` at the first pass. In a training loop the "
            "forward part belongs inside the loop: it makes a new graph at each step.",
        ),
        "x = torch.tensor([1., 2.], requires_grad=True)\ny = (x**2).sum()\ny.backward()\ny.backward()\n",
        "x = torch.tensor([1., 2.], requires_grad=True)\ny = (x**2).sum()\ny.backward(retain_graph=True)\n"
        "x.grad = None\ny.backward()\n",
    ),
    Kind(
        "nothing-requires-grad",
        "Nothing here requires a gradient",
        "The tensor that backward should start from has no graph behind it.",
        (
            "A graph is recorded from leaves with `requires_grad=True` on. It is not recorded from tensors without it, "
            "under `torch.no_grad()`, and past `.detach()`, `.item()` or a conversion to whole numbers.",
        ),
        "x = torch.tensor([1., 2.])\ny = (x**2).sum()\ny.backward()\n",
        "x = torch.tensor([1., 2.], requires_grad=True)\ny = (x**2).sum()\ny.backward()\n",
    ),
    Kind(
        "integer-ends-graph",
        "Whole numbers end the graph",
        "The result has an integer or boolean type, which has no gradient.",
        (
            "`argmax`, comparisons and rounding to int do not change a little when their input does: their "
            "derivative is "
            "zero wherever it exists. Use a smooth stand-in: a softmax for `argmax`, a sigmoid for a comparison, "
            "cross-entropy for accuracy.",
        ),
        "x = torch.tensor([1., 2.], requires_grad=True)\nbest = x.argmax()\nbest.backward()\n",
        "x = torch.tensor([1., 2.], requires_grad=True)\nbest = (x.softmax(0) * torch.arange(2)).sum()\n"
        "best.backward()\n",
    ),
    Kind(
        "not-in-graph",
        "A tensor is not part of this graph",
        "A gradient was asked for with respect to a tensor that the output was not computed from.",
        (
            "Often the name was bound anew in between (`x = x * 2`), so the tensor asked about is another one than was "
            "used. Where it is meant, `allow_unused=True` gives `None`.",
        ),
        "x = torch.tensor(1., requires_grad=True)\nw = torch.tensor(2., requires_grad=True)\n"
        "torch.autograd.grad(x**2, w)\n",
        "x = torch.tensor(1., requires_grad=True)\nw = torch.tensor(2., requires_grad=True)\n"
        "torch.autograd.grad(w * x**2, w)\n",
    ),
    Kind(
        "gradient-shape",
        "The gradient argument does not fit",
        "`gradient=` must be a tensor with the shape of what backward starts from.",
        ("It says how much each element counts, so there is one number for each element.",),
        "x = torch.tensor([1., 2., 3.], requires_grad=True)\ny = x**2\ny.backward(gradient=torch.ones(2))\n",
        "x = torch.tensor([1., 2., 3.], requires_grad=True)\ny = x**2\ny.backward(gradient=torch.ones(3))\n",
    ),
    Kind(
        "in-place-needed",
        "A value that backward needs was changed",
        "A node saved a tensor for its derivative, and the tensor was changed in place before backward.",
        (
            "The derivative of `exp(x)` is `exp(x)` itself, so its node keeps the result; `y += 1` then changes the "
            "very numbers it kept. Every tensor counts its changes, so PyTorch notices instead of computing a wrong "
            "gradient.",
            "Make a new tensor (`y = y + 1`). An optimizer step between forward and backward does the same to the "
            "parameters: run backward first.",
        ),
        "x = torch.tensor([0., 1.], requires_grad=True)\ny = torch.exp(x)\ny += 1\ny.sum().backward()\n",
        "x = torch.tensor([0., 1.], requires_grad=True)\ny = torch.exp(x)\ny = y + 1\ny.sum().backward()\n",
    ),
    Kind(
        "in-place-leaf",
        "A leaf cannot be changed in place",
        "A leaf that requires a gradient, or a view of it, was changed by an operation in place.",
        (
            "Its gradient is with respect to the value it had. To update it as an optimizer does, switch recording off "
            "with `torch.no_grad()`; to compute something new, make a new tensor.",
        ),
        "w = torch.tensor([1., 2.], requires_grad=True)\n(w**2).sum().backward()\nw -= 0.1*w.grad\n",
        "w = torch.tensor([1., 2.], requires_grad=True)\n(w**2).sum().backward()\nwith torch.no_grad():\n"
        "    w -= 0.1*w.grad\n",
    ),
    Kind(
        "integer-requires-grad",
        "Whole numbers have no gradient",
        "Only floating-point and complex tensors can require a gradient.",
        ("Numbers written without a point make an integer tensor: write `1.` for `1`, or give `dtype=torch.float32`.",),
        "x = torch.tensor([1, 2, 3], requires_grad=True)\n(x**2).sum().backward()\n",
        "x = torch.tensor([1., 2., 3.], requires_grad=True)\n(x**2).sum().backward()\n",
    ),
    Kind(
        "flag-of-non-leaf",
        "Only a leaf's requires_grad can be set",
        "The result of an operation requires a gradient if something that it was computed from does.",
        ("To go on without its history use `.detach()`.",),
        "x = torch.ones(2, requires_grad=True)\ny = x*2\ny.requires_grad = False\n",
        "x = torch.ones(2, requires_grad=True)\ny = x*2\ny = y.detach()\nprint(y)\n(x*y).sum().backward()\n",
    ),
    Kind(
        "inference-tensor",
        "A tensor of inference mode cannot be used in a graph",
        "Tensors made under `torch.inference_mode()` keep no version counter.",
        ("Use `torch.no_grad()`, which records nothing either, and whose tensors can be used later.",),
        "w = torch.ones(2, requires_grad=True)\nwith torch.inference_mode():\n    x = torch.ones(2)\n"
        "(w*x).sum().backward()\n",
        "w = torch.ones(2, requires_grad=True)\nwith torch.no_grad():\n    x = torch.ones(2)\n(w*x).sum().backward()\n",
    ),
    Kind(
        "leaf-from-operation",
        "The leaf was made by an operation",
        "A tensor that should be trained is the result of an operation, so it is no leaf.",
        (
            "In `w = torch.randn(3, requires_grad=True) * 0.1` the leaf is what `randn` gave, and `w` is computed from "
            "it: backward leaves its gradient at that nameless leaf. Ask for the gradient last: "
            "`w = (torch.randn(3) * 0.1).requires_grad_()`.",
        ),
        "w = torch.ones(3, requires_grad=True) * 0.1\noptimizer = torch.optim.SGD([w], lr=0.1)\n",
        "w = (torch.ones(3) * 0.1).requires_grad_()\noptimizer = torch.optim.SGD([w], lr=0.1)\n"
        "(w**2).sum().backward()\n",
    ),
    Kind(
        "custom-function",
        "A custom Function does not keep the rules",
        "`backward` returns one gradient for each input of `forward`, each with the shape of its input.",
        (
            "Both are static methods; the Function is used through its `apply`. An input that needs no gradient, such "
            "as a number, gets `None`.",
        ),
        "class Scale(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x, factor):\n"
        "        ctx.factor = factor\n        return x*factor\n\n    @staticmethod\n    def backward(ctx, g):\n"
        "        return g*ctx.factor\n\nx = torch.ones(2, requires_grad=True)\nScale.apply(x, 3.).sum().backward()\n",
        "class Scale(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x, factor):\n"
        "        ctx.factor = factor\n        return x*factor\n\n    @staticmethod\n    def backward(ctx, g):\n"
        "        return g*ctx.factor, None\n\nx = torch.ones(2, requires_grad=True)\n"
        "Scale.apply(x, 3.).sum().backward()\n",
    ),
)
