"""What is set while a program runs, the same for each run, and put back afterwards."""

import linecache
import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from chainrule.graph.syntax import Syntax
from chainrule.run.console import FILENAME, Console, ConsoleStream
from chainrule.run.exceptions import CaughtWarning, caught_warnings
from chainrule.run.libraries.arrays import same_arrays
from chainrule.run.libraries.devices import on_the_cpu
from chainrule.run.libraries.loaders import loaded_in_one_process
from chainrule.run.libraries.notices import Notices
from chainrule.run.libraries.schedulers import plain_scheduler_states
from chainrule.run.namespace import as_main
from chainrule.run.standins import renewed
from chainrule.run.standins.absent import IgnoredImport, imports_of

_CUDNN = ("enabled", "benchmark", "deterministic")
"""Switches of a GPU's library that programs set: they do nothing here."""


@dataclass(frozen=True)
class Surroundings:
    """What a program finds."""

    console: Console
    warnings: list[CaughtWarning]
    notices: Notices
    ignored: list[IgnoredImport]


@contextmanager
def surroundings(syntax: Syntax, seed: int, namespace: dict[str, Any], console_bytes: int) -> Iterator[Surroundings]:
    """Seed every generator, catch what is printed and warned, and make the namespace the module ``__main__``."""
    console, notices = Console(console_bytes), Notices(syntax)
    with ExitStack() as stack:
        stack.enter_context(same_numbers(seed))
        stack.enter_context(renewed())
        stack.enter_context(same_arrays(seed))
        stack.enter_context(_torch_defaults())
        stack.enter_context(_torch_switches())
        stack.enter_context(plain_scheduler_states())
        stack.enter_context(loaded_in_one_process(notices))
        stack.enter_context(on_the_cpu(syntax.source, notices))
        stack.enter_context(_source_lines(syntax))
        stack.enter_context(redirect_stdout(ConsoleStream(console, "stdout")))
        stack.enter_context(redirect_stderr(ConsoleStream(console, "stderr")))
        warnings = stack.enter_context(caught_warnings(console))
        stack.enter_context(as_main(namespace))
        yield Surroundings(console, warnings, notices, stack.enter_context(imports_of(syntax)))


@contextmanager
def same_numbers(seed: int) -> Iterator[None]:
    """Seed every generator of random numbers of the CPU, and put each back as it was."""
    before = random.getstate(), np.random.get_state(), torch.get_rng_state()
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.default_generator.manual_seed(seed)  # torch.manual_seed would also note where it was called, for GPUs
    try:
        yield
    finally:
        random.setstate(before[0])
        np.random.set_state(before[1])
        torch.set_rng_state(before[2])


@contextmanager
def _torch_defaults() -> Iterator[None]:
    """Put back what a program may have changed for the whole process, and warn at every run, not once a process."""
    enabled, dtype = torch.is_grad_enabled(), torch.get_default_dtype()
    always = torch.is_warn_always_enabled()
    anomaly, anomaly_nan = torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled()
    torch.set_grad_enabled(True)
    torch.set_warn_always(True)
    # What torch.empty gives is filled (with NaN), not left to what was in memory: that differs from run to run.
    # (torch.use_deterministic_algorithms sets the same, and imports the compiler to tell it too.)
    deterministic = torch.get_deterministic_debug_mode()
    torch.set_deterministic_debug_mode("warn")
    # oneDNN writes machine code as it goes, which a confined child may not execute; PyTorch's own kernels also leave a
    # graph of plain operators. (The public switch warns of GPUs when it is put back.)
    onednn = torch._C._get_mkldnn_enabled()
    torch._C._set_mkldnn_enabled(False)
    try:
        yield
    finally:
        torch._C._set_mkldnn_enabled(onednn)
        torch.set_deterministic_debug_mode(deterministic)
        torch.set_warn_always(always)
        torch.autograd.set_detect_anomaly(anomaly, anomaly_nan)
        torch.set_default_dtype(dtype)
        torch.set_grad_enabled(enabled)


@contextmanager
def _torch_switches() -> Iterator[None]:
    """Put back how tensors are printed, where they are made and how exactly they are multiplied."""
    printing = vars(torch._tensor_str.PRINT_OPTS).copy()
    cudnn = {name: getattr(torch.backends.cudnn, name) for name in _CUDNN}
    device, precision = torch.get_default_device(), torch.get_float32_matmul_precision()
    try:
        yield
    finally:
        vars(torch._tensor_str.PRINT_OPTS).update(printing)
        torch.set_float32_matmul_precision(precision)
        torch.set_default_device(None if device.type == "cpu" else device)
        for name, value in cudnn.items():
            if getattr(torch.backends.cudnn, name) != value:  # PyTorch's own tests forbid to set it, even to what it is
                setattr(torch.backends.cudnn, name, value)


@contextmanager
def _source_lines(syntax: Syntax) -> Iterator[None]:
    """Let inspect and traceback find the program's lines, without a file."""
    lines = [line + "\n" for line in syntax.lines]
    linecache.cache[FILENAME] = (len(syntax.source), None, lines, FILENAME)
    try:
        yield
    finally:
        linecache.cache.pop(FILENAME, None)
