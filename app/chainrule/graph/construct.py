"""Makes values of the data model that are known to be right, ten times faster than by checking them."""

from typing import Any, TypeVar

from chainrule.graph.data import Data

_DataT = TypeVar("_DataT", bound=Data)

_set = object.__setattr__
_defaults: dict[type[Data], dict[str, Any]] = {}
_names: dict[type[Data], set[str]] = {}
"""The fields of each kind; shared by all its values, which are frozen."""


def make(kind: type[_DataT], /, **values: Any) -> _DataT:
    """Make a value without checking it, as ``kind.model_construct`` does.

    A graph has tens of thousands of them; ``model_construct`` goes through every field of each. Tests check whole
    graphs against the model.
    """
    fields = _defaults.get(kind)
    if fields is None:
        fields = _defaults[kind] = {
            name: None if field.is_required() else field.get_default(call_default_factory=True)
            for name, field in kind.model_fields.items()
        }
        _names[kind] = set(fields)
    made = kind.__new__(kind)
    _set(made, "__dict__", {**fields, **values})
    _set(made, "__pydantic_fields_set__", _names[kind])
    _set(made, "__pydantic_extra__", None)
    _set(made, "__pydantic_private__", None)
    return made
