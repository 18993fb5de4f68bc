"""All values and gradients as a file: PyTorch is the oracle of what loading it gives."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from chainrule.graph import Graph, tensor_file
from chainrule.graph.tensor_file import TensorFile, write_tensors
from chainrule.tape import Tape
from safetensors import safe_open
from safetensors.torch import load_file

DTYPES = (
    *(torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.complex64, torch.complex128),
    *(torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64),
)
WIDER = (torch.float8_e4m3fn, torch.float8_e5m2)


def graph_of(value: torch.Tensor) -> Graph:
    """Return a graph in which a tensor takes part, as a leaf where it can be one."""
    is_leaf = value.is_floating_point() or value.is_complex()
    with Tape(whole=True) as tape:
        kept = value.requires_grad_().clone() if is_leaf else value * torch.ones((), requires_grad=True)
        kept.backward(torch.ones_like(kept))
    return tape.graph(names={"x": value, "y": kept})


def loaded(content: bytes, folder: Path) -> dict[str, torch.Tensor]:
    path = folder / "graph.safetensors"
    path.write_bytes(content)
    found: dict[str, torch.Tensor] = load_file(path)
    return found


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (0, 4), (40, 50)], ids=str)
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_every_dtype_comes_back_bit_for_bit(dtype: torch.dtype, shape: tuple[int, ...], tmp_path: Path) -> None:
    value = (torch.randn(shape, dtype=torch.float64) * 100).to(dtype)
    content = write_tensors(graph_of(value))
    x = loaded(content, tmp_path)["value/x"]
    told = TensorFile(content)
    if dtype is torch.complex128:
        assert told.places["value/x"]["dtype"] == "complex128"
        x = torch.view_as_complex(x)
    assert x.dtype == dtype
    assert torch.equal(x, value.detach())
    array = told["value/x"]
    assert array.shape == shape
    assert np.array_equal(array, (value.float() if dtype is torch.bfloat16 else value).detach().numpy())
    if value.requires_grad:
        assert np.array_equal(told["gradient/1/x"], np.ones(shape))


@pytest.mark.parametrize("dtype", WIDER, ids=str)
def test_what_is_stored_wider_says_so(dtype: torch.dtype, tmp_path: Path) -> None:
    value = torch.tensor([1.5, -2.0]).to(dtype)
    with Tape() as tape:
        y = value.to(torch.float32) * torch.ones(2, requires_grad=True)
    content = write_tensors(tape.graph(roots={"y": y}, names={"x": value, "y": y}))
    (name,) = (name for name, place in TensorFile(content).places.items() if "dtype" in place)
    assert TensorFile(content).places[name]["dtype"] == str(dtype).removeprefix("torch.")
    assert torch.equal(loaded(content, tmp_path)[name].to(dtype).float(), value.float())


def test_not_a_number_and_the_infinities_come_back(tmp_path: Path) -> None:
    value = torch.tensor([float("nan"), float("inf"), -float("inf"), -0.0])
    for dtype in (torch.float32, torch.bfloat16, torch.float16):
        content = write_tensors(graph_of(value.to(dtype)))
        bits = {2: torch.int16, 4: torch.int32}[dtype.itemsize]
        found = loaded(content, tmp_path)["value/x"]
        assert torch.equal(found.view(bits)[1:], value.to(dtype).view(bits)[1:])
        assert found[0].isnan()
        assert np.isnan(TensorFile(content)["value/x"][0])
        assert np.signbit(TensorFile(content)["value/x"][3])


def test_the_metadata_tells_source_schema_and_places(tmp_path: Path) -> None:
    graph = graph_of(torch.ones(2))
    loaded(write_tensors(graph, "x = ..."), tmp_path)
    with safe_open(tmp_path / "graph.safetensors", framework="pt") as opened:
        about = json.loads(opened.metadata()["chainrule"])
        assert set(opened.keys()) == set(about["tensors"])
    assert about["source"] == "x = ..."
    assert about["schema_version"] == graph.schema_version
    assert about["tensors"]["gradient/1/y"] == {"what": "gradient", "node": "n1", "output_nr": 0, "pass": 1}
    assert about["left_out"] == {}


def test_what_was_not_kept_is_named() -> None:
    with Tape() as tape:
        x = torch.ones(5000, requires_grad=True)
        x.sum().backward()
    told = TensorFile(write_tensors(tape.graph(names={"x": x})))
    place = {"what": "value", "node": "n0", "output_nr": 0, "dtype": "float32", "shape": [5000]}
    assert told.left_out["value/x"] == place
    assert "value/x" not in told
    assert told["value/SumBackward0@n1"] == 5000


def test_what_has_no_room_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tensor_file, "MOST_BYTES", 20)
    told = TensorFile(write_tensors(graph_of(torch.ones(4))))
    assert list(told) == ["value/x"]
    assert set(told.left_out) == {"gradient/1/x", "grad/1/x", "value/y", "gradient/1/y"}


def test_what_was_kept_for_backward_gives_way_to_values_and_gradients(monkeypatch: pytest.MonkeyPatch) -> None:
    with Tape() as tape:
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        y = x.exp()
        y.sum().backward()
    graph = tape.graph(names={"x": x, "y": y})
    told = TensorFile(write_tensors(graph))
    assert np.array_equal(told["saved/y/result"], told["value/y"])
    monkeypatch.setattr(tensor_file, "MOST_BYTES", sum(told[name].nbytes for name in told) - 1)
    assert list(TensorFile(write_tensors(graph)).left_out) == ["saved/y/result"]


def test_a_graph_that_came_as_json_has_what_is_listed(tmp_path: Path) -> None:
    graph = graph_of(torch.tensor([1.0, float("inf")]))
    again = Graph.model_validate_json(graph.model_dump_json())
    assert write_tensors(again) == write_tensors(graph)


def test_an_empty_graph_is_a_file(tmp_path: Path) -> None:
    assert loaded(write_tensors(Graph()), tmp_path) == {}
    assert dict(TensorFile(write_tensors(Graph()))) == {}


def test_equal_graphs_have_equal_files_in_every_process() -> None:
    code = (
        "import sys, chainrule\n"
        "from chainrule.graph.tensor_file import write_tensors\n"
        "def f(x, w):\n    return ((x * w).sum(), (x - w).exp())\n"
        "graph = chainrule.trace(f, inputs={'x': [1.0, 2.0], 'w': [[3.0, 4.0], [5.0, 6.0]]})\n"
        "sys.stdout.buffer.write(write_tensors(graph, 's'))"
    )
    found = {subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout for _ in range(2)}
    assert len(found) == 1


def test_tensors_are_read_when_they_are_asked_for() -> None:
    told = TensorFile(write_tensors(graph_of(torch.ones(3))))
    assert next(iter(told)) == "value/x"
    assert len(told) == 5
    assert np.shares_memory(told["value/x"], told["value/x"])
    assert "value/z" not in told
    with pytest.raises(KeyError):
        told["value/z"]


@pytest.mark.parametrize("content", [b"", b"1234567", b"\xff" * 20, b"\x02\0\0\0\0\0\0\0{}", b"<html>not found"])
def test_what_is_no_file_is_told(content: bytes) -> None:
    with pytest.raises(ValueError, match="no file of tensors"):
        TensorFile(content)


def test_a_file_that_was_cut_off_is_told() -> None:
    with pytest.raises(ValueError, match="no tensor of this file"):
        TensorFile(write_tensors(graph_of(torch.ones(3)))[:-4])


def test_reading_needs_no_torch() -> None:
    code = "import sys, chainrule.client\nsys.exit(not {'torch', 'safetensors'}.isdisjoint(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
