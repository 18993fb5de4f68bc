"""Writes random programs: views, changes in place, no_grad, hooks, optimizers, passes within passes, custom Functions.

A program is a text, the same for the same seed. Most of its statements stand in a ``try`` that prints what was raised,
so that the program goes on; some stand alone and end it. What a statement does to shapes is followed roughly: where it
was wrong, PyTorch's complaint is what both runs print.
"""

import math
import random
import re
from collections.abc import Callable

Shape = tuple[int, ...]
Statement = Callable[["Writer"], list[str]]

IMPORTS = """\
import copy, gc, warnings, weakref
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.checkpoint import checkpoint
"""
_DEFINITIONS = """\
def flat(given):
    return [part for one in given for part in (flat(one) if isinstance(one, (tuple, list)) else [one])]


def told(label, hook=None):
    def tell(*given):
        print(label, [g.tolist() if isinstance(g, torch.Tensor) else type(g).__name__ for g in flat(given)])
        return None if hook is None else hook(*given)
    return tell


class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, factor=2.0):
        ctx.save_for_backward(x)
        ctx.factor = factor
        return x ** 3 * factor

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        print("cube", grad.sum().item(), torch.is_grad_enabled(), ctx.needs_input_grad)
        return grad * 3 * x ** 2 * ctx.factor, None


class Doubled(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(2)

    @staticmethod
    def backward(ctx, grad):
        return grad * 2


class Same(torch.autograd.Function):
    @staticmethod
    def forward(x):
        return x, x.detach() > 0

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.mark_non_differentiable(output[1])
        ctx.set_materialize_grads(False)

    @staticmethod
    def backward(ctx, grad, _):
        return grad


class Part(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x[0]

    @staticmethod
    def backward(ctx, grad):
        return torch.stack([grad] + [torch.zeros_like(grad)] * 3)


class Failing(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, grad):
        raise ValueError("backward of Failing")


class Within(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, depth):
        ctx.depth = depth
        ctx.save_for_backward(x)
        return x.sum() * 1.0

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        with torch.enable_grad():
            y = x.detach().requires_grad_()
            z = Within.apply(y * 1.5, ctx.depth - 1) if ctx.depth else (y * y).sum()
            z.backward()
        return y.grad * grad, None


class Net(nn.Module):
    def __init__(self, wide):
        super().__init__()
        self.first = nn.Linear(3, wide)
        self.norm = nn.BatchNorm1d(wide)
        self.drop = nn.Dropout(0.3)
        self.last = nn.Linear(wide, 2, bias=False)
        self.scale = nn.Parameter(torch.ones(2))
        self.register_buffer("seen", torch.zeros(()))

    def forward(self, x):
        self.seen += 1
        return self.last(self.drop(F.relu(self.norm(self.first(x))))) * self.scale
""".split("\n\n\n")
"""Functions and classes that programs use, each in the programs that name it."""


