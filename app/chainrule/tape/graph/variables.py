"""The program's variables at its end, as data."""

import torch

from chainrule.graph import Variable
from chainrule.graph.construct import make
from chainrule.tape.graph.describe import Describer
from chainrule.tape.tensors.autograd_meta import keeps_gradient
from chainrule.words.numbers import python_integer

TEXT_LENGTH = 200
"""Characters of a variable's repr that are kept."""


def variable(name: str, value: object, home: tuple[str, int] | None, describer: Describer) -> Variable:
    """Describe a variable.

    Objects of the program's own classes are told by their type only: their repr is code of the program.

    Args:
        name: its name.
        value: what it is bound to.
        home: the node and output number of a tensor that is in the graph.
        describer: describes tensors.
    """
    tensor = gradient = None
    kind = type(value).__name__[:TEXT_LENGTH]
    text = f"<{kind}>"
    if isinstance(value, torch.Tensor):
        tensor = describer.now(value)
        text = tensor.preview
        if keeps_gradient(value) and value.grad is not None:
            gradient = describer.now(value.grad)
    elif type(value) in (bool, int, float, complex, str, type(None)):
        text = python_integer(value, TEXT_LENGTH) if type(value) is int else repr(value)
    elif isinstance(value, list | tuple | dict | set):
        # A class of the program may count its elements itself, in code that never ends.
        base = next(base for base in (list, tuple, dict, set) if isinstance(value, base))
        text = f"<{kind} of {base.__len__(value)}>"  # type: ignore[arg-type]
    node, output_nr = (None, 0) if home is None else home
    return make(
        Variable,
        name=name,
        type=kind,
        text=text if len(text) <= TEXT_LENGTH else f"{text[:TEXT_LENGTH]}...",
        node=node,
        output_nr=output_nr,
        tensor=tensor,
        gradient=gradient,
    )
