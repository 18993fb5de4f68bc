"""The names that the program gave to tensors and modules."""

import weakref
from typing import Any

import torch


class Names:
    """Remembers which names were bound to what, the latest last."""

    def __init__(self) -> None:
        self._of_nodes: dict[int, dict[str, int]] = {}
        """Sequence numbers of Nodes with the names of their outputs and which output each is."""
        self._of_tensors: dict[int, tuple[weakref.ref[Any], list[str]]] = {}
        self._parameters: dict[int, tuple[weakref.ref[Any], str]] = {}
        self.modules: dict[int, tuple[weakref.ref[Any], str]] = {}
        """Modules' ids with their paths from the variable that holds them."""

    def bind(self, name: str, value: object) -> None:
        """Note that a name is bound to a value from now on."""
        if isinstance(value, torch.Tensor):
            self._bind_tensor(name, value)
        elif isinstance(value, torch.nn.Module):
            for path, module in value.named_modules(prefix=name):
                self.modules[id(module)] = (weakref.ref(module), path)
            for path, parameter in value.named_parameters(prefix=name):
                self._parameters[id(parameter)] = (weakref.ref(parameter), path)

    def of_node(self, sequence: int) -> list[str]:
        """Give the names of a function Node's outputs, the latest first."""
        return list(self._of_nodes.get(sequence, {}))[::-1]

    def of_output(self, sequence: int, output_nr: int) -> list[str]:
        """Give the names of one output of a function Node, the latest first."""
        return [name for name, number in self._of_nodes.get(sequence, {}).items() if number == output_nr][::-1]

    def of_tensor(self, tensor: torch.Tensor) -> list[str]:
        """Give the names of a tensor without a grad_fn, the latest first, a parameter's path last."""
        known = self._of_tensors.get(id(tensor))
        names = known[1][::-1] if known is not None and known[0]() is tensor else []
        path = self.parameter_path(tensor)
        return names if path is None else [*names, path]

    def parameter_path(self, tensor: torch.Tensor) -> str | None:
        """Give a parameter's path, or None for another tensor."""
        known = self._parameters.get(id(tensor))
        return known[1] if known is not None and known[0]() is tensor else None

    def module_path(self, module: Any) -> str | None:
        """Give a module's path from the variable that holds it."""
        known = self.modules.get(id(module))
        return known[1] if known is not None and known[0]() is module else None

    def _bind_tensor(self, name: str, tensor: torch.Tensor) -> None:
        node = tensor.grad_fn if tensor.requires_grad else None
        if node is not None:
            outputs = self._of_nodes.setdefault(node._sequence_nr(), {})
            outputs.pop(name, None)
            outputs[name] = tensor.output_nr
            return
        known = self._of_tensors.get(id(tensor))
        if known is None or known[0]() is not tensor:
            known = self._of_tensors[id(tensor)] = (weakref.ref(tensor), [])
        names = known[1]
        if name in names:
            names.remove(name)
        names.append(name)
