"""What lies on a GPU is told as what lies in memory, and recording it waits for nothing."""

import math
from contextlib import AbstractContextManager, nullcontext

import numpy as np
import pytest
import torch
from chainrule.graph.tensors.elements import corner_of
from chainrule.graph.tensors.statistics import statistics
from chainrule.tape import Tape
from chainrule.tape.tensors.capture import TensorCapture
from chainrule.tape.tensors.on_device import CopiedOnDevice, MeasuredOnDevice
from chainrule.tape.tensors.snapshot import Snapshot, as_array
from torch import nn

needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="this machine has no CUDA device")

NORMAL = torch.randn(40, 60, generator=torch.Generator().manual_seed(0))
SPOILT = torch.where(NORMAL > 1, math.inf, torch.where(NORMAL < -1, math.nan, NORMAL))

LARGE = {
    "float32": NORMAL,
    "float64": NORMAL.double() * 1e-9 + 5,
    "bfloat16": NORMAL.bfloat16(),
    "complex64": torch.complex(NORMAL, NORMAL.flip(0)),
    "complex, conjugated": torch.complex(NORMAL, NORMAL.flip(0)).conj(),
    "int64": (NORMAL * 5).long(),
    "bool": NORMAL > 0,
    "not finite": SPOILT,
    "nothing finite": torch.full((40, 60), math.nan),
    "all equal": torch.full((40, 60), -2.5),
    "zeros": torch.zeros(40, 60),
    "a view": NORMAL.t()[::2],
    "sampled": torch.randn(70_000, generator=torch.Generator().manual_seed(1)),
    "one row": NORMAL.reshape(1, -1),
}
SMALL = {name: tensor.reshape(-1)[:6].reshape(2, 3) for name, tensor in LARGE.items()} | {
    "a number": torch.tensor(2.5),
    "a true one": torch.tensor(True),
    "nothing": torch.empty(0, 3),
}


@pytest.mark.parametrize("tensor", LARGE.values(), ids=LARGE)
def test_a_large_tensor_is_measured_as_in_memory(tensor: torch.Tensor) -> None:
    stats, corner = MeasuredOnDevice.of(tensor).fetch()
    array = as_array(tensor.resolve_conj())
    expected = statistics(array, histogram=True)
    assert np.array_equal(as_array(corner), corner_of(array), equal_nan=array.dtype.kind in "fc")
    assert (stats.nan, stats.inf, stats.zero) == (expected.nan, expected.inf, expected.zero)
    assert (stats.min, stats.max, stats.histogram) == (expected.min, expected.max, expected.histogram)
    assert [stats.mean, stats.std, stats.norm] == [
        None if number is None else pytest.approx(number, rel=1e-5, abs=1e-12)
        for number in (expected.mean, expected.std, expected.norm)
    ]


@pytest.mark.parametrize("tensor", SMALL.values(), ids=SMALL)
def test_a_small_tensor_is_kept_to_the_last_bit(tensor: torch.Tensor) -> None:
    told = TensorCapture(1_000).capture(tensor)
    shape, dtype = tuple(tensor.shape), told.dtype
    away = Snapshot(shape, dtype, tensor.numel(), None, None, None, None, CopiedOnDevice.of(tensor))
    assert away.equals(told)
    expected, found = told.elements(listed=True), away.elements(listed=True)
    assert found.array is not None
    assert np.array_equal(found.array, expected.array, equal_nan=found.array.dtype.kind in "fc")


def test_what_changes_afterwards_changes_nothing_that_was_kept() -> None:
    tensor = torch.ones(3)
    away = Snapshot((3,), "float32", 3, None, None, None, None, CopiedOnDevice.of(tensor))
    tensor.mul_(7)
    kept = away.tensor()
    assert kept is not None
    assert kept.tolist() == [1, 1, 1]


def trained(tape: AbstractContextManager[object]) -> dict[str, torch.Tensor]:
    """Train a model on the device, where waiting for it raises; return its parameters and their gradients."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(40, 60), nn.ReLU(), nn.LayerNorm(60), nn.Linear(60, 4)).to("cuda")
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    data = torch.randn(50, 40, generator=torch.Generator().manual_seed(2)).to("cuda")
    labels = (torch.arange(50) % 4).to("cuda")
    torch.cuda.set_sync_debug_mode("error")
    try:
        with tape:
            for _ in range(3):
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(data), labels).backward()
                optimizer.step()
    finally:
        torch.cuda.set_sync_debug_mode("default")
    found = {name: parameter.detach() for name, parameter in model.named_parameters()}
    return found | {f"{name}.grad": p.grad for name, p in model.named_parameters() if p.grad is not None}


@needs_cuda
def test_a_training_loop_on_the_device_is_recorded_without_waiting_and_unchanged() -> None:
    tape = Tape()
    bare, taped = trained(nullcontext()), trained(tape)
    assert bare.keys() == taped.keys()
    assert all(torch.equal(bare[name], taped[name]) for name in bare)
    graph = tape.graph()
    functions = [node for node in graph.nodes if node.kind == "function"]
    assert all(output.value is not None for node in functions for output in node.outputs)
    last = len(graph.passes)
    for node in graph.nodes:
        if node.kind == "leaf":
            (name,) = [name for name in node.names if f"{name}.grad" in taped]
            told = node.outputs[0].gradients.in_pass(last)
            assert told is not None
            assert told.stats.norm == pytest.approx(float(taped[f"{name}.grad"].double().norm()), rel=1e-5)
