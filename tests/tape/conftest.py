"""Runs programs on a tape as the worker does."""

import pytest
import torch
from chainrule.limits import Limits
from chainrule.tape import Namespace, Tape

from tests.tape.traced import Trace, Traced


@pytest.fixture
def trace() -> Trace:
    """Run a source text on a tape; the names of torch's modules are there."""

    def run(source: str, root: str | None = None, limits: Limits | None = None, *, jacobians: bool = False) -> Traced:
        torch.manual_seed(0)
        tape = Tape(limits or Limits(), source=source, jacobians=jacobians)
        error = None
        with tape:
            given = {"torch": torch, "nn": torch.nn, "F": torch.nn.functional, "__name__": "__main__"}
            namespace = Namespace(tape, given)
            try:
                exec(compile(source, "<program>", "exec"), namespace)
            except Exception as raised:
                error = raised
        names = {name: value for name, value in namespace.items() if name not in given}
        roots = None if root is None else {root: names[root]}
        return Traced(tape, tape.graph(roots, names), names, error)

    return run
