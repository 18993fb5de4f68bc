"""Layers that were given what they do not take, explained."""

import ast
import math
import re

import torch

from chainrule.diagnose.exceptions.context import RaiseContext
from chainrule.diagnose.exceptions.rule import Diagnosis, rule
from chainrule.diagnose.source import grouped
from chainrule.protocol.messages import Fix
from chainrule.words.saying import joined, say
from chainrule.words.shapes import torch_shape


def module_input(moment: RaiseContext) -> Diagnosis:
    """Return a module that was given something of the wrong size."""
    module, taken = moment.module, moment.taken
    kind = type(module).__name__
    known = moment.name_of(module)
    name = known or say("This {kind}", kind=kind)
    got = f" {torch_shape(taken.shape)}" if isinstance(taken, torch.Tensor) else say(" something else")
    fixes: list[Fix] = []
    wants, position, size = _expected(module, taken)
    told = (
        say("{name} is {module}.", name=name, module=str(module))
        if len(str(module)) < 120
        else say("{name} is a {kind}.", name=name, kind=kind)
    )
    detail = say("{layer} It takes {input} and was given{given_input}.", layer=told, input=wants, given_input=got)
    if position is not None and size is not None:
        for call in moment.text.calls(None, kind):
            arguments = [argument.value for argument in call.args if isinstance(argument, ast.Constant)]
            expected = [getattr(module, position)]
            if arguments[:1] == expected:
                title = say("Make {layer} take {size}", layer=known or kind, size=size)
                fixes.append(moment.text.replace(title, call.args[0], str(size)))
        if len(fixes) > 1:
            fixes = []
        detail += say(
            " Its {argument} should be {size}, or what comes before it should give {current_size}.",
            argument=position,
            size=size,
            current_size=getattr(module, position),
        )
    if isinstance(module, torch.nn.Linear) and isinstance(taken, torch.Tensor) and taken.ndim > 2:
        rest = math.prod(taken.shape[1:])
        if rest == module.in_features:
            detail += say(
                " Flattened from dimension 1 on, the input would have {count} features, as {name} wants.",
                count=rest,
                name=name,
            )
            fixes = _flatten(moment) + fixes
    return Diagnosis(detail, tuple(fixes[:2]), slug="layer-input")


def _expected(module: torch.nn.Module | None, taken: object) -> tuple[str, str | None, int | None]:
    shape = list(taken.shape) if isinstance(taken, torch.Tensor) else []
    match module:
        case torch.nn.Linear():
            return f"[..., {module.in_features}]", "in_features", shape[-1] if shape else None
        case torch.nn.Conv1d() | torch.nn.Conv2d() | torch.nn.Conv3d():
            sizes = {1: say("length"), 2: say("height, width"), 3: say("depth, height, width")}[len(module.kernel_size)]
            wants = say("[batch, {channels}, {sizes}]", channels=module.in_channels, sizes=sizes)
            fits = len(shape) == len(module.kernel_size) + 2
            return wants, "in_channels" if fits else None, shape[1] if fits else None
        case torch.nn.LayerNorm():
            sizes = ", ".join(map(str, module.normalized_shape))
            return f"[..., {sizes}]", None, None
        case torch.nn.RNNBase():
            order = say("batch, time") if module.batch_first else say("time, batch")
            return joined(["[", order, f", {module.input_size}]"]), "input_size", shape[-1] if shape else None
        case torch.nn.BatchNorm1d() | torch.nn.BatchNorm2d() | torch.nn.BatchNorm3d():
            return f"[batch, {module.num_features}, ...]", "num_features", shape[1] if len(shape) > 1 else None
        case _:
            return say("another shape"), None, None


def _flatten(moment: RaiseContext) -> list[Fix]:
    node = moment.node
    if isinstance(node, ast.Call) and len(node.args) == 1 and moment.tensor(node.args[0]) is moment.taken:
        text = grouped(moment.text.of(node.args[0]), node.args[0])
        return [moment.text.replace(say("Flatten the input"), node.args[0], f"{text}.flatten(1)")]
    return []


def _module_or(moment: RaiseContext, match: re.Match[str]) -> Diagnosis | None:
    return module_input(moment) if moment.module is not None else Diagnosis(f"{moment.words.strip().rstrip('.')}.")


def _one_value(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    name = moment.name_of(moment.module) or say("Batch normalisation")
    return Diagnosis(
        say(
            "{name} subtracts the mean of the batch and divides by its deviation, and this batch has "
            "shape {shape}: one value for each channel has no deviation. Give it two examples or "
            "more, or call .eval() to use the averages that it has learnt.",
            name=name,
            shape=match[1],
        )
    )


def _kernel(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    name = moment.name_of(moment.module) or say("The convolution")
    return Diagnosis(
        say(
            "{name} moves a window of {kernel_size} over its input, and the input, padding included, is "
            "only {input_size}. Use a smaller kernel, more padding, or less pooling before it.",
            name=name,
            kernel_size=match[2],
            input_size=match[1],
        )
    )


def _heads(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    return Diagnosis(
        say(
            "Attention with several heads splits the features evenly among them, so embed_dim must "
            "be a multiple of num_heads."
        )
    )


RULES = (
    rule(
        r"expected input\[.*\] to have \d+ channels|Expected \d+D \(unbatched\)|must be equal to "
        r"input_size|Given normalized_shape|running_mean should contain",
        "layer-input",
        _module_or,
    ),
    rule(
        r"Expected more than 1 value per channel when training, got input size torch\.Size\((.*?)\)",
        "layer-input",
        _one_value,
    ),
    rule(
        r"input size per channel: \((.*?)\)\. Kernel size: \((.*?)\)\. Kernel size can't be greater",
        "layer-input",
        _kernel,
    ),
    rule(r"embed_dim must be divisible by num_heads", "layer-input", _heads),
)
