"""Which call computes a gradient: backward, or torch.autograd.grad."""

from collections.abc import Iterator

from chainrule.explain.concepts.sums import Concept, told
from chainrule.explain.names import FormulaNames
from chainrule.graph.index import GraphIndex
from chainrule.graph.model import Pass, Root
from chainrule.words.saying import say


def backward_or_grad(index: GraphIndex, names: FormulaNames, run: Pass, root: Root) -> Iterator[Concept]:
    """Say what the other of the two ways to ask for gradients would have done, where both have short names."""
    leaf = next(
        (node for node in index.graph.nodes if node.kind == "leaf" and index.gradient(node.id, 0, run.index)), None
    )
    if leaf is None:
        return
    top, name = names.output(root.node, root.output_nr).plain.text, names.output(leaf.id, 0).plain.text
    arrived = index.gradient(leaf.id, 0, run.index)
    if arrived is None or not (top.isidentifier() and name.isidentifier()):
        return
    gradient = told(arrived)
    if run.call == "autograd.grad":
        paragraphs = [
            say(
                "This pass was torch.autograd.grad: it returned the gradient of {name}, {gradient}, and left every "
                ".grad as it was.",
                name=name,
                gradient=gradient,
            ),
            say(
                "{top}.backward() would have returned nothing and added the same to {name}.grad, where an optimizer "
                "finds it.",
                top=top,
                name=name,
            ),
        ]
    else:
        paragraphs = [
            say(
                "This pass was backward: it added {gradient} to {name}.grad and returned nothing.",
                name=name,
                gradient=gradient,
            ),
            say(
                "torch.autograd.grad({top}, {name}) would have returned the same, left {name}.grad as it was, and "
                "computed nothing for other leaves.",
                top=top,
                name=name,
            ),
        ]
    paragraphs.append(
        say(
            "Take backward to train parameters, and torch.autograd.grad where the gradient is a value to go on "
            "with: with create_graph=True it can be differentiated again."
        )
    )
    yield Concept(
        slug="backward-or-grad",
        question=say(".backward() or torch.autograd.grad?"),
        paragraphs=paragraphs,
        math=[],
        nodes=[root.node, leaf.id],
    )
