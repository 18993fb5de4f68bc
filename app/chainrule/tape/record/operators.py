"""What is known of an operator by its schema: read once, and looked up for each operation."""

from collections.abc import Callable
from typing import Any

import torch

from chainrule.graph.tensors.decimals import json_number
from chainrule.tape.record.mutations import is_in_place, is_view, places
from chainrule.tape.record.operations import Argument, KnownOperator, Value

_FACTORIES = ("aten.new_", "aten.ones_like", "aten.zeros_like", "aten.full_like", "aten.empty_like", "aten.rand")
_FILLS = frozenset(
    f"aten.{name}_"
    for name in (
        *("zero", "fill", "uniform", "normal", "random", "bernoulli", "exponential"),
        *("geometric", "cauchy", "log_normal"),
    )
)
_WORKSPACES = {"aten.mkldnn_rnn_layer": frozenset({3})}
"""Outputs that are an operator's own scratch memory, parts of which nothing has written to."""
READS_NUMBER = torch.ops.aten._local_scalar_dense.default

_known: dict[int, KnownOperator] = {}
"""By id, for an ``OpOverload`` computes its hash in Python each time; each is kept by what is known of it."""


def operator_of(op: Any) -> KnownOperator:
    """Return what is known of an ``OpOverload``, a custom Function's class, or what stands for an operator."""
    known = _known.get(id(op))
    if known is None or known.op is not op:
        known = _described(op)
        if isinstance(op, torch._ops.OpOverload):
            _known[id(op)] = known
    return known


def named_arguments(
    operator: KnownOperator,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    value_of: Callable[[torch.Tensor], Value],
) -> tuple[tuple[Argument, ...], list[torch.Tensor]]:
    """Collect the tensors and numbers among the arguments of an operator, under the operator's own names.

    Numbers that only steer the operator (sizes, dimensions, flags) and those left at their default are not collected.

    Returns:
        The arguments, and the tensors among them.
    """
    found: list[Argument] = []
    tensors: list[torch.Tensor] = []
    given_by_place: list[Any] = list(args)
    if kwargs:
        given_by_place += [kwargs.get(name) for name, _, _ in operator.parameters[len(args) :]]
    for position, given in enumerate(given_by_place):
        if given is None:
            continue
        name, takes_number, default = operator.parameters[position]
        if isinstance(given, torch.Tensor):
            tensors.append(given)
            found.append(Argument(name, position, value_of(given), None, given.requires_grad))
        elif takes_number and isinstance(given, bool | int | float | complex):
            if given != default or default is None:
                found.append(Argument(name, position, None, json_number(given)))
        elif isinstance(given, list | tuple):
            # No function within this one: a cycle of the two would keep the tensors until the collector comes.
            for item in given:
                if isinstance(item, torch.Tensor):
                    tensors.append(item)
                    found.append(Argument(name, position, value_of(item), None, item.requires_grad))
    return tuple(found), tensors


def _described(op: Any) -> KnownOperator:
    if isinstance(op, type):
        return KnownOperator(op, str(op.__name__), is_custom=True)
    schema = op._schema
    label = str(schema.name).replace("::", ".")
    written, running, training = places(op)
    return KnownOperator(
        op,
        label,
        parameters=tuple((one.name, _takes_number(one), one.default_value) for one in schema.arguments),
        asks_only=isinstance(op, torch._ops.OpOverload) and _asks_only(op),
        is_factory=label.startswith(_FACTORIES),
        is_fill=label in _FILLS,
        is_empty=label.startswith("aten.empty"),
        is_view=is_view(op),
        is_in_place=is_in_place(op),
        written=written,
        running=running,
        training=training,
        workspaces=_WORKSPACES.get(label, frozenset()),
    )


def _takes_number(argument: Any) -> bool:
    kind = str(argument.type)
    return any(kind.startswith(prefix) for prefix in ("number", "Optional[number]", "Tensor", "Optional[Tensor]"))


def _asks_only(op: Any) -> bool:
    """Return whether an operation gives no tensor, changes none and reads no number from one.

    Tensors that are classes in Python are asked for their shape in this way, also while autograd locks them: whoever
    asks for their Node meanwhile waits for ever.
    """
    schema = op._schema
    if op is READS_NUMBER or schema.is_mutable:
        return False
    return not any("Tensor" in str(result.type) for result in schema.returns)
