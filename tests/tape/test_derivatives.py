import torch
from chainrule.tape.derivatives import derivatives, formula_of, read

from tests.formulas.cases import CASES
from tests.tape.traced import Trace

# Made in C++ by hand, not from the file.
BY_HAND = {"CopySlices", "CopyBackwards"}


def arguments(op: str) -> list[str]:
    """The inputs that the file states a derivative for, in the file's order."""
    return [name for line in derivatives()[op].split("\n") for name in line.partition(":")[0].split(", ")]


def test_a_node_of_a_graph_has_pytorchs_words(trace: Trace) -> None:
    traced = trace("x = torch.tensor(2.0, requires_grad=True)\ny = x**3")
    graph = traced.tape.graph(roots={"y": traced.namespace["y"]})
    node = next(node for node in graph.nodes if node.op == "PowBackward0")
    assert node.formula == "self: pow_backward(grad, self, exponent)"


def test_overloads_are_told_apart_as_autograd_numbers_them() -> None:
    x = torch.ones(2, 2, requires_grad=True)
    assert x.sum().grad_fn.name() == "SumBackward0"
    assert formula_of("SumBackward0") == "self: grad.expand_symint(self.sym_sizes())"
    assert x.sum(0).grad_fn.name() == "SumBackward1"
    assert formula_of("SumBackward1") == "self: sum_backward(grad, self.sym_sizes(), dim, keepdim)"


def test_every_operator_of_the_table_that_pytorch_generates_is_in_the_file() -> None:
    assert {case.op for case in CASES if case.op not in derivatives()} <= BY_HAND


def test_the_number_of_inputs_is_that_of_next_functions() -> None:
    x, y = torch.ones(2, 2, requires_grad=True), torch.ones(2, 2, requires_grad=True)
    for result in (x * y, x @ y, torch.addmm(x, x, y), torch.atan2(x, y), torch.where(x > 0, x, y), x.exp()):
        node = result.grad_fn
        assert len(arguments(node.name())) == len(node.next_functions), node.name()


def test_a_formula_over_several_lines_is_one_line() -> None:
    formula = formula_of("LinalgSvdBackward0")
    assert formula is not None
    assert formula.startswith("A: svd_backward(full_matrices && grad_U.defined()")
    assert "\n" not in formula
    assert formula.endswith("Vh)")


def test_comments_quotes_and_what_is_not_differentiable_are_left_out() -> None:
    text = """
- name: first(Tensor self, Tensor mask) -> Tensor
  # a comment
  self: grad * 2 # the slope
  mask: non_differentiable
  result: auto_linear

- name: first.out(Tensor self, int[2] sizes=[1,2]) -> (Tensor a, Tensor b)
  self: 'not_implemented("first: out")'
  output_differentiability: [True, False]

- name: second_thing(Tensor self) -> Tensor
  dispatch:
    Default:
      self: grad
    AutogradCUDA:
      self: "grad.cuda(
             self)"

- name: third(Tensor self) -> Tensor
  self: non_differentiable
"""
    assert read(text.split("\n")) == {
        "FirstBackward0": "self: grad * 2",
        "FirstBackward1": 'self: not_implemented("first: out")',
        "SecondThingBackward0": "self: grad",
        "SecondThingBackwardAutogradCUDA0": "self: grad.cuda( self)",
    }


def test_what_is_not_in_the_file_has_no_formula() -> None:
    assert formula_of("MyFunctionBackward") is None
