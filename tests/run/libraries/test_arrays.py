"""NumPy in a program: the same numbers each time, NumPy as it was afterwards, and memory that is shared."""

import numpy as np
import pytest
import torch
from chainrule.limits import Limits
from chainrule.program import check
from chainrule.protocol.program import Program
from chainrule.run.execute import execute
from numpy.random import bit_generator


def printed(source: str, seed: int = 0) -> str:
    answer = execute(Program("import numpy as np\n" + source, seed=seed), Limits())
    assert {problem.slug for problem in answer.problems} <= {"nothing-to-differentiate"}
    return "".join(line.text for line in answer.console)


UNSEEDED = [
    "np.random.rand(3)",
    "np.random.default_rng().normal(size=3)",
    "np.random.RandomState().rand(3)",
    "np.random.Generator(np.random.PCG64()).random(3)",
    "np.random.SeedSequence().entropy",
    "np.random.default_rng().spawn(2)[1].random()",
    "(np.random.seed(), np.random.rand())[1]",
    "np.random.default_rng().bit_generator.state",
    "np.random.permutation(20)",
]


@pytest.mark.parametrize("made", UNSEEDED)
def test_random_numbers_come_from_the_seed_of_the_request(made: str) -> None:
    assert printed(f"print({made})", seed=3) == printed(f"print({made})", seed=3)
    assert printed(f"print({made})", seed=3) != printed(f"print({made})", seed=4)


def test_two_generators_without_a_seed_differ() -> None:
    assert printed("print(np.random.default_rng().random() == np.random.default_rng().random())") == "False\n"


def test_a_seed_of_the_program_gives_numpys_own_numbers() -> None:
    assert printed("print(np.random.default_rng(7).random(), end='')") == str(np.random.default_rng(7).random())
    assert printed("np.random.seed(7)\nprint(np.random.rand(), end='')") == str(np.random.RandomState(7).rand())


def test_what_is_empty_is_filled() -> None:
    assert printed("print(np.empty(2), np.empty(2, np.int16), np.empty(2, '<U2'), np.empty_like(np.ones((1, 1))))") == (
        "[nan nan] [32767 32767] ['' ''] [[nan]]\n"
    )


def test_numpy_is_as_it_was_afterwards() -> None:
    before = np.empty, np.empty_like, bit_generator.randbits, np.get_printoptions(), np.geterr()
    state = np.random.get_state()[1]
    printed("np.set_printoptions(precision=1)\nnp.seterr(all='ignore')\nnp.random.seed(1)\nprint(np.empty(1))")
    assert (np.empty, np.empty_like, bit_generator.randbits, np.get_printoptions(), np.geterr()) == before
    assert (np.random.get_state()[1] == state).all()


def test_a_tensor_and_the_array_that_it_was_made_of_share_memory() -> None:
    shared = "a = np.zeros(2)\nt = torch.from_numpy(a)\na[0] = 5\nt[1] = 7\nb = t.numpy()\nb += 1\nprint(a, t)"
    assert printed(shared) == "[6. 8.] tensor([6., 8.], dtype=torch.float64)\n"


def test_a_change_that_autograd_cannot_see_changes_the_gradient_as_in_pytorch_alone() -> None:
    source = (
        "a = np.array([1., 2.])\nx = torch.ones(2, dtype=torch.float64, requires_grad=True)\n"
        "y = (x*torch.from_numpy(a)).sum()\na[:] = 10\ny.backward()\nprint(x.grad, y.item())"
    )
    a = np.array([1.0, 2.0])
    x = torch.ones(2, dtype=torch.float64, requires_grad=True)
    y = (x * torch.from_numpy(a)).sum()
    a[:] = 10
    y.backward()
    assert printed(source) == f"{x.grad} {y.item()}\n"


def test_numpys_functions_take_tensors() -> None:
    assert printed(
        "t = torch.tensor([0., 4.])\nprint(np.sqrt(t), np.mean(t.numpy()), np.asarray(t), np.float32(2)*t)"
    ) == ("tensor([0., 2.]) 2.0 [0. 4.] tensor([0., 8.])\n")


def test_a_result_may_be_written_into_an_array() -> None:
    check(Program("import numpy as np\na = np.ones(3)\nnp.exp(a, out=a)\ntorch.tensor(a)"), Limits())


def test_every_value_and_gradient_of_a_program_with_numpy_is_that_of_pytorch_alone() -> None:
    source = (
        "rng = np.random.default_rng(1)\nX = rng.normal(size=(20, 3))\n"
        "t = X @ np.array([1., -2., .5]) + .1*rng.normal(size=20)\n"
        "X, t = torch.from_numpy(X).float(), torch.tensor(t, dtype=torch.float32)\n"
        "w = torch.zeros(3, requires_grad=True)\n"
        "for step in range(5):\n    loss = ((X @ w - t)**2).mean()\n    loss.backward()\n"
        "    with torch.no_grad():\n        w -= .1*w.grad\n        w.grad.zero_()\nprint(w.detach().numpy().tolist())"
    )
    names: dict[str, object] = {"torch": torch, "np": np, "print": lambda *args: None}
    exec(source, names)
    w = names["w"]
    assert isinstance(w, torch.Tensor)
    assert printed(source) == f"{w.tolist()}\n"
