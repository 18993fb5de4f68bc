"""The arguments of a dispatched operation, under the operator's own names."""

from collections.abc import Callable
from typing import Any

import torch

from chainrule.graph.tensors.decimals import json_number
from chainrule.tape.record.operations import Argument, Value


def named_arguments(
    op: Any,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    value_of: Callable[[torch.Tensor], Value],
) -> tuple[tuple[Argument, ...], list[torch.Tensor]]:
    """Collect the tensors and numbers among the arguments of an operator.

    Numbers that only steer the operator (sizes, dimensions, flags) and those left at their default are not collected.

    Returns:
        The arguments, and the tensors among them.
    """
    found: list[Argument] = []
    tensors: list[torch.Tensor] = []

    for position, (name, takes_number, default) in enumerate(_parameters(op)):
        given = args[position] if position < len(args) else kwargs.get(name)
        if given is None:
            continue
        if takes_number and isinstance(given, bool | int | float | complex):
            if given != default or default is None:
                found.append(Argument(name, position, None, json_number(given)))
            continue
        # No function within this one: a cycle of the two would keep the tensors until the collector comes.
        for item in given if isinstance(given, list | tuple) else (given,):
            if isinstance(item, torch.Tensor):
                tensors.append(item)
                found.append(Argument(name, position, value_of(item), None, item.requires_grad))
    return tuple(found), tensors


_known: dict[Any, tuple[tuple[str, bool, Any], ...]] = {}


def _parameters(op: Any) -> tuple[tuple[str, bool, Any], ...]:
    known = _known.get(op)
    if known is None:
        known = _known[op] = tuple(
            (argument.name, _takes_number(argument), argument.default_value) for argument in op._schema.arguments
        )
    return known


def _takes_number(argument: Any) -> bool:
    kind = str(argument.type)
    return any(kind.startswith(prefix) for prefix in ("number", "Optional[number]", "Tensor", "Optional[Tensor]"))
