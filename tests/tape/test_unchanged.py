"""The tape changes nothing: results, warnings, exceptions and hooks are as without it."""

import gc
import threading
import warnings
import weakref
from collections.abc import Callable

import pytest
import torch
from chainrule.tape import Tape

Run = Callable[[], object]


def transformer() -> list[torch.Tensor]:
    torch.manual_seed(0)
    block = torch.nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
    network = torch.nn.TransformerEncoder(block, 2, enable_nested_tensor=False)
    loss = network(torch.randn(2, 5, 16)).square().mean()
    loss.backward()
    return [loss.detach(), *(parameter.grad for parameter in network.parameters())]  # type: ignore[list-item]


def recurrent() -> list[torch.Tensor]:
    torch.manual_seed(0)
    lstm = torch.nn.LSTM(3, 4, num_layers=2)
    output, (hidden, _) = lstm(torch.randn(5, 2, 3))
    (output.sum() + hidden.prod()).backward()
    return [output.detach(), *(parameter.grad for parameter in lstm.parameters())]  # type: ignore[list-item]


def products() -> list[torch.Tensor]:
    torch.manual_seed(0)
    x = torch.randn(5, 5, 5, requires_grad=True)
    (x.prod() + x.cumprod(0).sum() + x.masked_fill(x > 0, 2.0).std()).backward()
    assert x.grad is not None
    return [x.grad]


@pytest.mark.parametrize("run", [transformer, recurrent, products])
def test_results_are_bit_equal(run: Callable[[], list[torch.Tensor]]) -> None:
    bare = run()
    with Tape():
        taped = run()
    assert all(torch.equal(one, two) for one, two in zip(bare, taped, strict=True))


def retained_twice() -> None:
    x = torch.ones(2, requires_grad=True)
    y = (x * x).sum()
    y.backward()
    y.backward()


def not_a_scalar() -> None:
    torch.ones(2, requires_grad=True).mul(2).backward()


def changed_in_place() -> None:
    x = torch.ones(2, requires_grad=True)
    y = x.exp()
    y.add_(1)
    y.sum().backward()


def unused() -> None:
    x, z = torch.ones((), requires_grad=True), torch.ones((), requires_grad=True)
    torch.autograd.grad(x * 2, z)


@pytest.mark.parametrize("run", [retained_twice, not_a_scalar, changed_in_place, unused])
def test_exceptions_are_the_same(run: Run) -> None:
    def message() -> str:
        with pytest.raises(RuntimeError) as raised:
            run()
        return str(raised.value)

    bare = message()
    with Tape():
        taped = message()
    assert taped == bare


def test_warnings_are_the_same() -> None:
    def told() -> list[tuple[str, int]]:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            x = torch.ones(2, requires_grad=True)
            y = x * 2
            _ = y.grad
            torch.tensor(y.detach())
        return [(str(warning.message), warning.lineno) for warning in caught]

    bare = told()
    assert len(bare) == 2
    with Tape():
        taped = told()
    assert taped == bare


@pytest.mark.parametrize("kind", [float, complex])
def test_the_warning_about_a_number_that_is_read_is_told_where_the_program_reads_it(kind: type) -> None:
    def told() -> list[tuple[str, str, int]]:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            kind(torch.ones((), requires_grad=True) * 2)
        return [(str(warning.message), warning.filename, warning.lineno) for warning in caught]

    torch.set_warn_always(True)
    try:
        bare = told()
        with Tape():
            taped = told()
    finally:
        torch.set_warn_always(False)
    assert len(bare) == 1
    assert taped == bare


