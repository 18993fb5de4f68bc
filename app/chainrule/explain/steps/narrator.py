"""What happened at each step, in one sentence with real numbers."""

from chainrule.explain.steps.inputs import tell_formula, tell_inputs
from chainrule.explain.steps.multipliers import holds, multiplier_of, multipliers_of, passes_unchanged
from chainrule.graph.gradients import arrival_at
from chainrule.graph.index import GraphIndex, in_pass
from chainrule.graph.model import Edge, Graph, Node, Output, Pass, Tensor, Values
from chainrule.graph.values import same_everywhere
from chainrule.words.nodes import name_of, operation_of, say_function, say_node
from chainrule.words.saying import joined, listed, say
from chainrule.words.shapes import say_shape
from chainrule.words.tensors import say_tensor, say_values

MOST_INPUTS = 4
"""Inputs and edges that a sentence tells one by one."""


class Narrator:
    """Tells the steps of one graph."""

    def __init__(self, graph: Graph | GraphIndex) -> None:
        self._index = GraphIndex.of(graph)

    def tell_forward(self, node: Node) -> str:
        """Say what an operation took and gave, or what a leaf holds."""
        result = self._say_outputs(node.outputs)
        if node.kind == "leaf":
            if "parameter" in node.flags:
                return say("{name} is a parameter: {value}.", name=say_node(node), value=result)
            return say("{name} is a leaf: {value}.", name=say_node(node), value=result)
        taken = self._index.inputs[node.id]
        op = operation_of(node)
        given = joined([f"{node.names[0]} = ", result]) if node.names else result
        if not taken:
            return say("{op} produced {result}.", op=op, result=given)
        formula = tell_formula(node, taken, self._say_name, self._say_number)
        if formula is not None:
            return say("{op} computed {formula}: {result}.", op=op, formula=formula, result=given)
        took = tell_inputs(taken, self._say_input, lambda told: _shorten(told, "inputs"))
        return say("{op} computed {result} from {inputs}.", op=op, inputs=took, result=given)

    def tell_backward(self, node: Node, run: Pass) -> str:
        """Say what a node received in a pass, from where, and what it passed on to whom."""
        received = self._say_received(node, run.index)
        if node.kind == "leaf":
            total = run.accumulated.get(node.id)
            kept = self._say_kept(node, total, run.index)
            return say(
                "{name} received {gradient}{consequence}.", name=say_node(node), gradient=received, consequence=kept
            )
        passed = []
        for edge in self._index.inputs[node.id]:
            contribution = in_pass(edge.contributions, run.index)
            if contribution is not None:
                passed.append(self._say_passed(node, edge, contribution, run.index))
        name = say_function(node)
        if not passed and run.error is not None and node.id == run.order[-1]:
            return say("{name} received {gradient}, and there backward failed.", name=name, gradient=received)
        if not passed:
            return say("{name} received {gradient} and passed nothing on.", name=name, gradient=received)
        told = listed(_shorten(passed, "others"))
        return say(
            "{name} received {gradient} and passed {contributions}.", name=name, gradient=received, contributions=told
        )

    def _say_kept(self, node: Node, total: Tensor | None, pass_index: int) -> str:
        """Return what became of a leaf's gradient; torch.autograd.grad keeps none."""
        if total is None:
            return ""
        gradient = in_pass(node.outputs[0].gradients, pass_index)
        name = f"{say_node(node)}.grad"
        if gradient is not None and gradient.values == total.values and gradient.stats == total.stats:
            return say(", and that is {name} now", name=name)
        return say(" and added it to {name}, which is {total} now", name=name, total=say_tensor(total))

    def _say_outputs(self, outputs: list[Output]) -> str:
        seen = [say_tensor(output.value) for output in outputs if output.value is not None]
        return listed(_shorten(seen, "outputs")) or say("a tensor that was not seen")

    def _say_input(self, edge: Edge) -> str:
        target = self._index.nodes[edge.target]
        value = self._index.value(edge.target, edge.output_nr)
        if value is None or (target.kind == "constant" and not target.names):
            return say_node(target)
        number = self._say_number(edge)
        if number is not None:
            return joined([f"{name_of(target)} = ", number])
        return say("{name} (shape {shape})", name=name_of(target), shape=say_shape(value.shape))

    def _say_name(self, edge: Edge) -> str:
        target = self._index.nodes[edge.target]
        return say_node(target) if target.kind == "constant" and not target.names else name_of(target)

    def _say_number(self, edge: Edge) -> str | None:
        """Return the number that an input is; None where it has several elements."""
        value = self._index.value(edge.target, edge.output_nr)
        return say_tensor(value) if value is not None and value.numel == 1 and not value.shape else None

    def _say_received(self, node: Node, pass_index: int) -> str:
        arrivals = [arrival_at(self._index, node.id, output, pass_index) for output in node.outputs]
        words = [say_tensor(arrival.gradient) for arrival in arrivals if arrival.gradient is not None]
        total = listed(_shorten(words, "outputs")) or say("nothing")
        contributions = arrivals[0].contributions if len(arrivals) == 1 else ()
        if len(contributions) < 2:
            return total
        parts = [
            say(
                "{gradient} from {name}",
                gradient=say_tensor(part.gradient),
                name=say_function(self._index.nodes[part.edge.source]),
            )
            for part in contributions
        ]
        return say("{parts}, together {total}", parts=listed(_shorten(parts, "others")), total=total)

    def _say_passed(self, node: Node, edge: Edge, contribution: Tensor, pass_index: int) -> str:
        target = say_function(self._index.nodes[edge.target])
        received = in_pass(node.outputs[0].gradients, pass_index) if len(node.outputs) == 1 else None
        words = say_tensor(contribution)
        multiplier = multiplier_of(node, edge.slot)
        if received is not None and multiplier is not None and holds([multiplier.value], received, contribution):
            same = same_everywhere(received)
            if same is not None:
                product = f"{multiplier.words} × {say_tensor(received).split(' ')[0]} = "
                return say("{gradient} to {name}", gradient=joined([product, words]), name=target)
            return say("{factor} × that, {gradient}, to {name}", factor=multiplier.words, gradient=words, name=target)
        if received is not None and multiplier is None and 1 < received.numel <= MOST_INPUTS:
            factors = multipliers_of(node, edge.slot, received.numel)
            if factors and contribution.shape == received.shape and holds(factors, received, contribution):
                factor = say_values(_nested(factors, received.shape))
                return say("{factor} × that, {gradient}, to {name}", factor=factor, gradient=words, name=target)
        if received is not None and contribution == received and passes_unchanged(node, edge.slot):
            return say("the same to {name}", name=target)
        return say("{gradient} to {name}", gradient=words, name=target)


def _nested(numbers: list[float], shape: list[int]) -> Values:
    """Numbers in one list as the nested lists of a shape."""
    values: list[Values] = list(numbers)
    for size in reversed(shape[1:]):
        values = [values[at : at + size] for at in range(0, len(values), size)]
    return values


def _shorten(words: list[str], what: str) -> list[str]:
    """Return the first few, and how many more there are."""
    if len(words) <= MOST_INPUTS:
        return words
    left = len(words) - MOST_INPUTS
    more = {
        "inputs": say("{count} other inputs", count=left),
        "outputs": say("{count} other outputs", count=left),
        "others": say("others"),
    }
    return [*words[:MOST_INPUTS], more[what]]
