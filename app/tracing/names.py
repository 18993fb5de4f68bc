"""The names that the program gave to tensors and modules."""

import weakref
from typing import Any

import torch

_Bound = dict[tuple[str, bool], int]
"""Names, and whether each is local to a function, with the output number that it was bound to; the latest last."""


class Names:
    """Remembers which names were bound to what.

    A parameter's path comes first: ``for p in net.parameters()`` binds one name to each of them, and only the path is a
    parameter's own. Then the names of the program's top level, the latest first, then local ones.
    """

    def __init__(self) -> None:
        self._of_nodes: dict[int, _Bound] = {}
        """By the sequence number of the Node."""
        self._of_tensors: dict[int, tuple[weakref.ref[Any], _Bound]] = {}
        """Tensors without a grad_fn, by id."""
        self._parameters: dict[int, tuple[weakref.ref[Any], str]] = {}
        self._modules: dict[int, tuple[weakref.ref[Any], str]] = {}

    def bind(self, name: str, value: object) -> None:
        """Note that the program's top level binds a name to a value."""
        if isinstance(value, torch.Tensor):
            self._bind_tensor((name, False), value)
        elif isinstance(value, torch.nn.Module):
            for path, module in value.named_modules(prefix=name):
                self._modules[id(module)] = (weakref.ref(module), path)
            for path, parameter in value.named_parameters(prefix=name):
                self._parameters[id(parameter)] = (weakref.ref(parameter), path)

    def bind_local(self, name: str, value: object) -> None:
        """Note that a function of the program binds a name to a value."""
        if isinstance(value, torch.Tensor):
            self._bind_tensor((name, True), value)

    def of_node(self, sequence: int) -> list[str]:
        """Give the names of a function Node's outputs."""
        return _in_order(self._of_nodes.get(sequence, {}))

    def of_output(self, sequence: int, output_nr: int) -> list[str]:
        """Give the names of one output of a function Node."""
        bound = self._of_nodes.get(sequence, {})
        return _in_order({key: number for key, number in bound.items() if number == output_nr})

    def of_tensor(self, tensor: torch.Tensor) -> list[str]:
        """Give the names of a tensor without a grad_fn."""
        known = self._of_tensors.get(id(tensor))
        bound = known[1] if known is not None and known[0]() is tensor else {}
        path = self.parameter_path(tensor)
        return _in_order(bound, [] if path is None else [path])

    def parameter_path(self, tensor: torch.Tensor) -> str | None:
        """Give a parameter's path, or None for another tensor."""
        known = self._parameters.get(id(tensor))
        return known[1] if known is not None and known[0]() is tensor else None

    def module_path(self, module: Any) -> str | None:
        """Give a module's path from the variable that holds it."""
        known = self._modules.get(id(module))
        return known[1] if known is not None and known[0]() is module else None

    def _bind_tensor(self, key: tuple[str, bool], tensor: torch.Tensor) -> None:
        try:
            node = tensor.grad_fn
        except RuntimeError:
            # A view whose base was changed in a way that autograd forbids: its use will say so.
            return
        if node is not None:
            bound = self._of_nodes.setdefault(node._sequence_nr(), {})
        else:
            known = self._of_tensors.get(id(tensor))
            if known is None or known[0]() is not tensor:
                known = self._of_tensors[id(tensor)] = (weakref.ref(tensor), {})
            bound = known[1]
        bound.pop(key, None)
        bound[key] = tensor.output_nr


def _in_order(bound: _Bound, paths: list[str] | None = None) -> list[str]:
    latest_first = list(bound)[::-1]
    top = [name for name, is_local in latest_first if not is_local]
    local = [name for name, is_local in latest_first if is_local]
    return list(dict.fromkeys([*(paths or []), *top, *local]))