def test_hooks_of_the_program_run_as_often() -> None:
    def calls() -> list[str]:
        seen: list[str] = []
        x = torch.ones(2, requires_grad=True)
        layer = torch.nn.Linear(2, 2)
        layer.register_forward_hook(lambda *_: seen.append("forward"))
        layer.register_full_backward_hook(lambda *_: seen.append("backward"))
        y = layer(x)
        y.register_hook(lambda _: seen.append("tensor"))
        y.grad_fn.register_prehook(lambda _: seen.append("before"))
        y.grad_fn.register_hook(lambda *_: seen.append("after"))
        x.register_post_accumulate_grad_hook(lambda _: seen.append("accumulated"))
        with torch.autograd.graph.saved_tensors_hooks(
            lambda tensor: seen.append("pack") or tensor,  # type: ignore[func-returns-value]
            lambda tensor: seen.append("unpack") or tensor,  # type: ignore[func-returns-value]
        ):
            z = (y * y).sum()
        z.backward()
        return seen

    bare = calls()
    assert {"forward", "backward", "tensor", "before", "after", "accumulated", "pack", "unpack"} == set(bare)
    with Tape() as tape:
        taped = calls()
    tape.graph()
    assert taped == bare


def test_leaving_puts_everything_back_also_after_an_exception() -> None:
    def patched() -> list[object]:
        owners = [(torch.Tensor, "backward"), (torch.autograd, "backward"), (torch.autograd, "grad")]
        owners += [(torch.autograd, "_engine_run_backward"), (torch.nn.Module, "__call__")]
        owners += [(torch.nn.Parameter, "__new__"), (torch.nn.UninitializedParameter, "__new__")]
        return [owner.__dict__[name] for owner, name in owners] + [torch.autograd.Function.__dict__["apply"]]

    before = patched()
    with pytest.raises(ZeroDivisionError), Tape():  # noqa: PT012 # the block is what the exception leaves
        assert patched() != before
        assert "item" in torch.Tensor.__dict__
        _ = 1 / 0
    assert patched() == before
    own = {"item", "tolist", "__float__", "__int__", "__index__", "__complex__"}
    assert own.isdisjoint(torch.Tensor.__dict__)


def test_a_tensor_is_gone_at_the_next_operation_after_the_program_let_go_of_it() -> None:
    gc.disable()
    try:
        with Tape():
            x = torch.ones(2)
            seen = weakref.ref(x)
            y = x.sin() + x
            del x
            y.cos()
            assert seen() is None
    finally:
        gc.enable()


def test_a_tape_is_entered_once() -> None:
    tape = Tape()
    with tape, pytest.raises(RuntimeError, match="entered once"):
        tape.__enter__()
    with pytest.raises(RuntimeError, match="entered once"):
        tape.__enter__()


def test_nested_tapes_each_record_everything() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    with Tape() as outer:
        y = x * 3
        with Tape() as inner:
            z = y.sin()
            z.backward()
    for tape, known in ((outer, True), (inner, False)):
        graph = tape.graph()
        assert [len(done.order) for done in graph.passes] == [3]
        product = next(node for node in graph.nodes if node.op == "MulBackward0")
        assert product.outputs[0].value is not None
        assert (product.sequence_nr is not None and product.sequence_nr >= 0) is known


def test_another_thread_is_neither_recorded_nor_disturbed() -> None:
    found = []

    def work() -> None:
        x = torch.tensor(3.0, requires_grad=True)
        (x * x).backward()
        found.append(x.grad)

    with Tape() as tape:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert found == [torch.tensor(6.0)]
    assert tape.pass_count == 0
    assert tape.graph().nodes == []


def test_tapes_of_two_threads_leave_in_any_order() -> None:
    original = torch.autograd.backward
    second_in, first_out = threading.Event(), threading.Event()
    counts = []

    def work() -> None:
        with Tape() as tape:
            second_in.set()
            assert first_out.wait(10)
            torch.ones((), requires_grad=True).mul(2).backward()
        counts.append(tape.pass_count)

    thread = threading.Thread(target=work)
    with Tape():
        thread.start()
        assert second_in.wait(10)
    first_out.set()
    thread.join()
    assert counts == [1]
    assert torch.autograd.backward is original


def test_modes_of_the_program_do_not_see_the_tape() -> None:
    def operations() -> list[str]:
        seen = []

        class Watching(torch.utils._python_dispatch.TorchDispatchMode):
            def __torch_dispatch__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
                seen.append(str(func))
                return func(*args, **(kwargs or {}))

        with Watching():
            x = torch.ones(2, requires_grad=True)
            (x * 2).sum().backward()
        return seen

    bare = operations()
    with Tape():
        taped = operations()
    assert taped == bare
