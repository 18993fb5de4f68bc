"""Tensors where they stand in a graph: whole in JSON, by number on the pipe, where a table has each of them once."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Protocol

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, SerializationInfo, ValidationInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticSerializationUnexpectedValue, core_schema

from chainrule.graph.tensors.tensor import Tensor

TABLE = "tensors"
"""Where the context of reading and writing has the table: a list to read from, a `Table` to write to."""
SHORTEN = "shorten"
"""Where the context of writing has what gives a tensor the form in which it is written, where not as it is."""
_REFERENCE, _PART = "at", "of"


class Table(Protocol):
    """Numbers the tensors of what is written."""

    def number(self, tensor: Tensor) -> tuple[int, int | None]:
        """Return the number of a tensor, or of one that it is a part of, and which part."""

    def stack(self, tensors: Sequence[Tensor]) -> Tensor | None:
        """Return tensors as one, of which they are parts from now on; None where they are better written each."""


class _Referable:
    """Lets a field hold a tensor, or its number where the context has a table; its parts are told by number too."""

    def __init__(self, *, shortens: bool = True) -> None:
        self._shortens = shortens

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        tensor = handler(source)
        reference = core_schema.typed_dict_schema(
            {
                _REFERENCE: core_schema.typed_dict_field(core_schema.int_schema(strict=True, ge=0), required=True),
                _PART: core_schema.typed_dict_field(core_schema.int_schema(strict=True, ge=0), required=False),
            },
            extra_behavior="forbid",
        )
        by_number = core_schema.with_info_after_validator_function(_look_up, reference)
        return core_schema.union_schema(
            [by_number, tensor],
            mode="left_to_right",
            serialization=core_schema.wrap_serializer_function_ser_schema(self._write, info_arg=True, schema=tensor),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        choices: Any = schema
        return handler(choices["choices"][1])

    def _write(self, tensor: object, handler: Callable[[Tensor], Any], info: SerializationInfo) -> Any:
        if not isinstance(tensor, Tensor):  # a union tries this first for whatever else it may hold
            raise PydanticSerializationUnexpectedValue("not a tensor")
        context = info.context or {}
        table: Table | None = context.get(TABLE)
        if table is not None:
            number, part = table.number(tensor)
            return {_REFERENCE: number} if part is None else {_REFERENCE: number, _PART: part}
        shorten: Callable[[Tensor], Tensor] | None = context.get(SHORTEN) if self._shortens else None
        return handler((tensor if shorten is None else shorten(tensor)).whole())


TensorField = Annotated[Tensor, _Referable()]
StackedField = Annotated[Tensor, _Referable(shortens=False)]
"""A tensor of many: how long each of them may be was asked before they were stacked."""


def _look_up(value: dict[str, int], info: ValidationInfo) -> Tensor:
    table: Sequence[Tensor] = (info.context or {}).get(TABLE, ())
    number = value[_REFERENCE]
    if number >= len(table):
        raise ValueError("there is no tensor of that number")
    part = value.get(_PART)
    if part is None:
        return table[number]
    try:
        return table[number].part(part)
    except IndexError:
        raise ValueError("there is no such part of that tensor") from None
