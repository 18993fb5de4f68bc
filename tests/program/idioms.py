"""Programs as PyTorch's users and tutorials write them: all of these pass the check, and run."""

IDIOMS: dict[str, str] = {
    "imports": """
import math
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch import nn, optim, Tensor
from torch.autograd import Function, grad
from torch.utils.checkpoint import checkpoint
from torch.nn import functional as F2, Linear, Module
from torch.optim.lr_scheduler import StepLR
from collections import OrderedDict
from typing import Optional
import torch.autograd.functional as AF
x = torch.ones(1, requires_grad=True)
x * 2
""",
    "main": """
def main():
    x = torch.ones(1, requires_grad=True)
    (x * 2).backward()

if __name__ == "__main__":
    main()
""",
    "autograd tutorial": """
import torch
x = torch.ones(5)
y = torch.zeros(3)
w = torch.randn(5, 3, requires_grad=True)
b = torch.randn(3, requires_grad=True)
z = torch.matmul(x, w) + b
loss = torch.nn.functional.binary_cross_entropy_with_logits(z, y)
print(f"Gradient function for z = {z.grad_fn}")
print(f"Gradient function for loss = {loss.grad_fn}")
loss.backward()
print(w.grad)
print(b.grad)
with torch.no_grad():
    z = torch.matmul(x, w) + b
print(z.requires_grad)
z_det = (torch.matmul(x, w) + b).detach()
print(z_det.requires_grad)
""",
    "vector jacobian product": """
inp = torch.eye(4, 5, requires_grad=True)
out = (inp + 1).pow(2).t()
out.backward(torch.ones_like(out), retain_graph=True)
inp.grad.zero_()
out.backward(torch.ones_like(out), retain_graph=True)
""",
    "walk the graph": """
x = torch.ones(2, requires_grad=True)
y = (x * 3).sum()
node = y.grad_fn
while node is not None:
    print(node.name(), node.next_functions)
    node = node.next_functions[0][0] if node.next_functions else None
""",
    "saved tensors": """
x = torch.randn(5, requires_grad=True)
y = x.pow(2)
print(x.equal(y.grad_fn._saved_self))
print(x is y.grad_fn._saved_self, y._version)
y.sum()
""",
    "custom function": """
class MyReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input):
        ctx.save_for_backward(input)
        return input.clamp(min=0)

    @staticmethod
    def backward(ctx, grad_output):
        input, = ctx.saved_tensors
        grad_input = grad_output.clone()
        grad_input[input < 0] = 0
        return grad_input

relu = MyReLU.apply
x = torch.tensor([-1., 2.], requires_grad=True)
relu(x).sum().backward()
""",
    "custom function with setup_context": """
class Cube(Function):
    @staticmethod
    def forward(x):
        return x**3, 2*x

    @staticmethod
    def setup_context(ctx, inputs, output):
        x, = inputs
        result, dx = output
        ctx.mark_non_differentiable(dx)
        ctx.save_for_backward(x)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, grad_output, _):
        x, = ctx.saved_tensors
        if not ctx.needs_input_grad[0]:
            return None
        return grad_output * 3 * x**2

y, _ = Cube.apply(torch.tensor(2., requires_grad=True))
y.backward()
""",
    "polynomial module": """
class Polynomial3(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.a = torch.nn.Parameter(torch.randn(()))
        self.b = torch.nn.Parameter(torch.randn(()))

    def forward(self, x):
        return self.a + self.b * x

    def string(self):
        return f'y = {self.a.item()} + {self.b.item()} x'

x = torch.linspace(-math.pi, math.pi, 20)
y = torch.sin(x)
model = Polynomial3()
criterion = torch.nn.MSELoss(reduction='sum')
optimizer = torch.optim.SGD(model.parameters(), lr=1e-6)
for t in range(3):
    y_pred = model(x)
    loss = criterion(y_pred, y)
    if t % 2 == 1:
        print(t, loss.item())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f'Result: {model.string()}')
""",
    "old style super": """
class Net(nn.Module):
    def __init__(self, width: int = 3) -> None:
        super(Net, self).__init__()
        self.fc1 = nn.Linear(2, width)
        self.fc2 = nn.Linear(width, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x.view(-1, self.num_flat_features(x))
        return self.fc2(F.relu(self.fc1(x)))

    def num_flat_features(self, x):
        size = x.size()[1:]
        num_features = 1
        for s in size:
            num_features *= s
        return num_features

net = Net()
print(net)
params = list(net.parameters())
print(len(params), params[0].size())
net.zero_grad()
net(torch.randn(1, 2)).backward(torch.randn(1, 1))
print(net.fc1.bias.grad)
""",
    "lenet": """
class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 10)

    def forward(self, input):
        c1 = F.relu(self.conv1(input))
        s2 = F.max_pool2d(c1, (2, 2))
        c3 = F.relu(self.conv2(s2))
        s4 = F.max_pool2d(c3, 2)
        s4 = torch.flatten(s4, 1)
        return self.fc2(F.relu(self.fc1(s4)))

net = LeNet()
out = net(torch.randn(1, 1, 32, 32))
loss = nn.CrossEntropyLoss()(out, torch.tensor([3]))
loss.backward()
""",
    "sequential with names": """
model = nn.Sequential(OrderedDict([('fc', nn.Linear(2, 3)), ('act', nn.Tanh()), ('head', nn.Linear(3, 1))])) \\
    if False else nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
from collections import OrderedDict
named = nn.Sequential(OrderedDict([('fc', nn.Linear(2, 3)), ('head', nn.Linear(3, 1))]))
print(named.fc.weight.shape, model[0].bias)
named(torch.ones(1, 2)).sum()
""",
    "module list and dict": """
class Net(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(2, 2) for _ in range(n)])
        self.heads = nn.ModuleDict({"mean": nn.Linear(2, 1), "scale": nn.Linear(2, 1)})
        self.register_buffer("steps", torch.zeros(1))

    def forward(self, x):
        for i, layer in enumerate(self.layers):
            x = x + torch.relu(layer(x))
        self.steps += 1
        return self.heads["mean"](x), self.heads.scale(x)

mean, scale = Net(3)(torch.ones(4, 2))
(mean + scale).sum()
""",
    "optimizers": """
w = torch.nn.Parameter(torch.ones(3))
for make in (torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW, torch.optim.RMSprop, torch.optim.Adagrad):
    optimizer = make([w], lr=0.1)
    optimizer.zero_grad(set_to_none=True)
    (w**2).sum().backward()
    optimizer.step()
    print(optimizer.param_groups[0]['lr'])
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.5)
scheduler.step()
print(scheduler.get_last_lr(), optimizer.state_dict().keys())
""",
    "lbfgs closure": """
w = torch.tensor([1., 2.], requires_grad=True)
optimizer = torch.optim.LBFGS([w], lr=0.1, max_iter=2)
def closure():
    optimizer.zero_grad()
    loss = ((w - 3)**2).sum()
    loss.backward()
    return loss
optimizer.step(closure)
""",
    "gradient clipping": """
net = nn.Linear(2, 1)
net(torch.ones(1, 2)).sum().backward()
torch.nn.utils.clip_grad_norm_(net.parameters(), max_norm=1.0)
nn.utils.clip_grad_value_(net.parameters(), 0.5)
""",
    "initialisation": """
def init_weights(m):
    if isinstance(m, nn.Linear):
        nn.init.xavier_uniform_(m.weight)
        m.bias.data.fill_(0.01)

net = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
net.apply(init_weights)
net(torch.ones(1, 2)).sum()
""",
    "freeze": """
net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
for param in net[0].parameters():
    param.requires_grad = False
for name, p in net.named_parameters():
    print(name, p.requires_grad, p.numel())
net(torch.ones(1, 2)).sum().backward()
""",
    "einsum": """
A = torch.randn(3, 4, requires_grad=True)
B = torch.randn(4, 5, requires_grad=True)
C = torch.einsum('ij,jk->ik', A, B)
batch = torch.einsum('bij,bjk->bik', torch.randn(2, 3, 4), torch.randn(2, 4, 5))
C.sum().backward()
""",
    "attention": """
def attention(q, k, v, mask=None):
    d_k = q.size(-1)
    scores = torch.matmul(q, k.transpose(-2, -1)) / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, -1e9)
    p_attn = F.softmax(scores, dim=-1)
    return torch.matmul(p_attn, v), p_attn

q = k = v = torch.randn(1, 4, 8, requires_grad=True)
out, weights = attention(q, k, v, torch.tril(torch.ones(4, 4)))
out.pow(2).mean().backward()
""",
    "multihead attention": """
mha = nn.MultiheadAttention(8, 2, batch_first=True)
x = torch.randn(1, 3, 8)
out, weights = mha(x, x, x, need_weights=True)
F.scaled_dot_product_attention(x, x, x, is_causal=True)
out.sum().backward()
""",
    "rnn": """
class RNN(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, output_size)

    def forward(self, input, hidden):
        combined = torch.cat((input, hidden), 1)
        hidden = torch.tanh(self.i2h(combined))
        return F.log_softmax(self.h2o(hidden), dim=1), hidden

    def initHidden(self):
        return torch.zeros(1, self.hidden_size)

rnn = RNN(3, 4, 2)
hidden = rnn.initHidden()
for step in torch.randn(5, 1, 3):
    output, hidden = rnn(step, hidden)
F.nll_loss(output, torch.tensor([1])).backward()
""",
    "lstm": """
lstm = nn.LSTM(input_size=3, hidden_size=4, num_layers=2, batch_first=True, bidirectional=True)
out, (h, c) = lstm(torch.randn(2, 5, 3))
print(lstm.weight_ih_l0.shape, lstm.weight_hh_l1_reverse.shape)
out[:, -1, :].mean().backward()
""",
    "double backward": """
x = torch.tensor(2., requires_grad=True)
y = x**3
dy, = torch.autograd.grad(y, x, create_graph=True)
d2y, = torch.autograd.grad(dy, x)
print(dy.item(), d2y.item())
""",
    "gradient penalty": """
D = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
x = torch.randn(3, 2, requires_grad=True)
score = D(x)
g, = torch.autograd.grad(outputs=score, inputs=x, grad_outputs=torch.ones_like(score), create_graph=True)
penalty = ((g.norm(2, dim=1) - 1)**2).mean()
penalty.backward()
""",
    "jacobian and hessian": """
def f(x):
    return (x**3).sum()
print(torch.autograd.functional.hessian(f, torch.tensor([1., 2.])))
print(torch.autograd.functional.jacobian(lambda v: v**2, torch.tensor([1., 2.])))
x = torch.ones(1, requires_grad=True)
x*2
""",
    "checkpoint": """
layer = nn.Linear(3, 3)
x = torch.randn(2, 3, requires_grad=True)
y = torch.utils.checkpoint.checkpoint(layer, x, use_reentrant=False)
z = checkpoint(lambda t: torch.relu(layer(t)), x, use_reentrant=False)
(y + z).sum().backward()
""",
    "tensor hooks": """
x = torch.ones(2, requires_grad=True)
y = x * 2
handle = y.register_hook(lambda grad: grad * 0.5)
y.retain_grad()
y.sum().backward()
handle.remove()
print(y.grad)
""",
    "module hooks": """
activations = {}
def save(name):
    def hook(module, args, output):
        activations[name] = output.detach()
    return hook

net = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
for name, module in net.named_modules():
    if name:
        module.register_forward_hook(save(name))
net.register_full_backward_hook(lambda m, gi, go: print(type(m).__name__, len(go)))
net(torch.ones(1, 2)).sum().backward()
print({k: tuple(v.shape) for k, v in activations.items()})
""",
    "saved tensor hooks": """
with torch.autograd.graph.saved_tensors_hooks(lambda t: t.clone(), lambda t: t):
    x = torch.ones(2, requires_grad=True)
    y = (x**2).sum()
y.backward()
""",
    "no grad decorator": """
w = torch.ones(2, requires_grad=True)
@torch.no_grad()
def update(w, lr=0.1):
    w -= lr * w.grad

(w**2).sum().backward()
update(w)
with torch.set_grad_enabled(False), torch.inference_mode():
    w * 2
""",
    "dropout and eval": """
net = nn.Sequential(nn.Linear(2, 4), nn.BatchNorm1d(4), nn.Dropout(0.5))
net.train()
net(torch.randn(3, 2)).sum().backward()
net.eval()
print(net.training)
net(torch.randn(3, 2)).sum()
""",
    "losses": """
x = torch.randn(3, 4, requires_grad=True)
t = torch.tensor([0, 1, 2])
total = F.cross_entropy(x, t) + F.nll_loss(F.log_softmax(x, 1), t)
total = total + nn.MSELoss()(x, torch.zeros_like(x)) + F.smooth_l1_loss(x, torch.zeros(3, 4))
total = total + F.binary_cross_entropy_with_logits(x[:, 0], torch.ones(3)) + F.huber_loss(x, torch.zeros(3, 4))
total = total + F.kl_div(F.log_softmax(x, 1), F.softmax(torch.ones(3, 4), 1), reduction='batchmean')
total.backward()
""",
    "embedding": """
embeds = nn.Embedding(5, 3, padding_idx=0)
lookup = torch.tensor([[1, 2], [4, 0]], dtype=torch.long)
embeds(lookup).mean(dim=1).sum().backward()
print(embeds.weight.grad)
""",
    "indexing": """
x = torch.arange(12.).reshape(3, 4).requires_grad_()
y = x[1:, ::2] + x[..., None, 0].T if False else x[1:, ::2]
z = x[x > 3].sum() + x[torch.tensor([0, 2])].sum() + x.gather(1, torch.zeros(3, 1, dtype=torch.int64)).sum()
(y.sum() + z).backward()
""",
    "broadcasting": """
a = torch.randn(3, 1, requires_grad=True)
b = torch.randn(4, requires_grad=True)
c = (a[:, None] * b).squeeze().unsqueeze(0).expand(2, -1, -1)
c.sum().backward()
""",
    "where and masks": """
x = torch.linspace(-1, 1, 5, requires_grad=True)
y = torch.where(x > 0, x, 0.1 * x) + x.clamp(min=0) + x.abs().masked_fill(x < 0, 0.)
y.sum().backward()
""",
    "complex numbers": """
z = torch.tensor([1 + 2j, 3 - 1j], requires_grad=True)
w = z.abs().square() + (z * z.conj()).real + torch.view_as_real(z).sum(-1)
w.sum().backward()
""",
    "linear algebra": """
A = torch.randn(3, 3, requires_grad=True)
S = A @ A.mT + torch.eye(3)
L = torch.linalg.cholesky(S)
x = torch.linalg.solve(S, torch.ones(3, 1))
u, s, vh = torch.linalg.svd(A)
(torch.logdet(S) + x.sum() + s.sum() + torch.linalg.inv(S).trace() + torch.linalg.norm(A)).backward()
""",
    "fourier": """
x = torch.randn(8, requires_grad=True)
torch.fft.rfft(x).abs().sum().backward()
""",
    "special functions": """
x = torch.tensor([0.5, 1.5], requires_grad=True)
(torch.special.expit(x) + torch.lgamma(x) + torch.erf(x) + torch.special.i0(x)).sum().backward()
""",
    "scan in python": """
x = torch.tensor([1., 2., 3.], requires_grad=True)
state = torch.zeros(())
outputs = []
for v in x:
    state = 0.9 * state + v
    outputs.append(state)
torch.stack(outputs).sum().backward()
""",
    "while and break": """
x = torch.tensor(1., requires_grad=True)
y, n = x, 0
while True:
    y = y * 2
    n += 1
    if y.norm() > 100 or n > 20:
        break
else:
    print("never")
y.backward()
""",
    "comprehensions and walrus": """
xs = [torch.tensor(float(i), requires_grad=True) for i in range(3) if i % 2 == 0]
squares = {i: x**2 for i, x in enumerate(xs)}
if (n := len(xs)) > 1:
    total = sum(squares.values())
(total / n).backward()
print([x.grad for x in xs], {type(x).__name__ for x in xs}, all(x.is_leaf for x in xs))
""",
    "match": """
x = torch.tensor([1., 2.], requires_grad=True)
match tuple(x.shape):
    case (n,) if n > 1:
        y = x.sum()
    case (n, m):
        y = x.mean()
    case _:
        y = x
y.backward()
""",
    "match on classes": """
x = torch.ones(2, requires_grad=True)
match nn.Linear(2, 3):
    case nn.Linear(in_features=i, out_features=o):
        y = x * i * o
y.sum()
""",
    "try and assert": """
x = torch.ones(2, requires_grad=True)
try:
    x.backward()
except RuntimeError as error:
    print("caught", error)
    x.sum().backward()
finally:
    assert x.grad is not None, "no gradient"
""",
    "global and nonlocal": """
count = 0
def outer():
    inner_count = 0
    def inner():
        nonlocal inner_count
        global count
        inner_count += 1
        count += 1
        return inner_count
    return inner() + inner()
outer()
x = torch.tensor(float(count), requires_grad=True)
x*2
""",
    "generators and closures": """
def layers(sizes):
    for a, b in zip(sizes, sizes[1:]):
        yield nn.Linear(a, b)
net = nn.Sequential(*layers([2, 3, 1]))
compose = lambda *fs: lambda x: [x := f(x) for f in fs][-1]
compose(torch.sin, torch.exp)(torch.ones(1, requires_grad=True)).sum()
""",
    "star arguments": """
def affine(x, *, weight, bias=0., **extra):
    return x * weight + bias
options = {"weight": torch.tensor(2., requires_grad=True)}
first, *rest = affine(torch.ones(3), **options)
sum(rest, start=first).backward()
""",
    "dataclass": """
from dataclasses import dataclass, field
@dataclass(frozen=True)
class Config:
    width: int = 2
    sizes: list = field(default_factory=list)
config = Config(width=3)
nn.Linear(config.width, len(config.sizes) + 1)(torch.ones(1, 3)).sum()
""",
    "own number class": """
class Value:
    def __init__(self, data, children=(), op=''):
        self.data = data
        self.grad = 0.0
        self._backward = lambda: None
        self._prev = set(children)
        self._op = op

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other), '+')
        def _backward():
            self.grad += out.grad
            other.grad += out.grad
        out._backward = _backward
        return out

    def __radd__(self, other):
        return self + other

    def __repr__(self):
        return f"Value(data={self.data}, grad={self.grad})"

a = Value(2.0)
b = a + a + 1
b.grad = 1.0
b._backward()
print(a, b)
x = torch.tensor(2.0, requires_grad=True)
x + x + 1
""",
    "number formats": """
x = torch.tensor(3.14159, requires_grad=True)
print(f"{x.item():.2f} {x.item():>10} {x!r:>30} {1e-3:g} {len('abc')=}")
print("%.3f and %s" % (x.item(), "text"), "a,b".split(","), " ".join(["a", "b"]), end="\\n")
x*2
""",
    "printing options": """
torch.set_printoptions(precision=2, sci_mode=False)
torch.manual_seed(42)
print(torch.__version__, torch.randn(2), torch.get_default_dtype())
x = torch.rand(3, requires_grad=True)
x.sum()
""",
    "device idiom": """
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
other = "mps" if torch.backends.mps.is_available() else device
x = torch.ones(2, device=device, requires_grad=True)
net = nn.Linear(2, 1).to(device)
net(x).sum().backward()
print(x.device, x.dtype, x.cpu().tolist())
""",
    "types": """
x = torch.ones(2, dtype=torch.float64, requires_grad=True)
y = x.float().half().to(torch.float32).type(torch.float64) + x.new_zeros(2) + torch.zeros_like(x)
print(torch.finfo(torch.float32).eps, torch.iinfo(torch.int64).max, x.element_size())
y.sum()
""",
    "autocast": """
net = nn.Linear(2, 2)
with torch.autocast(device_type="cpu", dtype=torch.bfloat16):
    loss = net(torch.ones(1, 2)).float().sum()
loss.backward()
""",
    "anomaly detection": """
with torch.autograd.set_detect_anomaly(False):
    x = torch.ones(1, requires_grad=True)
    (x * 2).sum().backward()
""",
    "gradcheck": """
from torch.autograd import gradcheck
x = torch.randn(3, dtype=torch.double, requires_grad=True)
print(gradcheck(torch.sin, (x,), eps=1e-6, atol=1e-4))
x.sin().sum()
""",
    "distributions": """
from torch.distributions import Normal, Categorical
mu = torch.tensor(0.5, requires_grad=True)
sample = Normal(mu, 1.0).rsample()
policy = Categorical(logits=torch.stack([mu, -mu]))
loss = -policy.log_prob(torch.tensor(1)) + sample**2
loss.backward()
""",
    "vmap and func": """
f = lambda x: (x**2).sum()
print(torch.func.grad(f)(torch.tensor([1., 2.])), torch.vmap(torch.sin)(torch.ones(3)))
w = torch.ones(2, requires_grad=True)
f(w)
""",
    "deepcopy and state": """
import copy
net = nn.Linear(2, 1)
target = copy.deepcopy(net)
target.load_state_dict(net.state_dict())
for p, q in zip(net.parameters(), target.parameters()):
    q.data.mul_(0.9).add_(p.data, alpha=0.1)
(net(torch.ones(1, 2)) - target(torch.ones(1, 2)).detach()).pow(2).sum().backward()
""",
    "truncated backprop": """
w = torch.tensor(0.5, requires_grad=True)
h = torch.ones(())
for t in range(6):
    h = torch.tanh(w * h)
    if t % 3 == 2:
        h.backward(retain_graph=True)
        h = h.detach_()
""",
    "normalisations": """
x = torch.randn(2, 4, 3, 3, requires_grad=True)
y = nn.GroupNorm(2, 4)(x) + nn.InstanceNorm2d(4)(x) + F.layer_norm(x, (3, 3)) + nn.BatchNorm2d(4)(x)
(y * torch.randn_like(y)).sum().backward()
""",
    "transposed convolution": """
up = nn.ConvTranspose2d(2, 1, kernel_size=2, stride=2)
x = F.interpolate(torch.randn(1, 2, 3, 3, requires_grad=True), scale_factor=2, mode="nearest")
F.pad(up(x), (1, 1, 1, 1)).mean().backward()
""",
    "packed sequences": """
from torch.nn.utils.rnn import pad_sequence, pack_padded_sequence, pad_packed_sequence
seqs = pad_sequence([torch.ones(3, 2), torch.ones(1, 2)], batch_first=True)
packed = pack_padded_sequence(seqs, torch.tensor([3, 1]), batch_first=True)
out, _ = nn.GRU(2, 2, batch_first=True)(packed)
padded, lengths = pad_packed_sequence(out, batch_first=True)
padded.sum().backward()
""",
    "parametrisations": """
import torch.nn.utils.parametrize as parametrize
class Symmetric(nn.Module):
    def forward(self, X):
        return X.triu() + X.triu(1).transpose(-1, -2)
layer = nn.Linear(3, 3)
parametrize.register_parametrization(layer, "weight", Symmetric())
layer(torch.ones(1, 3)).sum().backward()
""",
    "python library": """
import itertools, functools, random
from functools import partial, reduce
from itertools import product
random.seed(0)
xs = [torch.tensor(random.random(), requires_grad=True) for _ in range(3)]
f = partial(torch.add, alpha=2)
reduce(lambda a, b: f(a, b), xs).backward()
list(itertools.islice(product([1], [2]), 1))
""",
    "type annotations": """
from typing import Callable, Optional, List, Tuple
Fn = Callable[[torch.Tensor], torch.Tensor]
def apply(f: Fn, x: Tensor, times: Optional[int] = None) -> Tuple[Tensor, List[int]]:
    steps: list[int] = []
    for i in range(times or 1):
        x = f(x)
        steps.append(i)
    return x, steps
apply(torch.sin, torch.ones(1, requires_grad=True), 2)[0]
""",
    "alias of a module": """
import torch.nn.functional
f = torch.nn.functional
init = nn.init
f.relu(torch.ones(1, requires_grad=True))
""",
    "deterministic empty": """
buffer = torch.empty(3)
buffer.fill_(2.)
x = torch.empty(2, 2, requires_grad=True)
nn.init.constant_(x, 3.)
(x.sum() * buffer).sum().backward()
""",
    "f as a force": """
m = torch.tensor(2., requires_grad=True)
a = torch.tensor(3.)
F = m * a
F.backward()
print(F.shape)
""",
    "unicode names": """
θ = torch.tensor(1., requires_grad=True)
σ = lambda x: 1 / (1 + torch.exp(-x))
ŷ = σ(θ * 2)
ŷ.backward()
""",
    "the same memory or not": """
x = torch.ones(3)
before = id(x)
x = x + 1
print(id(x) == before, hash((1, 2)) == hash((1, 2)), list("ab".encode()))
y = x.requires_grad_() * 2
""",
    "docstrings": '''
"""A module docstring."""
class Net(nn.Module):
    """A class docstring."""

    def forward(self, x):
        """A method docstring."""
        return x * 2

Net()(torch.ones(1, requires_grad=True))
''',
    "lazy": """
net = nn.Sequential(nn.LazyLinear(3), nn.LazyBatchNorm1d())
net(torch.ones(2, 4)).sum()
""",
    "embedding bag": """
table = torch.ones(3, 2, requires_grad=True)
F.embedding_bag(torch.tensor([[0, 1], [1, 2]]), table).sum()
""",
    "chunked cross entropy": """
h = torch.randn(6, 4, requires_grad=True)
w = torch.randn(5, 4, requires_grad=True)
o = nn.LinearCrossEntropyOptions(batch_chunk_size=2)
F.linear_cross_entropy(h, w, torch.tensor([0, 1, 2, 3, 4, 0]), options=o)
""",
    "adaptive log softmax": """
torch.manual_seed(0)
layer = nn.AdaptiveLogSoftmaxWithLoss(8, 20, cutoffs=[5, 10])
x = torch.randn(4, 8, requires_grad=True)
result = layer(x, torch.tensor([0, 6, 12, 19]))
print(result.output.shape)
result.loss.backward()
""",
    "nested tensors": """
a = torch.tensor([1., 2., 3.], requires_grad=True)
b = torch.tensor([4., 5.], requires_grad=True)
nt = torch.nested.as_nested_tensor([a, b], layout=torch.jagged)
padded = torch.nested.to_padded_tensor(nt * 2, 0.0)
padded.sum().backward()
x = torch.randn(2, 3, 8, requires_grad=True)
y = torch.nested.as_nested_tensor([x[0], x[1, :2]], layout=torch.jagged)
F.softmax(nn.Linear(8, 4)(y), -1).sum().backward()
print(torch.nested.nested_tensor([torch.ones(2), torch.zeros(1)]).unbind())
""",
    "segment reduce": """
x = torch.arange(6.0, requires_grad=True)
y = torch.segment_reduce(x, "sum", lengths=torch.tensor([2, 3, 1]))
(y**2).sum().backward()
""",
    "pruning": """
import torch.nn.utils.prune as prune
torch.manual_seed(0)
layer = nn.Linear(4, 3)
prune.l1_unstructured(layer, name="weight", amount=0.5)
prune.random_unstructured(layer, "bias", amount=1)
print(layer.weight_mask, prune.is_pruned(layer))
layer(torch.ones(2, 4)).pow(2).sum().backward()
print(layer.weight_orig.grad)
prune.remove(layer, "weight")
""",
    "averaged weights": """
from torch.optim.swa_utils import SWALR, AveragedModel, get_ema_multi_avg_fn, update_bn
model = nn.Linear(2, 1)
average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.9))
plain = AveragedModel(model)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = SWALR(optimizer, swa_lr=0.05)
for step in range(3):
    optimizer.zero_grad()
    loss = model(torch.ones(4, 2)).pow(2).mean()
    loss.backward()
    optimizer.step()
    average.update_parameters(model)
    plain.update_parameters(model)
    scheduler.step()
update_bn([torch.ones(4, 2)], average)
print(average.n_averaged, average.module.weight, plain(torch.ones(1, 2)))
""",
    "grouped matrix product": """
a = torch.randn(8, 16, dtype=torch.bfloat16, requires_grad=True)
b = torch.randn(2, 16, 8, dtype=torch.bfloat16, requires_grad=True)
y = F.grouped_mm(a, b, offs=torch.tensor([3, 8], dtype=torch.int32))
y.float().sum().backward()
""",
    "fake quantisation": """
x = torch.linspace(-1, 1, 6, requires_grad=True)
y = torch.fake_quantize_per_tensor_affine(x, 0.1, 0, -8, 7)
y.sum().backward()
w = torch.randn(2, 3, requires_grad=True)
z = torch.fake_quantize_per_channel_affine(w, torch.tensor([0.1, 0.2]), torch.zeros(2, dtype=torch.int32), 0, -8, 7)
z.sum().backward()
""",
    "gradients of convolutions by name": """
x = torch.randn(1, 1, 5, 5, requires_grad=True)
w = torch.randn(1, 1, 3, 3, requires_grad=True)
y = F.conv2d(x, w)
y.backward(gradient=torch.ones_like(y))
dx = torch.nn.grad.conv2d_input(x.shape, w, torch.ones_like(y))
print(torch.allclose(dx, x.grad))
""",
    "transforms of distributions": """
from torch.distributions import Normal, TransformedDistribution, constraints
from torch.distributions.transforms import AffineTransform, SigmoidTransform
loc = torch.tensor(0.5, requires_grad=True)
d = TransformedDistribution(Normal(0.0, 1.0), [SigmoidTransform(), AffineTransform(loc=loc, scale=2.0)])
print(constraints.positive.check(torch.tensor(1.0)))
d.log_prob(torch.tensor(1.2)).backward()
""",
    "windows of signals": """
x = torch.randn(16, requires_grad=True)
y = torch.fft.rfft(x * torch.signal.windows.hann(16)).abs().sum()
y.backward()
""",
}
