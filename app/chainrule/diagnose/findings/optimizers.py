"""Optimizers that hold other parameters than those of the models that are there."""

from collections.abc import Mapping

import torch

from chainrule.diagnose.source import SourceText
from chainrule.protocol.messages import Problem
from chainrule.tape.record.modules import named_members
from chainrule.words.saying import say


def lost_parameters(text: SourceText, namespace: Mapping[str, object]) -> list[Problem]:
    """Find a model that got gradients and is in no optimizer, where an optimizer holds nothing that is still there.

    That is so where the model was made again after the optimizer. An optimizer over a part of a model, or over tensors
    that variables hold, is left alone.
    """
    modules = {
        name: [one for _, one in named_members(value, "", "_parameters")]
        for name, value in namespace.items()
        if isinstance(value, torch.nn.Module)
    }
    optimizers = {name: value for name, value in namespace.items() if isinstance(value, torch.optim.Optimizer)}
    held = {id(one) for optimizer in optimizers.values() for one in _parameters(optimizer)}
    there = {id(one) for parameters in modules.values() for one in parameters}
    there |= {id(value) for value in namespace.values() if isinstance(value, torch.Tensor)}
    for name, optimizer in optimizers.items():
        own = _parameters(optimizer)
        if not own or any(id(one) in there for one in own):
            continue
        for module_name, parameters in modules.items():
            trained = [one for one in parameters if one.requires_grad]
            has_gradient = any(one.grad is not None for one in trained)
            alike = {tuple(one.shape) for one in own} == {tuple(one.shape) for one in trained}
            if has_gradient and alike and not any(id(one) in held for one in trained):
                return [_problem(text, name, module_name)]
    return []


def _parameters(optimizer: torch.optim.Optimizer) -> list[torch.Tensor]:
    return [one for group in optimizer.param_groups for one in group["params"]]


def _problem(text: SourceText, optimizer: str, module: str) -> Problem:
    made = next(iter(text.bindings(module)), None)
    return Problem.of(
        "optimizer-without-model",
        say(
            "{optimizer} holds parameters that no variable has any more, and those of {module} are in no optimizer: "
            "{optimizer}.step() does not change them, and {optimizer}.zero_grad() does not set their gradients back. "
            "A model that is made again needs an optimizer that is made after it.",
            optimizer=optimizer,
            module=module,
        ),
        span=None if made is None else text.span(made),
    )
