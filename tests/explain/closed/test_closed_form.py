import sys
from collections.abc import Callable, Sequence

import pytest
import torch
from chainrule.explain.closed.closed_form import closed_forms
from chainrule.explain.closed.model import ClosedForm
from chainrule.explain.closed.simplify import MOST_CALLS, bounded
from chainrule.graph import Graph
from chainrule.tape import Namespace, Tape

from tests.explain.closed.oracle import compute, run
from tests.explain.closed.programs import WRITTEN, X3, made_at_random

QUICK = 40
"""Random programs that are tried with every run of the tests."""


def traced(source: str) -> Graph:
    torch.manual_seed(0)
    with Tape() as tape:
        names = Namespace(tape, {"torch": torch})
        exec(compile(source, "<program>", "exec"), names)
    return tape.graph(names={name: value for name, value in names.items() if isinstance(value, torch.Tensor)})


def forms_of(source: str) -> Sequence[ClosedForm]:
    return closed_forms(traced(source), source)


def text_of(source: str, leaf: str = "x") -> str | None:
    return next(form.text for form in forms_of(source) if form.name == leaf)


def compare(source: str) -> None:
    """Every leaf has an expression, and PyTorch computes from its text what backward gives."""
    names = run(source)
    if "backward(" in source and (given := source.partition("backward(")[2].rstrip(")").removeprefix("gradient=")):
        names["v"] = eval(given + ")", {"torch": torch})
    forms = forms_of(source)
    assert forms
    for form in forms:
        assert form.equals_autograd, f"{form.name}: {form.reason}\n{source}"
        assert form.text is not None
        expected = names[form.name].grad.double()
        made = compute(form.text, names)
        made = made.reshape(expected.shape) if made.numel() == expected.numel() else made.expand(expected.shape)
        torch.testing.assert_close(made, expected, rtol=1e-3, atol=1e-5 * float(expected.abs().max()) + 1e-9)


@pytest.mark.parametrize("source", WRITTEN)
def test_a_closed_form_gives_what_autograd_gives(source: str) -> None:
    compare(source)


@pytest.mark.parametrize("number", range(QUICK))
def test_a_random_program_has_a_closed_form_that_gives_what_autograd_gives(number: int) -> None:
    compare(made_at_random(number))


@pytest.mark.thorough
@pytest.mark.parametrize("number", range(QUICK, 200))
def test_many_random_programs_have_closed_forms(number: int) -> None:
    compare(made_at_random(number))


def test_the_students_gradient_is_half_the_square() -> None:
    (form,) = forms_of(X3 + "g = 2 * x ** 3\nz = g.sum() / 12\nz.backward()")
    assert (form.text, form.latex) == ("x**2/2", r"\frac{x^{2}}{2}")
    assert form.chain is not None
    assert form.chain.text.endswith("= dz/dg * dg/dx = 1/12 * 6*x**2 = x**2/2")
    assert form.largest_error is not None
    assert form.largest_error < 1e-6


@pytest.mark.parametrize(
    ("source", "leaf", "text"),
    [
        (
            "X = torch.randn(4, 3)\ny = torch.randn(4, 2)\nW = torch.randn(3, 2, requires_grad=True)\n"
            "z = ((X @ W - y) ** 2).mean()\nz.backward()",
            "W",
            "(X.T @ (X @ W - y))/4",
        ),
        (
            "x = torch.randn(4, 3, requires_grad=True)\nt = torch.tensor([0, 2, 1, 2])\n"
            "z = torch.nn.functional.cross_entropy(x, t)\nz.backward()",
            "x",
            "(softmax(x) - onehot(t))/4",
        ),
        (X3 + "p = torch.exp(x) / torch.exp(x).sum()\nz = p.sum()\nz.backward()", "x", "0"),
        (X3 + "z = torch.sigmoid(x).sum()\nz.backward()", "x", "(1 - sigmoid(x))*sigmoid(x)"),
        (X3 + "z = torch.tanh(x).sum()\nz.backward()", "x", "1 - tanh(x)**2"),
        (X3 + "z = (torch.sin(x) ** 2 + torch.cos(x) ** 2).sum()\nz.backward()", "x", "0"),
        (X3 + "z = (x * torch.log(x)).sum()\nz.backward()", "x", "log(x) + 1"),
        (X3 + "z = x.norm()\nz.backward()", "x", "x/sqrt(sum(x**2))"),
        (X3 + "y = x ** 2\ny.backward(torch.tensor([1., 0., 2.]))", "x", "2*v*x"),
        (X3 + "v = 2 * x\ny = v ** 2\ny.backward(torch.tensor([1., 0., 2.]))", "x", "8*u*x"),
        ("x2 = torch.tensor([3.], requires_grad=True)\nz = (x2 * x2).sum()\nz.backward()", "x2", "2*x2"),
        (X3 + "z = (0.1 * x).sum() + (0.044715 * x ** 3).sum()\nz.backward()", "x", "0.134145*x**2 + 1/10"),
    ],
)
def test_it_is_as_short_as_a_person_would_write_it(source: str, leaf: str, text: str) -> None:
    assert text_of(source, leaf) == text


