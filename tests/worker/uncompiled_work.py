"""What eager PyTorch does that tells its compiler something in passing; prints the numbers that came of it.

Run as a program, with "without" for PyTorch without its compiler.
"""

import json
import sys

import torch
from torch.utils.checkpoint import checkpoint

OPTIMIZERS = (
    *("SGD", "Adam", "AdamW", "Adamax", "NAdam", "RAdam", "Adagrad", "Adadelta", "Adafactor", "ASGD", "RMSprop"),
    *("Rprop", "Muon"),
)


def stepped(kind: str) -> list[float]:
    torch.manual_seed(0)
    weight = torch.nn.Parameter(torch.randn(2, 2))
    optimizer = getattr(torch.optim, kind)([weight], lr=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        (weight**2).sum().backward()
        optimizer.step()
    return weight.detach().flatten().tolist()


def checkpointed(*, reentrant: bool) -> list[float]:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    checkpoint(lambda x: x.sin().exp(), x, use_reentrant=reentrant).sum().backward()
    return x.grad.tolist()


def hooked() -> list[float]:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    x.register_hook(lambda gradient: gradient * 3)
    (x * x).sum().backward()
    return x.grad.tolist()


def transformed() -> list[float]:
    x = torch.tensor([0.5, 1.5])
    value, vjp = torch.func.vjp(torch.sin, x)
    return [
        *torch.func.grad(lambda x: (x**3).sum())(x).tolist(),
        *vjp(torch.ones(2))[0].tolist(),
        *torch.func.hessian(lambda x: (x**3).sum())(x).flatten().tolist(),
        *torch.func.vmap(torch.func.jacrev(torch.tanh))(x).tolist(),
        *torch.func.jvp(torch.exp, (x,), (torch.ones(2),))[1].tolist(),
        *torch.autograd.functional.jacobian(torch.cos, x).flatten().tolist(),
        *value.tolist(),
    ]


def shaped() -> list[float]:
    """Backward with cotangents of its own, sizes that do not fit, and shapes without values."""
    x = torch.ones(2, 3, requires_grad=True)
    (x * 2).backward(torch.arange(6.0).reshape(2, 3))
    refused = 0
    try:
        (x * 2).backward(torch.ones(3))
    except RuntimeError as error:
        refused = len(str(error))
    meta = torch.nn.functional.conv2d(torch.ones(1, 2, 8, 8, device="meta"), torch.ones(3, 2, 3, 3, device="meta"))
    batches = torch.autograd.grad(x * 3, x, torch.ones(2, 2, 3), is_grads_batched=True)[0]
    return [*x.grad.flatten().tolist(), refused, *meta.shape, *batches.flatten().tolist()]


def deterministic() -> list[float]:
    torch.use_deterministic_algorithms(True)
    try:
        x = torch.ones(3, requires_grad=True)
        x[torch.tensor([0, 0, 2])].sum().backward()
        return x.grad.tolist()
    finally:
        torch.use_deterministic_algorithms(False)


def nested() -> list[float]:
    x = torch.arange(6.0).reshape(3, 2).requires_grad_()
    jagged = torch.nested.as_nested_tensor([x[:1], x[1:]], layout=torch.jagged)
    torch.softmax(jagged * jagged, -1).unbind()[1].sum().backward()
    return x.grad.flatten().tolist()


def work() -> dict[str, list[float]]:
    return {
        **{kind: stepped(kind) for kind in OPTIMIZERS},
        "checkpoint": checkpointed(reentrant=False),
        "reentrant checkpoint": checkpointed(reentrant=True),
        "hook": hooked(),
        "functional": transformed(),
        "shapes": shaped(),
        "deterministic": deterministic(),
        "nested": nested(),
    }


if __name__ == "__main__":
    from chainrule.worker.uncompiled import leave_compiler_out

    if sys.argv[1:] == ["without"]:
        leave_compiler_out()
    numbers = work()
    compiler = sorted(name for name in sys.modules if name.startswith(("torch._dynamo.", "torch._inductor.")))
    print(json.dumps({"numbers": numbers, "compiler": compiler}))
