"""What the tape does for a program to see nothing of it, kind by kind."""

import sys
import threading
import warnings
from collections.abc import Callable

import pytest
import torch
from chainrule.tape import Tape
from chainrule.tape.unseen.threads import MOST_DEEP, require_thread

Told = list[tuple[str, str, int]]


def both(run: Callable[[], object]) -> tuple[object, object]:
    bare = run()
    with Tape():
        return bare, run()


def test_views_of_leaves_are_changed_under_no_grad() -> None:
    def run() -> list[float]:
        weight = torch.arange(6.0).reshape(3, 2).requires_grad_()
        with torch.no_grad():
            weight[0] *= 2
            weight[:, 1] -= 0.5
            for row in weight:
                row /= row.norm()
            for part in weight.chunk(2):
                part += 1
            weight.t()[0] = 7
        assert weight.is_leaf
        return weight.flatten().tolist()

    bare, taped = both(run)
    assert taped == bare


def test_changes_of_many_tensors_at_once_are_counted() -> None:
    def run() -> list[int]:
        tensors = [torch.ones(2), torch.ones(3)]
        torch._foreach_add_(tensors, 1.0)
        torch._foreach_mul_(tensors, tensors)
        return [tensor._version for tensor in tensors]

    assert both(run) == ([2, 2], [2, 2])


def test_views_made_in_inference_mode_are_views() -> None:
    def run() -> list[bool]:
        tensor = torch.ones(4, 3, requires_grad=True) * 2
        with torch.inference_mode():
            views = [tensor.reshape(3, 4), tensor.flatten(), tensor.mT, tensor.hsplit(3)[0], tensor[0]]
        return [view._is_view() for view in views]

    assert both(run) == ([True] * 5, [True] * 5)


def test_gradients_of_gradients_take_the_formulas_that_pytorch_takes_alone() -> None:
    def run() -> list[str]:
        torch.manual_seed(0)
        x = torch.randn(5, 5, requires_grad=True)
        found = []
        for y in (x.prod(), x.cumprod(0).sum(), x[x > 0].square().sum(), x.max() ** 3, torch.linalg.det(x)):
            (gradient,) = torch.autograd.grad(y, x, create_graph=True)
            (second,) = torch.autograd.grad(gradient.square().sum(), x)
            found += [f"{gradient.tolist()} {gradient.grad_fn.name()} {second.tolist()}"]
        return found

    bare, taped = both(run)
    assert taped == bare


def kernel_that_warns() -> None:
    torch.ones(1).std()


def hook_that_warns() -> None:
    layer = torch.nn.Linear(2, 2)
    layer.register_full_backward_hook(lambda *_: None)
    layer(torch.ones(1, 2)).sum().backward()


def number_that_warns() -> None:
    float(torch.ones((), requires_grad=True) * 2)


@pytest.mark.parametrize("run", [kernel_that_warns, hook_that_warns, number_that_warns])
def test_a_warning_is_told_of_the_place_in_the_program(run: Callable[[], None]) -> None:
    def told() -> Told:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            run()
        return [(str(warning.message), warning.filename, warning.lineno) for warning in caught]

    torch.set_warn_always(True)
    try:
        bare, taped = both(told)
    finally:
        torch.set_warn_always(False)
    assert len(bare) == 1  # type: ignore[arg-type]
    assert taped == bare


def test_a_warning_is_told_once_of_each_place() -> None:
    def told() -> int:
        globals().pop("__warningregistry__", None)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("default")
            for _ in range(3):
                torch.ones(1).std()
            torch.ones(1).std()
        return len(caught)

    torch.set_warn_always(True)
    try:
        assert both(told) == (2, 2)
    finally:
        torch.set_warn_always(False)


class Nested(torch.nn.Module):
    """Modules within modules, each within a reentrant checkpoint: passes within passes."""

    def __init__(self, depth: int) -> None:
        super().__init__()
        self.scale = torch.nn.Parameter(torch.tensor(1.01))
        self.inner = Nested(depth - 1) if depth else None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = (x * self.scale).tanh()
        if self.inner is None:
            return x
        return torch.utils.checkpoint.checkpoint(self.inner, x, use_reentrant=True)  # type: ignore[no-any-return]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("depth", [20, 59, 65])
def test_passes_within_passes_go_as_deep(depth: int) -> None:
    def run() -> tuple[list[float], float]:
        x, net = torch.ones(2, requires_grad=True), Nested(depth)
        net(x).sum().backward()
        assert x.grad is not None
        assert net.scale.grad is not None
        return x.grad.tolist(), net.scale.grad.item()

    limit = sys.getrecursionlimit()
    bare, taped = both(run)
    assert taped == bare
    assert sys.getrecursionlimit() == limit


def test_a_program_may_set_its_own_limit_of_recursion() -> None:
    limit = sys.getrecursionlimit()
    try:
        with Tape():
            sys.setrecursionlimit(sys.getrecursionlimit() + 500)
        assert sys.getrecursionlimit() == limit + 500
    finally:
        sys.setrecursionlimit(limit)


def test_where_no_thread_can_be_started_a_pass_that_needs_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    require_thread(MOST_DEEP + 1)
    monkeypatch.setattr(threading.Thread, "start", start)
    require_thread(MOST_DEEP)
    with pytest.raises(RuntimeError, match="within 61 other calls of backward"):
        require_thread(MOST_DEEP + 1)
