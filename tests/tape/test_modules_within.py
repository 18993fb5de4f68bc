"""Modules are walked as PyTorch walks them, without asking them."""

import torch
from chainrule.tape.record.modules import named_members, named_parts
from torch import nn


def net() -> nn.Module:
    shared = nn.Linear(2, 2)
    inner = nn.ModuleDict({"again": shared, "deep": nn.Sequential(nn.Linear(2, 2))})
    made = nn.Sequential(shared, nn.BatchNorm1d(2), inner)
    made.register_parameter("scale", nn.Parameter(torch.ones(1)))
    made.register_parameter("none", None)
    made[1].register_buffer("tied", made[1].running_mean)
    made.add_module("gone", None)
    return made


def test_paths_are_those_of_pytorch() -> None:
    made = net()
    assert list(named_parts(made, "net")) == list(made.named_modules(prefix="net"))
    parameters = list(named_members(made, "net", "_parameters"))
    assert [path for path, _ in parameters] == [path for path, _ in made.named_parameters(prefix="net")]
    buffers = list(named_members(made, "net", "_buffers"))
    assert [path for path, _ in buffers] == [path for path, _ in made.named_buffers(prefix="net")]
    assert all(one is other for (_, one), (_, other) in zip(parameters, made.named_parameters(), strict=True))


def test_methods_of_the_program_are_not_called() -> None:
    class Own(nn.Module):
        def named_modules(self, *_: object, **__: object) -> None:  # type: ignore[override]
            raise AssertionError

        named_parameters = named_buffers = parameters = modules = children = named_modules  # type: ignore[assignment]

    made = nn.Sequential(Own())
    made[0].weight = nn.Parameter(torch.ones(1))
    assert [path for path, _ in named_members(made, "m", "_parameters")] == ["m.0.weight"]
