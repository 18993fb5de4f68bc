"""Which of its arguments an operation changes in place, which tensor's history that changes, and what gives views.

A change through a view is a change of the whole tensor, and autograd keeps the history of memory with the whole: the
base gets a new Node, ``CopySlices``, which stands for "the old base, with the operation done to this part of it". The
view's own Node is made anew, as an ``AsStridedBackward0`` on the base's, when somebody next asks for it. So the record
of ``part += 1`` belongs to the Node of the base, its first output is the base after it, and what the base held before
is kept beside:

>>> import torch
>>> from chainrule.tape import Tape
>>> x = torch.ones(2, requires_grad=True)
>>> with Tape() as tape:
...     base = torch.zeros(3)
...     part = base[:2]
...     part += x
>>> base.grad_fn.name(), part.grad_fn.name()
('torch::autograd::CopySlices', 'AsStridedBackward0')
>>> graph = tape.graph({"base": base})
>>> change = next(node for node in graph.nodes if node.op == "torch::autograd::CopySlices")
>>> change.outputs[0].value.values, change.outputs[0].before.values
([1.0, 1.0, 0.0], [0.0, 0.0, 0.0])
>>> [(edge.argument, edge.kind) for edge in graph.edges if edge.source == change.id]
[('other', 'gradient'), ('self', 'value')]
"""

from typing import Any

from chainrule.tape.record.operations import KnownOperator

_RUNNING = frozenset({"running_mean", "running_var"})
"""What batch norms change while training, though their schemas do not say so, and no version counter does."""


def changed_places(operator: KnownOperator, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, ...]:
    """List the positions of the arguments that an operation changes."""
    training = operator.training
    if operator.running and (args[training] if training < len(args) else kwargs.get("training")):
        return operator.written + operator.running
    return operator.written


def is_in_place(op: Any) -> bool:
    """Return whether an operation gives back an argument that it changed, or nothing but its changes."""
    returned = op._schema.returns
    given_back = all(result.alias_info is not None and result.alias_info.is_write for result in returned)
    return given_back and bool(places(op)[0])


def is_view(op: Any) -> bool:
    """Return whether an operation gives a view of an argument."""
    return any(result.alias_info is not None and not result.alias_info.is_write for result in op._schema.returns)


def places(op: Any) -> tuple[tuple[int, ...], tuple[int, ...], int]:
    """Return the positions of what an operator writes to, of what it changes while training, and of ``training``."""
    parameters = list(enumerate(op._schema.arguments))
    written = [place for place, given in parameters if given.alias_info is not None and given.alias_info.is_write]
    training = [place for place, given in parameters if given.name == "training"]
    running = [place for place, given in parameters if training and given.name in _RUNNING and place not in written]
    return tuple(written), tuple(running), training[0] if training else -1
