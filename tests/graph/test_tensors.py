"""A part of what is told of a tensor is the same part of the whole."""

import numpy as np
import pytest
from chainrule.graph.tensors import Tensor
from chainrule.graph.tensors.elements import Elements
from chainrule.graph.values import flat

ARRAYS = {
    "some": np.linspace(-3, 2, 40, dtype=np.float32).reshape(5, 8),
    "one": np.array(-2.5, dtype=np.float64),
    "equal": np.full((3, 3), 0.1, dtype=np.float32),
    "none": np.empty((0, 2), dtype=np.float32),
    "not finite": np.array([np.nan, 1.0, -np.inf, 4.0, np.inf], dtype=np.float32),
    "nothing finite": np.array([np.nan, np.inf], dtype=np.float64),
    "integers": np.arange(-4, 12).reshape(4, 4),
    "truth": np.array([True, False, True]),
    "complex": np.array([1 + 1j, -2j, 0], dtype=np.complex64),
    "complex and too large": np.array([3e38 + 3e38j, 1.0], dtype=np.complex64),
    "zeros": np.zeros((2, 3), dtype=np.float32),
    "large": np.array([1e30, -1e30, 1.0], dtype=np.float32),
    "many": np.random.default_rng(0).normal(size=10_000).astype(np.float32),
}


def tensor(array: np.ndarray) -> Tensor:
    elements = Elements(array.shape, str(array.dtype), array, None, None, listed=array.size < 1_000)
    return Tensor.of(elements, requires_grad=False, is_leaf=True)


@pytest.mark.parametrize("name", ARRAYS)
def test_extent_and_norm_are_those_of_the_statistics(name: str) -> None:
    asked, whole = tensor(ARRAYS[name]), tensor(ARRAYS[name]).stats
    extent = asked.extent
    assert (extent.min, extent.max, extent.nan, extent.inf) == (whole.min, whole.max, whole.nan, whole.inf)
    assert asked.norm == whole.norm
    assert "stats" not in vars(asked) or not asked.shape


@pytest.mark.parametrize("name", ARRAYS)
def test_what_is_not_finite_and_what_is_zero_are_counted_as_in_the_statistics(name: str) -> None:
    asked, whole = tensor(ARRAYS[name]), tensor(ARRAYS[name]).stats
    assert asked.nonfinite_count == whole.nan + whole.inf
    assert asked.is_zero == (0 < asked.numel == whole.zero)


def test_a_tensor_that_came_as_json_tells_its_extent_too() -> None:
    read = Tensor.model_validate_json(tensor(ARRAYS["some"]).model_dump_json())
    assert (read.extent.min, read.extent.max, read.norm) == (-3.0, 2.0, read.stats.norm)


def test_values_of_no_shape_are_read_in_order() -> None:
    assert list(flat([[1, [2, 3]], 4, [[5]]])) == [1, 2, 3, 4, 5]
    assert list(flat([[], []])) == list(flat(None)) == []
    assert list(flat(7.0)) == [7.0]
