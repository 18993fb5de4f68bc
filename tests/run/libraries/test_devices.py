"""What is asked of a GPU is done on the CPU, with a notice and without a difference."""

import pytest
import torch
from chainrule.limits import Limits
from chainrule.program import check
from chainrule.protocol.messages import ExecutionAnswer, Problem
from chainrule.protocol.program import Program
from chainrule.run.execute import execute


def run(source: str) -> ExecutionAnswer:
    check(Program(source), Limits())
    return execute(Program(source), Limits())


def console(answer: ExecutionAnswer) -> str:
    return "".join(line.text for line in answer.console)


def notices(answer: ExecutionAnswer) -> list[Problem]:
    return [problem for problem in answer.problems if problem.slug == "cpu-only"]


MOVED = [
    "torch.ones(2).cuda()",
    "torch.ones(2).cuda(0)",
    "torch.ones(2).to('cuda')",
    "torch.ones(2).to('cuda:1', torch.float32)",
    "torch.ones(2).to(torch.device('cuda', 0), non_blocking=True)",
    "torch.ones(2).to(device='cuda')",
    "torch.ones(2).to(0)  # cuda",
    "torch.ones(2).to('mps')",
    "torch.ones(2, device='cuda')",
    "torch.ones_like(torch.zeros(2), device='cuda')",
    "torch.zeros(2).new_ones(2, device='cuda')",
    "torch.tensor([1., 1.], device=torch.device('cuda'))",
    "torch.nn.init.ones_(torch.nn.Linear(2, 1, bias=False, device='cuda').weight)[0].detach()",
    "torch.nn.init.ones_(torch.nn.Linear(2, 1, bias=False).cuda().weight)[0].detach()",
    "torch.nn.init.ones_(torch.nn.Linear(2, 1, bias=False).to('cuda').weight)[0].detach()",
]


@pytest.mark.parametrize("made", MOVED)
def test_a_tensor_for_a_gpu_is_on_the_cpu(made: str) -> None:
    answer = run(f"x = {made}\nprint(x, x.device)")
    assert console(answer) == "tensor([1., 1.]) cpu\n"
    (notice,) = notices(answer)
    assert notice.severity == "notice"
    assert notice.span is not None
    assert notice.span.line == 1
    assert "is the CPU here" in notice.detail


@pytest.mark.parametrize("begin", ["torch.set_default_device('cuda')\n", "with torch.device('cuda'):\n    "])
def test_a_default_device_that_is_not_there_is_the_cpu(begin: str) -> None:
    answer = run(f"{begin}x = torch.zeros(1)\nprint(x, x.device)")
    assert console(answer) == "tensor([0.]) cpu\n"
    assert len(notices(answer)) == 1


def test_a_default_device_is_put_back() -> None:
    for device in ("cpu", "meta", "cuda"):
        run(f"torch.set_default_device('{device}')\nx = torch.zeros(1)")
    assert torch.get_default_device() == torch.device("cpu")
    assert torch.zeros(1).device == torch.device("cpu")
    assert torch._C._len_torch_function_stack() == 0


def test_the_choice_by_what_is_there_is_told_nothing_of() -> None:
    answer = run(
        "device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')\n"
        "model = nn.Linear(2, 1).to(device)\nmodel(torch.ones(1, 2, device=device)).sum()"
    )
    assert answer.problems == []


def test_a_leaf_that_would_be_a_copy_on_a_gpu_is_told() -> None:
    answer = run("w = torch.ones(2).cuda()\nx = torch.ones(2, requires_grad=True).cuda()\n(w*x).sum()")
    (notice,) = notices(answer)
    assert "whose .grad stays None" in notice.detail
    assert notice.span is not None
    assert notice.span.line == 2


def test_the_graph_is_that_of_the_program_without_devices() -> None:
    there = (
        "torch.manual_seed(0)\n"
        "model = nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5), nn.ReLU(), nn.Linear(4, 1)).cuda()\n"
        "x = torch.ones(5, 3).cuda()\nloss = F.mse_loss(model(x), torch.zeros(5, 1, device='cuda'))\nloss.backward()"
    )
    here = there.replace(".cuda()", "").replace(", device='cuda'", "")
    one, other = run(there).graph, run(here).graph
    assert [node.op for node in one.nodes] == [node.op for node in other.nodes]
    assert [node.accumulated for node in one.nodes] == [node.accumulated for node in other.nodes]


def test_functions_that_have_nothing_to_do_without_a_gpu_do_nothing() -> None:
    answer = run(
        "torch.cuda.manual_seed_all(1)\ntorch.cuda.empty_cache()\ntorch.cuda.synchronize()\ntorch.cuda.set_device(0)\n"
        "torch.cuda.reset_peak_memory_stats()\nprint(torch.cuda.device_count(), torch.cuda.max_memory_allocated())"
    )
    assert console(answer) == "0 0\n"


def test_switches_of_libraries_of_a_gpu_do_no_harm() -> None:
    before = torch.backends.cudnn.benchmark, torch.backends.cudnn.deterministic, torch.backends.cudnn.enabled
    answer = run(
        "torch.backends.cudnn.benchmark = True\ntorch.backends.cudnn.deterministic = True\n"
        "torch.backends.cudnn.enabled = False\ntorch.backends.cuda.matmul.allow_tf32 = False\n"
        "torch.set_float32_matmul_precision('high')\nx = torch.ones(2, requires_grad=True)\n(x*x).sum()"
    )
    assert answer.problems == []
    assert (
        torch.backends.cudnn.benchmark,
        torch.backends.cudnn.deterministic,
        torch.backends.cudnn.enabled,
    ) == before


AMP = """
torch.manual_seed(0)
model = torch.nn.Linear(4, 2)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
scaler = torch.amp.GradScaler({device!r})
for step in range(3):
    opt.zero_grad()
    with torch.autocast({device!r}, dtype=torch.bfloat16):
        out = model(torch.ones(3, 4))
        loss = torch.nn.functional.mse_loss(out, torch.zeros(3, 2))
    scaler.scale(loss).backward()
    scaler.unscale_(opt)
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    scaler.step(opt)
    scaler.update()
print(out.dtype, float(norm), model.weight.tolist(), scaler.get_scale())
"""


@pytest.mark.filterwarnings("ignore:.*CUDA is not available")
@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_mixed_precision_is_that_of_pytorch_alone_on_this_machine(device: str) -> None:
    source = AMP.format(device=device)
    printed: list[str] = []
    exec(source, {"torch": torch, "print": lambda *args: printed.append(" ".join(map(str, args)))})
    assert [line.text for line in run(source).console if line.stream == "stdout"] == [f"{printed[0]}\n"]


def test_mixed_precision_shows_its_casts_in_the_graph() -> None:
    answer = run(AMP.format(device="cpu"))
    assert "ToCopyBackward0" in {node.op for node in answer.graph.nodes}
    assert answer.problems == []
