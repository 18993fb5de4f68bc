"""The names that the program gave to tensors and modules."""

import weakref
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

import torch

from chainrule.tape.record.modules import named_members, named_parts
from chainrule.tape.record.operations import Name, Value
from chainrule.tape.record.values import Values
from chainrule.tape.tensors.autograd_meta import output_of
from chainrule.words.numbers import python_integer

_Bound = dict[Name, int]
"""Names with the moment at which each was bound last."""


PROGRAM = "__main__"
"""The module of a program's own classes."""
_OWN_NAMES: Any = type.__dict__["__dict__"]
"""Gives what a class itself holds, without asking the class, which may be the program's own."""
LISTED = 256
"""Elements of a list, tuple or dictionary that are looked at."""
_KEY_CHARACTERS = 200
_PATH_CHARACTERS = 2_000
"""Longest key, and longest path, that is told whole."""


@dataclass(frozen=True, slots=True)
class _Path:
    """Where a module, or a tensor of one, is found from a variable."""

    path: str
    reference: weakref.ref[Any]
    rank: tuple[bool, int]
    """Whether the variable is one of the top level, and how deep below it this lies."""


class BoundNames:
    """Remembers which names were bound to what.

    A parameter's path comes first: ``for p in net.parameters()`` binds one name to each of them, and only the path is a
    parameter's own. Then the names of the program's top level, the latest first, then local ones. Of several paths
    the one from a variable of the top level, and of those the deepest, is taken: ``for layer in net`` names no layer.

    A tensor that no variable was bound to is named by where it stands in a list, dictionary or module ("weights[0]").

    No tensor is held: a name belongs to what is known of the tensor at that time, and goes over to what is known of it
    after a change in place.

    Args:
        values: what is known of tensors.
    """

    def __init__(self, values: Values) -> None:
        self._values = values
        self._moment = 0
        self._of_nodes: dict[int, dict[int, _Bound]] = {}
        """By the sequence number of the Node, and output number."""
        self._of_tensors: dict[int, tuple[weakref.ref[Any], _Bound]] = {}
        """Tensors that no operation had met by then, by id."""
        self._parameters: dict[int, _Path] = {}
        self._buffers: dict[int, _Path] = {}
        self._modules: dict[int, _Path] = {}
        self._elements: dict[int, _Path] = {}

    def bind(self, name: str, value: object) -> None:
        """Note that the program's top level binds a name to a value."""
        if isinstance(value, torch.Tensor):
            self._bind_tensor((name, False), value)
        elif isinstance(value, torch.nn.Module):
            self._bind_module(name, value, top=True)
        elif isinstance(value, list | tuple | dict):
            self._bind_elements(name, value, top=True)
        else:
            self._bind_attributes(name, value, top=True)

    def bind_local(self, name: str, value: object) -> None:
        """Note that a function of the program binds a name to a value."""
        if isinstance(value, torch.Tensor):
            self._bind_tensor((name, True), value)
        elif isinstance(value, torch.nn.Module):
            if name != "self":
                self._bind_module(name, value, top=False)
        elif isinstance(value, list | tuple | dict):
            self._bind_elements(name, value, top=False)
        else:
            self._bind_attributes(name, value, top=False)

    def of_node(self, sequence: int, outputs: dict[int, Value]) -> list[str]:
        """Return the names of a function Node's outputs, those of outputs without a gradient last.

        Args:
            sequence: the Node's sequence number.
            outputs: what is known of its outputs, by output number.
        """
        bound = list(self._of_nodes.get(sequence, {}).values())
        if not bound and all(value.names is None for value in outputs.values()):
            return []
        with_gradient = [value.names for value in outputs.values() if value.sequence == sequence]
        others = [value.names for value in outputs.values() if value.sequence != sequence]
        return list(dict.fromkeys([*_in_order([*bound, *with_gradient]), *_in_order(others)]))

    def of_output(self, sequence: int, output_nr: int, value: Value | None) -> list[str]:
        """Return the names of one output of a function Node, of which something is known or not."""
        return _in_order([self._of_nodes.get(sequence, {}).get(output_nr), None if value is None else value.names])

    def of_values(self, values: Iterable[Value]) -> list[str]:
        """Return the names of tensors without a grad_fn, as they were at some time."""
        found: list[str] = []
        for value in values:
            tensor = value.reference()
            found += _in_order([value.names]) if tensor is None else self._of_tensor(tensor, value)
        return list(dict.fromkeys(found))

    def of_leaf(self, tensor: torch.Tensor) -> list[str]:
        """Return the names of a leaf."""
        return self._of_tensor(tensor, self._values.met(tensor))

    def parameter_path(self, tensor: torch.Tensor) -> str | None:
        """Return a parameter's path, or None for another tensor."""
        return _known(self._parameters, tensor)

    def module_path(self, module: Any) -> str | None:
        """Return a module's path from the variable that holds it."""
        return _known(self._modules, module)

    def _of_tensor(self, tensor: torch.Tensor, value: Value | None) -> list[str]:
        unmet = self._of_tensors.get(id(tensor))
        bound = unmet[1] if unmet is not None and unmet[0]() is tensor else None
        path = self.parameter_path(tensor) or _known(self._buffers, tensor)
        names = _in_order([bound, None if value is None else value.names])
        if path is None and not names:
            path = _known(self._elements, tensor)
        return list(dict.fromkeys([*([] if path is None else [path]), *names]))

    def _bind_elements(self, name: str, value: object, *, top: bool) -> None:
        entries: Iterable[tuple[Any, Any]]
        if isinstance(value, list | tuple) and type(value) in (list, tuple):
            entries = enumerate(islice(value, LISTED))
        elif isinstance(value, dict) and type(value) is dict:
            entries = islice(value.items(), LISTED)
        else:
            return
        for key, element in entries:
            if isinstance(element, torch.Tensor) and type(key) in (int, str):
                _note(self._elements, element, f"{name}[{_key(key)}]", top)

    def _bind_attributes(self, name: str, value: object, *, top: bool) -> None:
        """Note what an object of a class of the program's own holds: tensors, and modules with their parameters."""
        if _OWN_NAMES.__get__(type(value)).get("__module__") != PROGRAM:
            return
        try:
            held = object.__getattribute__(value, "__dict__")
        except AttributeError:
            return
        for attribute, part in islice(held.items(), LISTED):
            if isinstance(part, torch.Tensor):
                _note(self._elements, part, f"{name}.{attribute}", top)
            elif isinstance(part, torch.nn.Module):
                self._bind_module(f"{name}.{attribute}", part, top=top)

    def _bind_module(self, name: str, module: torch.nn.Module, *, top: bool) -> None:
        for path, part in named_parts(module, name):
            _note(self._modules, part, path, top)
            for attribute, value in vars(part).items():
                if isinstance(value, torch.Tensor):
                    _note(self._elements, value, f"{path}.{attribute}", top)
        for path, buffer in named_members(module, name, "_buffers"):
            _note(self._buffers, buffer, path, top)
        for path, parameter in named_members(module, name, "_parameters"):
            _note(self._parameters, parameter, path, top)

    def _bind_tensor(self, name: Name, tensor: torch.Tensor) -> None:
        made = output_of(tensor)
        self._moment += 1
        value = self._values.met(tensor)
        if made is not None:
            node, number = made
            self._of_nodes.setdefault(node._sequence_nr(), {}).setdefault(number, {})[name] = self._moment
        elif value is None:
            known = self._of_tensors.get(id(tensor))
            if known is None or known[0]() is not tensor:
                known = self._of_tensors[id(tensor)] = (weakref.ref(tensor), {})
            known[1][name] = self._moment
        if value is not None:
            value.names = value.names or {}
            value.names[name] = self._moment


