"""What a person calls an operation."""

import re
from functools import lru_cache

_BACKWARD = re.compile(r"Backward\d*$")
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SPOKEN = {"AccumulateGrad": "leaf", "CopySlices": "copy into view", "constant": "constant"}


@lru_cache(maxsize=1024)
def short_name(op: str, custom: bool = False) -> str:
    """Return the operation's name as it is called in a program.

    >>> short_name("MulBackward0"), short_name("NativeLayerNormBackward0"), short_name("aten.mul.Tensor")
    ('mul', 'native_layer_norm', 'mul')
    >>> short_name("RoundBackward", custom=True)
    'Round'

    Args:
        op: the name that the graph has.
        custom: it is a class of the program, whose name stays as it is.
    """
    op = op.rpartition("::")[2]
    if op in _SPOKEN:
        return _SPOKEN[op]
    if op.startswith("aten."):
        return op.split(".")[1]
    bare = _BACKWARD.sub("", op) or op
    return bare if custom else _CAPITAL.sub("_", bare).lower()
