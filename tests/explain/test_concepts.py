from contextlib import suppress

import torch
from chainrule.explain.concepts.questions import Concept, concepts
from chainrule.graph import Graph
from chainrule.tape import Namespace, Tape


def traced(source: str) -> Graph:
    given = {"torch": torch, "tensor": torch.tensor}
    with Tape(jacobians=True) as tape:
        namespace = Namespace(tape, given)
        with suppress(RuntimeError):
            exec(compile(source, "<program>", "exec"), namespace)
    return tape.graph(names={name: value for name, value in namespace.items() if name not in given})


def answered(source: str, slug: str, pass_index: int = 1) -> list[Concept]:
    return [concept for concept in concepts(traced(source), pass_index) if concept.slug == slug]


def test_a_scalar_has_a_jacobian_of_one_row() -> None:
    (found,) = answered("x = tensor([1.0, 2.0], requires_grad=True)\nz = (x**2).sum()\nz.backward()", "why-a-scalar")
    assert "z is one number" in found.paragraphs[0]
    assert "1 by 2: one row, and that row is the gradient" in found.paragraphs[1]
    assert found.math[0].text == "dz/dx = [2 4]"


def test_a_root_with_several_elements_has_a_matrix() -> None:
    (found,) = answered(
        "x = tensor([1.0, 2.0, 3.0], requires_grad=True)\ny = x * x.sum()\ny.backward()", "why-a-scalar"
    )
    assert "y has 3 elements" in found.paragraphs[0]
    # d y_i / d x_j = sum(x) where i = j, plus x_i.
    assert found.math[0].text == "dy/dx = [7 1 1; 2 8 2; 3 3 9]"
    assert "backward(gradient=...)" in found.paragraphs[-1]


def test_the_gradient_argument_picks_a_row() -> None:
    source = (
        "x = tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)\nxx = x**2\nxx2 = xx * 2\n"
        "xx2.backward(gradient=tensor([1.0, 0.0, 0.0, 0.0]))"
    )
    (found,) = answered(source, "gradient-argument")
    assert "picks row 0" in found.paragraphs[1]
    assert found.math[0].text == "[1 0 0 0] @ [4 0 0 0; 0 8 0 0; 0 0 12 0; 0 0 0 16] = [4 0 0 0]"


def test_ones_are_the_gradient_of_the_sum() -> None:
    (found,) = answered(
        "x = tensor([1.0, 2.0], requires_grad=True)\ny = x**2\ny.backward(torch.ones(2))", "gradient-argument"
    )
    assert "gradient of y.sum()" in found.paragraphs[1]


def test_other_weights_are_named() -> None:
    (found,) = answered(
        "x = tensor([1.0, 2.0], requires_grad=True)\ny = x**2\ny.backward(tensor([0.5, 2.0]))", "gradient-argument"
    )
    assert "[0.5, 2]" in found.paragraphs[1]


def test_the_grad_of_an_inner_tensor_is_none_and_was_there() -> None:
    (found, *_) = answered("x = tensor(2.0, requires_grad=True)\ny = x**2\nz = y * 3\nz.backward()", "grad-is-none")
    assert found.question == "Why is y.grad None?"
    assert "The gradient was here all the same: 3." in found.paragraphs
    assert "y.retain_grad()" in found.paragraphs[-1]


def test_a_leaf_beyond_detach_is_told_where_the_way_is_cut() -> None:
    graph = traced(
        "x = tensor(2.0, requires_grad=True)\nw = tensor(3.0, requires_grad=True)\n"
        "z = (x * 2).detach() * w\nz.backward()"
    )
    found = [concept for concept in concepts(graph) if concept.question == "Why did x get no gradient?"]
    assert len(found) == 1
    assert "leaves the graph" in found[0].paragraphs[0]


def test_uses_add_up() -> None:
    (found,) = answered("x = tensor(3.0, requires_grad=True)\ny = x * x + x\ny.backward()", "gradient-adds-up")
    assert found.question == "Why is the gradient of x a sum?"
    assert found.paragraphs[1] == "3 + 3 + 1 = 7."


