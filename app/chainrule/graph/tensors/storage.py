"""How the elements of each dtype are kept as bytes: as NumPy has it, or in the next wider one that it has."""

import numpy as np

STORED: dict[str, "np.dtype[np.generic]"] = {
    **{name: np.dtype(name) for name in ("bool", "int8", "int16", "int32", "int64", "float32", "float64")},
    **{name: np.dtype(name) for name in ("uint8", "uint16", "uint32", "uint64", "complex64", "complex128")},
    **dict.fromkeys(("float16", "bfloat16"), np.dtype("float32")),
    **dict.fromkeys(
        ("float8_e4m3fn", "float8_e4m3fnuz", "float8_e5m2", "float8_e5m2fnuz", "float8_e8m0fnu"), np.dtype("float32")
    ),
    "complex32": np.dtype("complex64"),
}
"""By PyTorch's name of the dtype, without the ``torch.`` in front."""
