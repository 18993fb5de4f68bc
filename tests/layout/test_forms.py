"""Which form a tensor is shown in, by its shape and dtype alone."""

import pytest
from chainrule.layout.measure.card import Block, Header, measure, measure_pill
from chainrule.layout.measure.forms import GridForm, Histogram, Number, Words, form_of


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        ((), Number),
        ((1,), GridForm),
        ((10,), GridForm),
        ((11,), Histogram),
        ((8, 8), GridForm),
        ((9, 8), Histogram),
        ((8, 9), Histogram),
        ((2, 2, 3), GridForm),
        ((0, 3), Words),
        ((64, 32), Histogram),
    ],
)
def test_small_tensors_are_cells_and_large_ones_histograms(shape: tuple[int, ...], kind: type) -> None:
    assert isinstance(form_of(shape, "float32"), kind)


def test_a_tensor_of_three_dimensions_is_a_stack_of_matrices() -> None:
    form = form_of((2, 2, 3), "float32")
    assert isinstance(form, GridForm)
    assert (form.rows, form.columns, form.slab) == (4, 3, 2)
    flat = form_of((4, 3), "float32")
    assert form.height > flat.height


def test_complex_numbers_have_more_room_and_fewer_columns() -> None:
    assert form_of((2,), "complex64").width > form_of((2,), "float32").width
    assert isinstance(form_of((5,), "complex64"), Histogram)


def test_a_card_holds_its_widest_part() -> None:
    wide = measure(Header(None, "a_very_long_operation_name", "3×3"), ())
    assert wide.size.width > measure(Header(None, "mul", "3×3"), ()).size.width
    block = Block("value", "value", form_of((3, 3), "float32"))
    card = measure(Header("g", "mul", "3×3"), (block, block))
    assert card.size.width > card.label_width + block.form.width
    assert card.tops[1] - card.tops[0] == block.height
    assert card.size.height >= card.header.height + 2 * block.height - 1


def test_short_constants_have_pills_of_one_size() -> None:
    assert measure_pill("2") == measure_pill("-12")
    assert measure_pill("3.14159").width > measure_pill("2").width
