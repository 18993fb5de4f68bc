"""Which argument of an operation each entry of its Node's ``next_functions`` is for."""

from typing import Any

from chainrule.tape.record.operations import Argument, Record

NextFunctions = tuple[tuple[Any, int], ...]


def arguments_of_slots(record: Record, next_functions: NextFunctions) -> dict[int, Argument]:
    """Match the slots of a Node with the arguments of its operation.

    Args:
        record: the operation.
        next_functions: of its Node.

    Returns:
        The argument of each slot that has a Node; empty where that cannot be told.
    """
    filled = [slot for slot, (node, _) in enumerate(next_functions) if node is not None]
    wanting = [argument for argument in record.arguments if argument.requires_grad]
    if len(wanting) == len(filled):
        return dict(zip(filled, wanting, strict=True))
    places = _tensor_places(record)
    if len(places) == len(next_functions):
        return {slot: argument for slot in filled if (argument := places[slot]) is not None}
    return {}


def _tensor_places(record: Record) -> list[Argument | None]:
    """List what stands at each place that takes a tensor, None where nothing was given."""
    if record.operator.is_custom:
        return list(record.arguments)
    given: dict[int, list[Argument]] = {}
    for argument in record.arguments:
        given.setdefault(argument.position, []).append(argument)
    places: list[Argument | None] = []
    for position, parameter in enumerate(record.operator.op._schema.arguments):
        kind = str(parameter.type)
        if "Tensor" in kind:
            places += given.get(position, [] if "List" in kind else [None])
    return places
