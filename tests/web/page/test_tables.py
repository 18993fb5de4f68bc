"""Numbers as people read them: short texts, tints, Python text, histograms."""

import pytest
import torch
from chainrule.graph import Complex, Stats, Tensor
from chainrule.web.page.tables import bars, grid, python_text, table


def tensor(values: object, /, **changes: object) -> Tensor:
    made = torch.tensor(values) if not isinstance(values, torch.Tensor) else values
    finite = made[made.isfinite()].double() if made.numel() else made
    some = finite.numel() > 0
    stats = Stats(
        min=finite.min().item() if some else None,
        max=finite.max().item() if some else None,
        mean=finite.mean().item() if some else None,
        std=None,
        norm=finite.norm().item() if some else None,
        nan=int(made.isnan().sum()),
        inf=int(made.isinf().sum()),
        zero=0,
    )
    fields = {
        "shape": list(made.shape),
        "dtype": str(made.dtype).removeprefix("torch."),
        "requires_grad": False,
        "is_leaf": True,
        "numel": made.numel(),
        "values": _listed(made.tolist()),
        "stats": stats,
        "preview": "",
    }
    return Tensor.model_validate(fields | changes)


def _listed(value: object) -> object:
    if isinstance(value, list):
        return [_listed(one) for one in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return str(value)
    return value


def test_a_scalar_a_vector_and_a_matrix_are_one_matrix() -> None:
    for values, rows, columns in ((2.0, 1, 1), ([1.0, 2.0], 1, 2), ([[1.0], [2.0]], 2, 1)):
        found = grid(tensor(values))
        assert found is not None
        (only,) = found.slices
        assert only.index == ""
        assert (len(only.rows), len(only.rows[0])) == (rows, columns)


def test_each_leading_index_has_its_own_matrix_up_to_a_bound() -> None:
    found = grid(tensor(torch.arange(40.0).reshape(20, 1, 2)))
    assert found is not None
    assert [one.index for one in found.slices[:2]] == ["[0, :, :]", "[1, :, :]"]
    assert found.slices[1].rows[0][1].full == "3.0"
    assert len(found.slices) + found.left_out == 20


def test_elements_that_are_not_listed_have_no_table_and_no_text() -> None:
    unlisted = tensor([1.0, 2.0], values=None)
    assert grid(unlisted) is None
    assert python_text(unlisted) is None
    assert bars(unlisted) is None


@pytest.mark.parametrize(
    "values", [[1.5, -0.25], [[True, False]], [[1, 2], [3, 4]], 0.1, [float("nan"), float("-inf")]]
)
def test_the_python_text_makes_the_tensor_again(values: object) -> None:
    text = python_text(tensor(values))
    assert text is not None
    again = eval(text, {"torch": torch, "float": float})  # the text is our own
    torch.testing.assert_close(again, torch.tensor(values), equal_nan=True)


def test_an_empty_tensor_keeps_its_shape() -> None:
    text = python_text(tensor(torch.zeros(0, 3)))
    assert text is not None
    assert eval(text, {"torch": torch}).shape == (0, 3)


def test_complex_numbers_are_written_as_python_does() -> None:
    text = python_text(tensor([0.0], values=[Complex(re=1.0, im="inf")], dtype="complex64"))
    assert text == "torch.tensor([complex(1.0, float('inf'))], dtype=torch.complex64)"


def test_a_jacobian_is_a_table_with_one_scale() -> None:
    rows = table([[2.0, 0.0], [0.0, -8.0]])  # tinted as on the cards: seven levels, by the square root
    assert [[cell.heat for cell in row] for row in rows] == [[4, 0], [0, -7]]
    assert table([]) == ()


def test_a_histogram_counts_every_finite_element() -> None:
    counts = bars(tensor([float(n) for n in range(20)] + [float("nan")]), bins=4)
    assert counts == (5, 5, 5, 5)


def test_few_or_equal_elements_need_no_histogram() -> None:
    assert bars(tensor([1.0, 2.0])) is None
    assert bars(tensor([1.0] * 30)) is None


def test_the_histogram_of_a_large_tensor_is_the_one_that_was_recorded() -> None:
    large = tensor([1.0, 2.0], values=None)
    stats = large.stats.model_copy(update={"histogram": [3, 1]})
    assert bars(large.model_copy(update={"stats": stats})) == (3, 1)
