"""The idea of Chainrule in a hundred lines that need PyTorch alone. Read it from the top, and run it.

PyTorch builds the autograd graph itself: an operation on a tensor that requires a gradient makes a Node, and
`next_functions` leads from a Node to those that it passes gradients to. What the graph lacks is numbers: a Node knows
neither what it computed nor what will arrive at it. So both are noted while they pass by, and joined to the Nodes.
"""

from collections.abc import Iterator

import torch
from torch.autograd.graph import Node, get_gradient_edge
from torch.utils._python_dispatch import TorchDispatchMode


class Tape(TorchDispatchMode):
    """Notes what each operation computes and, in backward, what arrives at each Node and what it passes on."""

    def __init__(self) -> None:
        super().__init__()
        self.first = torch.autograd._get_sequence_nr()  # every Node takes the next number of this counter
        self.results: dict[int, torch.Tensor] = {}  # by the number of the Node
        self.arrived: dict[Node, tuple[torch.Tensor | None, ...]] = {}  # a gradient for each output of the Node
        self.passed: dict[tuple[Node, int], torch.Tensor] = {}  # a gradient for each edge: the Node and the slot

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        """Run an operation and note its result. This is below autograd, which has made the Node already."""
        result = func(*args, **(kwargs or {}))
        # While the counter stands at k, what runs belongs to Node k - 1. Only the first result at each count does: a
        # constant or a detached copy, which comes later and makes no Node, finds the counter where it was.
        number = torch.autograd._get_sequence_nr() - 1
        if number >= self.first and isinstance(result, torch.Tensor):
            self.results.setdefault(number, result.clone())  # a copy: the program may change its tensor in place
        return result

    def backward(self, root: torch.Tensor, gradient: torch.Tensor | None = None) -> None:
        """Run backward from a tensor with a hook before and a hook after each Node."""
        for node in walk(node_of(root)):
            node.register_prehook(lambda gradients, node=node: self.arrived.update({node: gradients}))
            node.register_hook(lambda gradients, _, node=node: self._note_passed(node, gradients))
        root.backward(gradient)

    def _note_passed(self, node: Node, gradients: tuple[torch.Tensor | None, ...]) -> None:
        self.passed.update({(node, slot): one for slot, one in enumerate(gradients) if one is not None})

    def value(self, node: Node) -> torch.Tensor | None:
        """Return what a Node computed. The Node of a leaf, AccumulateGrad, holds the leaf itself."""
        return node.variable.detach() if hasattr(node, "variable") else self.results.get(node._sequence_nr())


def node_of(tensor: torch.Tensor) -> Node:
    """Return the Node that a tensor comes from: its `grad_fn`, or the AccumulateGrad of a leaf."""
    return get_gradient_edge(tensor).node


def walk(root: Node) -> Iterator[Node]:
    """Go through the Nodes under a root, each once; in a loop, because a graph is deeper than Python can recurse."""
    seen, waiting = {root}, [root]
    while waiting:
        node = waiting.pop()
        yield node
        for target, _ in node.next_functions:
            if target is not None and target not in seen:
                seen.add(target)
                waiting.append(target)


def draw(tape: Tape, root: torch.Tensor, **names: torch.Tensor) -> str:
    """Return the graph as a tree: the root first, and below each Node those that it passes gradients to."""
    known = {node_of(tensor): f"{name} = " for name, tensor in names.items()}
    lines: list[str] = []
    drawn: set[Node] = set()
    waiting: list[tuple[Node, str, str]] = [(node_of(root), "", "")]
    while waiting:
        node, indent, taken = waiting.pop()
        lines.append(f"{indent}{known.get(node, '')}{node.name().split('::')[-1]}")
        if taken:
            lines.append(f"{indent}  takes    {taken}")
        if node in drawn:  # reached by another edge: that one brought its own share, and the rest stands above
            lines.append(f"{indent}  see above")
            continue
        drawn.add(node)
        lines.append(f"{indent}  value    {numbers(tape.value(node))}")
        lines.append(f"{indent}  gradient {', '.join(numbers(one) for one in tape.arrived.get(node, (None,)))}")
        for slot, (target, _) in reversed(list(enumerate(node.next_functions))):
            if target is not None:
                waiting.append((target, indent + "    ", numbers(tape.passed.get((node, slot)))))
    return "\n".join(lines)


def numbers(tensor: torch.Tensor | None) -> str:
    """Return the numbers of a tensor, rounded for reading."""
    return "none" if tensor is None else str(tensor.double().mul(1e4).round().div(1e4).tolist())


if __name__ == "__main__":
    with Tape() as tape:
        x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
        y = 2 * x**3
        z = (y * x).sum() / 12
    tape.backward(z)
    print(draw(tape, z, x=x, y=y, z=z))  # x is used twice: what its gradient is made of is told by "takes"