def _key(key: int | str) -> str:
    if isinstance(key, int):
        return python_integer(key, _KEY_CHARACTERS)
    return repr(key if len(key) <= _KEY_CHARACTERS else f"{key[:_KEY_CHARACTERS]}...")


def _note(paths: dict[int, _Path], thing: Any, path: str, top: bool) -> None:
    rank = (top, path.count("."))
    if len(path) > _PATH_CHARACTERS:
        path = f"{path[:_PATH_CHARACTERS]}..."
    known = paths.get(id(thing))
    if known is None or known.reference() is not thing or known.rank <= rank:
        paths[id(thing)] = _Path(path, weakref.ref(thing), rank)


def _known(paths: dict[int, _Path], thing: Any) -> str | None:
    known = paths.get(id(thing))
    return known.path if known is not None and known.reference() is thing else None


def _in_order(parts: Iterable[_Bound | None]) -> list[str]:
    """List names, those of the top level first, and the latest first."""
    bound: _Bound = {}
    for part in parts:
        for name, moment in (part or {}).items():
            bound[name] = max(moment, bound.get(name, 0))
    latest_first = sorted(bound, key=bound.__getitem__, reverse=True)
    return list(dict.fromkeys(name for is_local in (False, True) for name, local in latest_first if local is is_local))