def test_a_name_is_never_an_index() -> None:
    (form,) = forms_of("x2 = torch.tensor([3.], requires_grad=True)\nz = (x2 * x2).sum()\nz.backward()")
    assert form.latex == r"2 \text{x2}"


def test_a_gradient_that_a_hook_changed_has_no_closed_form() -> None:
    (form,) = forms_of(X3 + "x.register_hook(lambda g: g * 10)\nz = (x * x).sum()\nz.backward()")
    assert not form.equals_autograd
    assert form.text is None
    assert "hook" in form.reason
    assert form.largest_error == pytest.approx(9 * 2 * 2.2, rel=1e-3)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("x = torch.tensor(3., requires_grad=True)\nz = torch.special.ndtri(x / 9)\nz.backward()", "special_ndtri"),
        ("x = torch.tensor(1., requires_grad=True)\nz = x\nfor i in range(41):\n    z = z * 2\nz.backward()", "41"),
        ("x = torch.tensor(1j, requires_grad=True)\nz = x.abs()\nz.backward()", "complex"),
        (
            "x = torch.tensor(3., requires_grad=True)\nfor i in range(1600):\n    z = (x - 3) ** 2\n    z.backward()",
            "Graphs as large as this one",
        ),
    ],
)
def test_where_there_is_none_a_reason_is_told(source: str, reason: str) -> None:
    (form,) = closed_forms(traced(source), source)
    assert form.text is None
    assert reason in form.reason


def test_a_leaf_that_no_gradient_reached_is_left_out() -> None:
    assert [
        form.name for form in forms_of(X3 + "w = torch.ones(3, requires_grad=True)\nz = x.sum()\nz.backward()")
    ] == ["x"]


def test_the_pass_that_is_asked_for_is_told() -> None:
    source = X3 + "a = (x ** 2).sum()\na.backward()\nb = (x ** 3).sum()\nb.backward()"
    graph = traced(source)
    assert [closed_forms(graph, source, number)[0].text for number in (1, 2)] == ["2*x", "3*x**2"]
    assert closed_forms(graph, source)[0].text == "3*x**2"


@pytest.mark.parametrize(
    "source",
    [
        "x = torch.tensor(1.01, requires_grad=True)\nz = x\nfor i in range(38):\n    z = z * z + z\nz.backward()",
        "x = torch.tensor(1.01, requires_grad=True)\nz = (2 * x) ** 1e9\nz.backward()",
        "x = torch.tensor(1.01, requires_grad=True)\nz = x\nfor i in range(12):\n    z = (2 * z) ** 60\nz.backward()",
        "x = torch.tensor(1.01, requires_grad=True)\nz = x\nfor i in range(20):\n    z = torch.exp(torch.sin(z) + z)\n"
        "z.backward()",
        "x = torch.tensor(0.5, requires_grad=True)\nz = x\nfor i in range(9):\n"
        "    z = torch.sqrt(torch.sin(z) ** 2 + 1 / (1 + z ** 3)) * torch.cos(z)\nz.backward()",
        "x = torch.tensor(1e300, dtype=torch.float64, requires_grad=True)\nz = x * 1e-300 * 3.3e200\nz.backward()",
    ],
)
def test_what_grows_without_end_is_given_up(source: str) -> None:
    spent = calls_of(lambda: forms_of(source))
    assert spent < 12 * MOST_CALLS


def calls_of(work: Callable[[], object]) -> int:
    """How many calls of Python's functions something takes."""
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return calls


def test_simplifying_stops_after_its_number_of_calls() -> None:
    def never() -> None:
        while True:
            _nothing()

    assert bounded(never, most=1_000) is None
    assert bounded(lambda: 3, most=1_000) == 3


def _nothing() -> None:
    """Be called."""
