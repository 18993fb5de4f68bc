"""A step of one of PyTorch's optimizers is one operation, and the program gets what it gets without the tape."""

from collections.abc import Callable

import pytest
import torch
from chainrule.limits import Limits
from chainrule.tape import Tape

OPTIMIZERS: dict[str, Callable[[list[torch.nn.Parameter]], torch.optim.Optimizer]] = {
    "SGD with momentum": lambda given: torch.optim.SGD(given, 0.1, momentum=0.9, weight_decay=0.01),
    "Adam": lambda given: torch.optim.Adam(given, 0.1),
    "AdamW": lambda given: torch.optim.AdamW(given, 0.1),
    "Adadelta": lambda given: torch.optim.Adadelta(given),
    "RMSprop": lambda given: torch.optim.RMSprop(given, 0.1),
    "Rprop": lambda given: torch.optim.Rprop(given, 0.1),
    "LBFGS": lambda given: torch.optim.LBFGS(given, 0.1, max_iter=4),
}


def train(make: Callable[[list[torch.nn.Parameter]], torch.optim.Optimizer], steps: int) -> list[torch.Tensor]:
    """Fit a line, and return the losses and what is left of the parameters."""
    weight, bias = torch.nn.Parameter(torch.tensor([1.0, -2.0])), torch.nn.Parameter(torch.tensor(0.5))
    x = torch.tensor([[1.0, 2.0], [3.0, -1.0], [0.5, 0.25]])
    optimizer = make([weight, bias])
    losses = []

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = ((x @ weight + bias - 1) ** 2).mean()
        loss.backward()
        losses.append(loss.detach())
        return loss

    for _ in range(steps):
        optimizer.step(closure)
    return [*losses, weight.detach(), bias.detach()]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_training_gives_what_it_gives_without_the_tape(name: str) -> None:
    bare = train(OPTIMIZERS[name], 3)
    with Tape(filename=__file__) as tape:
        taped = train(OPTIMIZERS[name], 3)
    assert len(bare) == len(taped)
    assert all(torch.equal(one, two) for one, two in zip(bare, taped, strict=True))
    assert len(tape.graph().passes) == len(bare) - 2


def test_what_a_parameter_held_in_each_pass_is_what_the_last_step_left() -> None:
    weight = torch.nn.Parameter(torch.tensor([1.0, -2.0]))
    optimizer = torch.optim.Adam([weight], 0.1)
    held, losses = [], []
    with Tape(filename=__file__) as tape:
        for _ in range(3):
            held.append(weight.detach().clone())
            loss = (weight * weight).sum()
            losses.append(loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    graph = tape.graph(losses)
    squares = [node for node in graph.nodes if node.op == "MulBackward0"]
    values = [tape.values(node.id)[0] for node in squares]
    assert len(values) == 3
    assert all(value is not None and torch.equal(value, one * one) for value, one in zip(values, held, strict=True))


def test_a_step_is_one_operation_whatever_the_optimizer_computes() -> None:
    def overflows(make: Callable[[list[torch.nn.Parameter]], torch.optim.Optimizer], records: int) -> bool:
        weights = [torch.nn.Parameter(torch.ones(2)) for _ in range(10)]
        optimizer = make(weights)
        for weight in weights:
            weight.grad = torch.ones(2)
        with Tape(Limits(records=records), filename=__file__) as tape:
            optimizer.step()
            optimizer.step()
        return "records" in tape.overflows

    for make in (lambda given: torch.optim.SGD(given, 0.1), lambda given: torch.optim.Adam(given, 0.1)):
        assert not overflows(make, 3)
        assert overflows(make, 1)


def test_an_optimizer_with_hooks_of_the_program_is_recorded_operation_by_operation() -> None:
    weight = torch.nn.Parameter(torch.ones(2))
    weight.grad = torch.ones(2)
    optimizer = torch.optim.Adam([weight], 0.1)
    seen = []
    optimizer.register_step_post_hook(lambda *_: seen.append(weight.detach().clone() * 2))
    with Tape(Limits(records=3), filename=__file__) as tape:
        optimizer.step()
    assert torch.equal(seen[0], weight.detach() * 2)
    assert "records" in tape.overflows


def test_a_step_that_raises_leaves_the_tape_recording() -> None:
    weight = torch.nn.Parameter(torch.ones(2))
    with Tape(filename=__file__) as tape:
        with pytest.raises(RuntimeError, match="one closure"):
            torch.optim.SGD([weight], 0.1).step(raising)
        loss = (weight * 3).sum()
        loss.backward()
    graph = tape.graph({"loss": loss})
    assert [node.op for node in graph.nodes if node.kind == "function"] == ["MulBackward0", "SumBackward0"]


def raising() -> float:
    raise RuntimeError("one closure")


def test_the_classes_are_as_they_were_after_the_tape() -> None:
    torch.optim.SGD([torch.nn.Parameter(torch.ones(1))])  # PyTorch puts its hooks around the first of a class
    before = torch.optim.SGD.step
    with Tape(filename=__file__):
        assert torch.optim.SGD.step is not before
    assert torch.optim.SGD.step is before
