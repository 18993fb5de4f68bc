"""A tensor's Node, base and count of changes, asked without changing any of them."""

from collections.abc import Callable

import pytest
import torch
from chainrule.tape.tensors.autograd_meta import (
    backward_node,
    base,
    grad_fn,
    has_graph,
    is_leaf,
    is_stale,
    output_of,
    version,
    whole,
)

QUESTIONS: list[Callable[[torch.Tensor], object]] = [grad_fn, has_graph, is_leaf, is_stale, output_of]


def leaf() -> torch.Tensor:
    return torch.ones(2, 2, requires_grad=True)


def view_made_under_no_grad() -> torch.Tensor:
    with torch.no_grad():
        return leaf()[0].mul_(2)


def one_of_several_outputs() -> torch.Tensor:
    whole = leaf() * 2
    first = whole.unbind()[0]
    with torch.no_grad():
        whole.add_(1)
    return first


def view_whose_base_changed() -> torch.Tensor:
    whole = leaf() * 2
    part = whole[0]
    whole.mul_(3)
    return part


@pytest.mark.parametrize("make", [view_made_under_no_grad, one_of_several_outputs, view_whose_base_changed])
def test_no_question_raises_or_builds_a_node(make: Callable[[], torch.Tensor]) -> None:
    view = make()
    mark = torch._C._autograd._get_creation_meta(view)
    before = torch.autograd._get_sequence_nr()
    assert [ask(view) for ask in QUESTIONS] == [None, make is view_whose_base_changed, False, True, None]
    assert torch.autograd._get_sequence_nr() == before
    assert torch._C._autograd._get_creation_meta(view) == mark


def test_a_view_that_pytorch_refuses_is_refused_afterwards_too() -> None:
    view = one_of_several_outputs()
    assert is_stale(view)
    with pytest.raises(RuntimeError, match="is a view and its base or another view"):
        _ = view.grad_fn


def test_a_node_that_is_up_to_date_is_pytorchs_own() -> None:
    product = leaf() * 2
    part = product[0]
    product.mul_(3)
    later = product[1]
    for tensor in (product, later):
        assert grad_fn(tensor) is tensor.grad_fn
        assert not is_stale(tensor)
    rebuilt = part.grad_fn
    assert grad_fn(part) is rebuilt
    assert output_of(part) == (rebuilt, 0)


def test_the_output_number_is_told() -> None:
    second = (leaf() * 2).unbind()[1]
    assert output_of(second) == (second.grad_fn, 1)


def test_backward_starts_from_a_node_that_is_built_anew_where_it_may() -> None:
    part = view_whose_base_changed()
    assert backward_node(part).name() == "AsStridedBackward0"
    assert backward_node(view_made_under_no_grad()) is None


def test_leaves_and_what_was_cut_off() -> None:
    assert is_leaf(leaf())
    assert is_leaf(torch.ones(2))
    assert not is_leaf(leaf() * 2)
    cut = leaf().detach()[0]
    cut.add_(1)
    cut.requires_grad_()
    assert is_leaf(cut)
    assert not has_graph(cut)


def test_bases_and_counts_of_changes() -> None:
    tensor = leaf()
    part = tensor[0]
    assert base(part) is tensor is whole(part) is whole(tensor)
    assert base(tensor) is None
    with torch.no_grad():
        part.add_(1)
    assert version(tensor) == version(part) == 1
    with torch.inference_mode():
        assert version(torch.ones(2)) == 0