def test_passes_add_up() -> None:
    source = (
        "x = tensor([[1.0, 2.0]], requires_grad=True)\ny = x**2 * 2\n"
        "y.backward(tensor([[1.0, 0.0]]), retain_graph=True)\ny.backward(tensor([[0.0, 1.0]]))"
    )
    (found,) = answered(source, "gradient-adds-up")
    assert "Pass 1 left [[4, 0]] there, pass 2 computed [[0, 8]], so x.grad is [[4, 8]]." in found.paragraphs[0]


def test_a_gradient_that_was_zeroed_does_not_add_up() -> None:
    source = (
        "x = tensor([1.0, 2.0], requires_grad=True)\ny = x**2\n"
        "y.backward(torch.ones(2), retain_graph=True)\nx.grad = None\ny.backward(torch.ones(2))"
    )
    assert answered(source, "gradient-adds-up") == []


def test_large_tensors_are_told_by_their_shapes() -> None:
    source = "x = torch.ones(20, 20, requires_grad=True)\ny = x * 2\ny.backward(torch.ones(20, 20))"
    (found,) = answered(source, "why-a-scalar")
    assert "400 by 400" in found.paragraphs[1]
    assert found.math == []


def test_an_empty_graph_raises_no_question() -> None:
    assert concepts(Graph()) == []


def test_a_root_of_many_elements_is_no_matrix() -> None:
    (found,) = answered("x = torch.ones(100000, requires_grad=True)\ny = x * 2\ny.backward(y)", "why-a-scalar")
    assert "y has 100000 elements" in found.paragraphs[0]
    assert found.math == []


def test_of_a_scalar_the_matrix_is_told_that_would_be_needed_without_the_sum() -> None:
    (found,) = answered(
        "x = tensor([1.0, 2.0], requires_grad=True)\ng = 2 * x**3\nz = g.sum() / 12\nz.backward()", "why-a-scalar"
    )
    assert "g, before it became one number, has 2 elements" in found.paragraphs[-1]
    assert found.math[-1].text == "dg/dx = [6 0; 0 24]"


def test_weights_are_the_gradient_of_what_comes_after() -> None:
    (found,) = answered("x = tensor([1.0, 2.0], requires_grad=True)\ny = x**2\ny.backward(y)", "gradient-argument")
    assert "v = ∂L/∂y" in str(found.paragraphs)


def test_backward_or_grad_is_answered_for_what_the_program_called() -> None:
    program = "x = tensor(3.0, requires_grad=True)\nz = x**2\n"
    (found,) = answered(program + "z.backward()", "backward-or-grad")
    assert found.paragraphs[0] == "This pass was backward: it added 6 to x.grad and returned nothing."
    assert "torch.autograd.grad(z, x) would have returned the same" in found.paragraphs[1]
    (found,) = answered(program + "(g,) = torch.autograd.grad(z, x)", "backward-or-grad")
    assert "it returned the gradient of x, 6, and left every .grad as it was" in found.paragraphs[0]


def test_nobody_asks_about_a_name_that_is_thrown_away() -> None:
    source = "x = tensor(2.0, requires_grad=True)\n_ = x * 2\n__ = x * 3\nz = (_ * __).sum()\nz.backward()"
    assert [concept for concept in concepts(traced(source)) if "_.grad" in concept.question] == []


def test_a_gradient_that_was_kept_is_not_asked_for() -> None:
    source = "x = tensor(2.0, requires_grad=True)\ny = x**2\ny.retain_grad()\nz = y * 3\nz.backward()"
    assert not any("y.grad" in concept.question for concept in concepts(traced(source)))
    kept = next(variable for variable in traced(source).variables if variable.name == "y")
    assert kept.gradient is not None
    assert kept.gradient.values == 3.0


def test_what_added_up_can_be_set_to_zero_in_two_ways() -> None:
    source = "x = tensor(2.0, requires_grad=True)\n(x**2).backward()\n(x**2).backward()"
    (found,) = answered(source, "gradient-adds-up", 2)
    assert "x.grad.zero_()" in found.paragraphs[-1]
    assert "set_to_none" in found.paragraphs[-1]


def test_the_questions_are_about_the_pass_that_is_shown() -> None:
    source = "x = tensor(3.0, requires_grad=True)\na = x**2\na.backward()\nb = x**3\nb.backward()"
    (found,) = answered(source, "backward-or-grad", 2)
    assert "added 27 to x.grad" in found.paragraphs[0]
