"""Tensors where they stand in a graph: whole in JSON, by number on the pipe, where a table has each of them once."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, SerializationInfo, ValidationInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticSerializationUnexpectedValue, core_schema

from chainrule.graph.tensors.tensor import Tensor

TABLE = "tensors"
"""Where the context of reading and writing has the table: a list to read from, a function to number by."""
SHORTEN = "shorten"
"""Where the context of writing has what gives a tensor the form in which it is written, where not as it is."""
_REFERENCE = "at"


class _Referable:
    """Lets a field hold a tensor, or its number where the context has a table."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        tensor = handler(source)
        reference = core_schema.typed_dict_schema(
            {_REFERENCE: core_schema.typed_dict_field(core_schema.int_schema(strict=True, ge=0), required=True)},
            extra_behavior="forbid",
        )
        by_number = core_schema.with_info_after_validator_function(_look_up, reference)
        return core_schema.union_schema(
            [by_number, tensor],
            mode="left_to_right",
            serialization=core_schema.wrap_serializer_function_ser_schema(_write, info_arg=True, schema=tensor),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        choices: Any = schema
        return handler(choices["choices"][1])


TensorField = Annotated[Tensor, _Referable()]


def _look_up(value: dict[str, int], info: ValidationInfo) -> Tensor:
    table: Sequence[Tensor] = (info.context or {}).get(TABLE, ())
    number = value[_REFERENCE]
    if number >= len(table):
        raise ValueError("there is no tensor of that number")
    return table[number]


def _write(tensor: object, handler: Callable[[Tensor], Any], info: SerializationInfo) -> Any:
    if not isinstance(tensor, Tensor):  # a union tries this first for whatever else it may hold
        raise PydanticSerializationUnexpectedValue("not a tensor")
    context = info.context or {}
    number: Callable[[Tensor], int] | None = context.get(TABLE)
    if number is not None:
        return {_REFERENCE: number(tensor)}
    shorten: Callable[[Tensor], Tensor] | None = context.get(SHORTEN)
    return handler((tensor if shorten is None else shorten(tensor)).whole())