class Writer:
    """Writes one program.

    Args:
        seed: which.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.tensors: dict[str, Shape] = {}
        self.leaves: list[str] = []
        self.nets: list[str] = []
        self.optimizers: list[str] = []
        self._count = 0

    def program(self) -> str:
        """Write it."""
        lines = [f"torch.manual_seed({self.random.randrange(1000)})"]
        for _ in range(self.random.randint(1, 3)):
            lines += leaf(self)
        for _ in range(self.random.randint(4, 16)):
            lines += self._guarded(self.statement())
        body = "\n".join(lines) + "\n"
        return IMPORTS + "".join(f"\n\n{part.strip()}\n" for part in _definitions_for(body)) + "\n\n" + body

    def statement(self) -> list[str]:
        """Write one statement of any kind."""
        kinds, weights = zip(*STATEMENTS.items(), strict=True)
        (kind,) = self.random.choices(kinds, weights)
        return kind(self)

    def new(self, shape: Shape | None = None, prefix: str = "t") -> str:
        """Return a new name, of a tensor where it has a shape."""
        self._count += 1
        name = f"{prefix}{self._count}"
        if shape is not None:
            self.tensors[name] = shape
        return name

    def tensor(self) -> str:
        """Return some tensor, mostly a late one."""
        names = list(self.tensors)
        return names[-min(int(self.random.expovariate(0.35)) + 1, len(names))]

    def leaf(self) -> str:
        """Return some leaf."""
        return self.random.choice(self.leaves)

    def pick(self, *choices: str) -> str:
        """Return one of some texts."""
        return self.random.choice(choices)

    def like(self, shape: Shape) -> str:
        """Return an expression that broadcasts to a shape: a tensor of that shape, or a number."""
        same = [name for name, other in self.tensors.items() if other == shape]
        return self.random.choice([*same, self.number(), self.number()])

    def number(self) -> str:
        """Return a number."""
        return self.pick("2", "0.5", "-1.5", "3.0", "0.1")

    def named(self, code: str, shape: Shape) -> str:
        """Return a statement with a new name, of a tensor of some shape, where it wants one."""
        return code.replace("NEW", self.new(shape)) if code.startswith("NEW") else code

    def _guarded(self, lines: list[str]) -> list[str]:
        if self.random.random() < 0.03:
            return lines
        return ["try:", *indented(lines), "except Exception as error:", "    print(type(error).__name__, error)"]


def _definitions_for(body: str) -> list[str]:
    """Return the definitions that a text uses, and those that they use."""
    used: list[str] = []
    for part in reversed(_DEFINITIONS):
        name = re.split(r"[ (:]", part.strip())[1]
        if any(re.search(rf"\b{name}\b", text) for text in (body, *used)):
            used.insert(0, part)
    return used


def indented(lines: list[str]) -> list[str]:
    """Return lines one level deeper."""
    return [f"    {line}" for line in lines]


def leaf(write: Writer) -> list[str]:
    shape: Shape = write.random.choice([(4, 3), (4, 3), (4, 3), (3,), (3, 3), (2, 3, 2)])
    name = write.new(shape, "w")
    write.leaves.append(name)
    numbers = f"torch.randn({', '.join(map(str, shape))}{write.pick('', '', ', dtype=torch.float64')})"
    return [
        write.pick(
            f"{name} = {numbers}.requires_grad_()",
            f"{name} = nn.Parameter({numbers})",
            f"{name} = torch.linspace(-1, 2, {math.prod(shape)}).reshape({shape}).requires_grad_()",
            f"{name} = {numbers[:-1]}, requires_grad=True)",
        )
    ]


def constant(write: Writer) -> list[str]:
    shape: Shape = write.random.choice([(4, 3), (3,), ()])
    name = write.new(shape)
    return [write.pick(f"{name} = torch.randn({shape})", f"{name} = torch.full({shape}, 0.7)")]


def view_of(write: Writer, name: str) -> tuple[str, Shape]:
    """Return an expression that is a view of a tensor, and its shape."""
    shape = write.tensors[name]
    found: list[tuple[str, Shape]] = [
        (f"{name}.view(-1)", (math.prod(shape),)),
        (f"{name}.flatten()", (math.prod(shape),)),
        (f"{name}.reshape({shape})", shape),
        (f"{name}.view_as({name})", shape),
        (f"{name}.unsqueeze(0)", (1, *shape)),
        (f"{name}.squeeze()", tuple(size for size in shape if size != 1)),
        (f"{name}.detach()", shape),
        (f"{name}.data", shape),
        (f"{name}[...]", shape),
        (f"{name}.expand(2, *{name}.shape)", (2, *shape)),
    ]
    if shape:
        part = (max(shape[0] - 1, 0), *shape[1:])
        found += [
            (f"{name}[0]", shape[1:]),
            (f"{name}[-1]", shape[1:]),
            (f"{name}[1:]", part),
            (f"{name}[::2]", (-(-shape[0] // 2), *shape[1:])),
            (f"{name}.narrow(0, 0, {part[0]})", part),
            (f"{name}.select(0, 0)", shape[1:]),
        ]
    if len(shape) > 1:
        turned = (*shape[:-2], shape[-1], shape[-2])
        found += [
            (f"{name}[..., 0]", shape[:-1]),
            (f"{name}[:, 1]", (shape[0], *shape[2:])),
            (f"{name}.transpose(-1, -2)", turned),
            (f"{name}.mT", turned),
            (f"{name}.diagonal()", (*shape[2:], min(shape[:2]))),
            (f"{name}.as_strided((2, 2), (1, 2))", (2, 2)),
        ]
    return write.random.choice(found)


def view(write: Writer) -> list[str]:
    code, shape = view_of(write, write.tensor())
    return [f"{write.new(shape, 'v')} = {code}"]


def parts(write: Writer) -> list[str]:
    name = write.tensor()
    shape = write.tensors[name]
    if not shape or shape[0] < 2:
        return view(write)
    kind = write.pick("unbind", "chunk", "split", "tensor_split", "hsplit")
    half = (-(-shape[0] // 2), *shape[1:])
    if kind == "unbind":
        first, second = write.new(shape[1:], "v"), write.new(shape[1:], "v")
        return [f"{first}, {second}, *_ = {name}.unbind()"]
    if kind == "hsplit" and len(shape) > 1 and shape[1] > 1:
        return [f"{write.new((*shape[:1], 1, *shape[2:]), 'v')}, *_ = {name}.hsplit({shape[1]})"]
    call = {"chunk": "chunk(2)", "split": f"split({half[0]})"}.get(kind, "tensor_split(2)")
    return [f"{write.new(half, 'v')}, {write.new((shape[0] - half[0], *shape[1:]), 'v')} = {name}.{call}"]


def result(write: Writer) -> list[str]:
    name = write.tensor()
    shape = write.tensors[name]
    found: list[tuple[str, Shape]] = [
        (f"{name} * {write.like(shape)}", shape),
        (f"{name} + {write.like(shape)}", shape),
        (f"{name} - {write.like(shape)}", shape),
        (f"{name} / {write.like(shape)}", shape),
        (f"{name}.sin()", shape),
        (f"{name}.exp()", shape),
        (f"{name}.sigmoid()", shape),
        (f"F.relu({name})", shape),
        (f"{name} ** 2", shape),
        (f"{name}.clone()", shape),
        (f"{name}.abs().sqrt()", shape),
        (f"torch.where({name} > 0, {name}, {name} * 0.1)", shape),
        (f"{name}.sum()", ()),
        (f"{name}.mean()", ()),
        (f"{name}.prod()", ()),
        (f"{name}.norm()", ()),
        (f"{name}.std()", ()),
        (f"Cube.apply({name})", shape),
        (f"Same.apply({name})[0]", shape),
        (f"Within.apply({name}, {write.pick('0', '1', '3')})", ()),
        (f"checkpoint(lambda x: x.sin() * x, {name}, use_reentrant={write.pick('True', 'False')})", shape),
        (f"F.dropout({name}, 0.5)", shape),
        (f"{name}.to(torch.float64)", shape),
        (f"{name}.contiguous()", shape),
        (f"torch.func.grad(lambda x: (x ** 3).sum())({name})", shape),
        (f"torch.func.vmap(lambda x: x * 2)({name})", shape),
        (f"F.gelu({name}) * {name}.tanh()", shape),
        (f"{name} * {name}.max().item()", shape),
        (f"{name} * float({name}.detach().sum())", shape),
        (f"copy.deepcopy({name})", shape),
    ]
    if shape:
        found += [
            (f"{name}.softmax(-1)", shape),
            (f"{name}.cumsum(0)", shape),
            (f"{name}.max(dim=0)[0]", shape[1:]),
            (f"{name}.sort(dim=0)[0]", shape),
            (f"torch.cat([{name}, {name} * 2])", (2 * shape[0], *shape[1:])),
            (f"torch.stack([{name}, {name}.detach()])", (2, *shape)),
            (f"{name}[[0, 0, 1]]", (3, *shape[1:])),
            (f"{name}[{name} > 0]", (3,)),
            (f"{name}.logsumexp(0)", shape[1:]),
            (f"Part.apply({name})", shape[1:]),
        ]
    if len(shape) == 2:
        found += [
            (f"{name} @ {name}.t()", (shape[0], shape[0])),
            (f"torch.einsum('ij,kj->ik', {name}, {name})", (shape[0], shape[0])),
            (f"F.layer_norm({name}, ({shape[1]},))", shape),
        ]
    if write.nets and shape[-1:] == (3,) and len(shape) == 2:
        found += [(f"{write.random.choice(write.nets)}({name})", (shape[0], 2))] * 8
    code, made = write.random.choice(found)
    return [f"{write.new(made)} = {code}"]


def change(write: Writer) -> list[str]:
    """Change some tensor, or a view of it, in place."""
    name = write.tensor() if write.random.random() < 0.6 else write.leaf()
    target, shape = (name, write.tensors[name]) if write.random.random() < 0.5 else view_of(write, name)
    other = write.like(shape)
    found = [
        f"{target}.mul_({other})",
        f"{target}.add_({other})",
        f"{target}.sub_({other}, alpha=0.1)",
        f"{target}.zero_()",
        f"{target}.fill_({write.number()})",
        f"{target}.copy_(torch.as_tensor({other}))",
        f"{target}.clamp_(-1, 1)",
        f"{target}.sin_()",
        f"{target}.relu_()",
        f"{target}.masked_fill_({target} > 0.5, 0.25)",
        f"nn.init.uniform_({target})",
        f"nn.init.constant_({target}, 0.3)",
        f"{target}.normal_()",
        f"{target}.data.mul_(2)",
        f"{target}.detach().add_(1)",
        f"{target}.detach().numpy()[...] = 0.5",
        f"torch.mul({target}.detach(), 2, out={target})",
        f"NEW = Doubled.apply({target})",
        f"F.relu({target}, inplace=True)",
        f"F.dropout({target}, 0.5, inplace=True)",
    ]
    if shape:
        found += [
            f"{target}[0] = {write.number()}",
            f"{target}[0] *= {write.number()}",
            f"{target}[1:] += {write.number()}",
            f"{target}[{target} > 0] = 0.1",
            f"{target}.index_fill_(0, torch.tensor([0]), 1.5)",
            f"{target}.index_add_(0, torch.tensor([0, 1]), torch.ones(2, *{target}.shape[1:], dtype={target}.dtype))",
            f"{target}[0].copy_({target}[-1])",
            f"{target}[[0, 1]] = {target}[[1, 0]]",
        ]
    if len(shape) == 2:
        found += [f"{target}.t_()", f"{target}[:, 0] -= 0.1 * {target}[:, 1]", f"{target}.t()[0] = 7"]
    lines = [write.named(write.random.choice(found), shape)]
    if shape and write.random.random() < 0.2:
        lines = write.random.choice(
            [
                [f"for i in range({shape[0]}):", f"    {target}[i] += {write.number()}"],
                [f"for row in {target}:", "    row /= row.norm()"],
                [f"for part in {target}.chunk(2):", "    part -= part.mean()"],
                [f"for one, two in zip({target}, {target}.clone()):", "    one.mul_(two)"],
            ]
        )
    return lines


def silent_change(write: Writer) -> list[str]:
    """Change a tensor in a mode in which autograd does not look."""
    mode = write.pick("torch.no_grad()", "torch.no_grad()", "torch.no_grad()", "torch.inference_mode()")
    lines = change(write) + (change(write) if write.random.random() < 0.4 else [])
    return [f"with {mode}:", *indented(view(write) + lines if write.random.random() < 0.4 else lines)]


def silent(write: Writer) -> list[str]:
    """Do anything in another mode of gradients."""
    mode = write.pick("no_grad()", "enable_grad()", "set_grad_enabled(False)", "inference_mode()")
    return [f"with torch.{mode}:", *indented(write.statement())]


def backward(write: Writer) -> list[str]:
    name = write.tensor()
    leaf_name = write.leaf()
    scalar = name if write.tensors[name] == () else f"{name}.{write.pick('sum', 'mean', 'norm')}()"
    code = write.pick(
        f"{scalar}.backward()",
        f"{scalar}.backward()",
        f"{scalar}.backward(retain_graph=True)",
        f"{scalar}.backward(retain_graph=True)",
        f"{name}.backward()",
        f"{name}.backward(torch.ones_like({name}))",
        f"({scalar} ** 2).backward(create_graph=True)",
        f"{scalar}.backward(inputs=[{leaf_name}])",
        f"torch.autograd.backward([{scalar}, {leaf_name}.sum()])",
        f"NEW, = torch.autograd.grad({scalar}, {leaf_name}, retain_graph=True)",
        f"NEW, = torch.autograd.grad({scalar}, {leaf_name}, create_graph=True)",
        f"print(torch.autograd.grad({scalar}, [{leaf_name}, {name}], allow_unused=True))",
        f"print(torch.autograd.functional.hessian(lambda x: (x ** 3).sum(), {leaf_name}.detach()[0]))",
    )
    return [write.named(code, write.tensors[leaf_name])]


def hook(write: Writer) -> list[str]:
    name = write.tensor()
    handle = write.new(None, "h")
    # PyTorch crashes where it is asked for a hook on a view that it then refuses a Node for.
    return [
        f"{name}.grad_fn",
        write.pick(
            f"{handle} = {name}.register_hook(told('{handle}'))",
            f"{handle} = {name}.register_hook(told('{handle}', lambda g: g * 2))",
            f"{handle} = {name}.register_hook(lambda g: g.mul_(2))",
            f"{handle} = {name}.register_hook(lambda g: 1 / 0)",
            f"{name}.retain_grad()",
            f"{name}.retain_grad(); print({name}.retains_grad)",
            f"{write.leaf()}.register_post_accumulate_grad_hook(told('{handle}', lambda p: p.grad.mul_(0.5) and None))",
            f"{name}.grad_fn.register_hook(told('{handle}'))",
            f"{name}.grad_fn.register_prehook(told('{handle}'))",
            f"{handle} = {name}.register_hook(told('{handle}')); {handle}.remove()",
        ),
    ]


def look(write: Writer) -> list[str]:
    name = write.tensor()
    return [
        write.pick(
            f"print({name})",
            f"print({name}.requires_grad, {name}.is_leaf, {name}.grad_fn)",
            f"print({name}.grad, {name}._version, {name}._is_view())",
            f"print({name}.tolist(), {name}.sum().item(), bool({name}.sum() > 0))",
            f"print({name}.grad_fn.next_functions)",
            f"print({write.leaf()}.grad)",
            f"print(len(gc.get_objects()) > 0, weakref.ref({name})() is {name})",
            f"print({name}.shape, {name}.stride(), {name}.data_ptr() == {name}.detach().data_ptr())",
        )
    ]


def switch(write: Writer) -> list[str]:
    name = write.tensor()
    return [
        write.pick(
            f"{name}.requires_grad_()",
            f"{name}.requires_grad_(False)",
            f"{name}.detach_()",
            f"{name}.detach_()",
            f"{name}.data = {name}.data * 2",
            f"{name}.data = {name}.data.clone()",
            f"{name}.grad = None",
            f"{name}.grad = torch.ones_like({name})",
            f"{write.leaf()}.grad.zero_()",
            f"{write.leaf()}.grad.mul_(2)",
            f"del {name}",
            "gc.collect()",
        )
    ]


def net(write: Writer) -> list[str]:
    name, loss = write.new(None, "net"), write.new((), "loss")
    write.nets.append(name)
    lines = [f"{name} = Net({write.pick('2', '5', '1')})"]
    if write.random.random() < 0.4:
        lines += [
            write.pick(
                f"{name}.first.register_forward_hook(told('forward'))",
                f"{name}.register_full_backward_hook(told('full'))",
                f"{name}.first.register_full_backward_pre_hook(told('pre'))",
                f"{name}.last.register_forward_pre_hook(told('before'))",
                f"{name}.last.weight.register_hook(told('weight'))",
                f"{name}.eval()",
                f"{name}.double()",
                f"{name}.last.weight = nn.Parameter({name}.last.weight * 2)",
                f"nn.utils.parametrizations.weight_norm({name}.last)",
                f"nn.utils.parametrizations.spectral_norm({name}.last)",
            )
        ]
    return [*lines, f"{loss} = {name}(torch.randn(4, 3)).square().mean()"]


def train(write: Writer) -> list[str]:
    lines = [] if write.nets else net(write)
    name, optimizer = write.random.choice(write.nets), write.new(None, "opt")
    made = write.pick(
        "SGD({}, lr=0.1, momentum=0.9)",
        "SGD({}, lr=0.1, foreach=True)",
        "Adam({}, lr=0.01)",
        "AdamW({}, lr=0.01, foreach=False)",
        "RMSprop({}, lr=0.01)",
        "Adagrad({}, lr=0.1)",
        "LBFGS({}, lr=0.1, max_iter=3)",
        "Adam({}, lr=0.01, fused=True)",
    ).format(f"{name}.parameters()")
    inner = [f"loss = {name}(torch.randn(4, 3)).pow(2).sum()", "loss.backward()"]
    extra = write.pick(
        f"print(nn.utils.clip_grad_norm_({name}.parameters(), 0.5))",
        f"nn.utils.clip_grad_value_({name}.parameters(), 0.1)",
        "print(loss.item())",
        f"for p in {name}.parameters(): p.grad += 0.1 * p.detach()",
    )
    lines.append(f"{optimizer} = torch.optim.{made}")
    if "LBFGS" in made:
        lines += ["def closure():", f"    {optimizer}.zero_grad()", *indented(inner), "    return loss"]
        return [*lines, f"print({optimizer}.step(closure))"]
    zero = write.pick("zero_grad()", "zero_grad(set_to_none=False)")
    return [*lines, "for step in range(2):", *indented([f"{optimizer}.{zero}", *inner, extra, f"{optimizer}.step()"])]


def manual_step(write: Writer) -> list[str]:
    name = write.leaf()
    update = write.pick(
        f"{name} -= 0.1 * {name}.grad",
        f"{name}.add_({name}.grad, alpha=-0.1)",
        f"{name}[0] -= 0.1 * {name}.grad[0]",
        f"{name}[..., 0] -= 0.1 * {name}.grad[..., 0]",
        f"{name}.copy_({name} - 0.1 * {name}.grad)",
        f"{name}.data -= 0.1 * {name}.grad",
    )
    reset = write.pick(f"{name}.grad = None", f"{name}.grad.zero_()", "pass")
    return [
        "for step in range(3):",
        f"    ({name} * {name}.detach().cos()).{write.pick('sum()', 'square().mean()')}.backward()",
        "    with torch.no_grad():",
        f"        {update}",
        f"        {reset}",
    ]


def packed(write: Writer) -> list[str]:
    hooks = write.pick(
        "torch.autograd.graph.saved_tensors_hooks(lambda x: x.clone(), lambda x: x * 1)",
        "torch.autograd.graph.saved_tensors_hooks(told('pack', lambda x: x), told('unpack', lambda x: x))",
        "torch.autograd.graph.save_on_cpu()",
        "torch.autograd.graph.allow_mutation_on_saved_tensors()",
        "torch.autograd.graph.disable_saved_tensors_hooks('no hooks here')",
        "torch.autograd.set_detect_anomaly(True, check_nan=False)",
        "torch.device('cpu')",
        "torch.autocast('cpu', dtype=torch.bfloat16)",
    )
    lines = result(write) + change(write) if write.random.random() < 0.3 else result(write)
    if write.random.random() < 0.5:
        lines += backward(write)
    return [f"with {hooks}:", *indented(lines)]


def failing(write: Writer) -> list[str]:
    name = write.tensor()
    return [
        write.pick(
            f"Failing.apply({name}).sum().backward()",
            f"({name} @ torch.ones(7, 5)).sum().backward()",
            f"{name}.no_such_thing",
            f"{name}.sum().backward(torch.ones(2))",
            f"torch.autograd.grad({name}, torch.ones(1, requires_grad=True))",
            f"{name}.view(5, 7)",
            f"{name}.numpy()",
            f"{name}.item()",
        )
    ]


STATEMENTS: dict[Statement, int] = {
    view: 14,
    parts: 5,
    result: 22,
    change: 12,
    silent_change: 12,
    silent: 4,
    backward: 14,
    hook: 6,
    look: 6,
    switch: 4,
    leaf: 2,
    constant: 2,
    net: 2,
    train: 3,
    manual_step: 4,
    packed: 3,
    failing: 2,
}


def program(seed: int) -> str:
    """Write the program of a seed."""
    return Writer(seed).program()
