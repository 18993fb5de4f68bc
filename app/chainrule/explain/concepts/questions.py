"""Questions that everybody asks about backward, answered on the person's own graph and numbers."""

from collections.abc import Iterator

import numpy as np

from chainrule.explain.concepts.calls import backward_or_grad
from chainrule.explain.concepts.sums import WRITTEN_SIZE, Concept, over_passes, over_uses, told
from chainrule.explain.math import make_math
from chainrule.explain.model import Math
from chainrule.explain.names import FormulaNames, total_derivative
from chainrule.explain.total_jacobian import Matrix, total_jacobian
from chainrule.explain.values import array
from chainrule.formulas import LATEX, PLAIN
from chainrule.formulas.language.writer import latex_matrix, plain_matrix
from chainrule.graph.index import GraphIndex
from chainrule.graph.model import Graph, Node, Root, Variable
from chainrule.words.nodes import name_of
from chainrule.words.saying import joined, say
from chainrule.words.tensors import say_values

LOOKED_AT = 8
"""Leaves among which one is looked for whose whole Jacobian is small."""
MOST_NODES = 300
"""Nodes of a graph above which no whole Jacobian is computed."""
MOST_STEPS_BACK = 8
"""Operations from a scalar root within which a tensor of several elements is looked for."""
MOST_OF_A_KIND = 3
"""How many variables one question is answered for."""


def concepts(graph: Graph | GraphIndex, pass_index: int = 1, source: str = "") -> list[Concept]:
    """Answer the questions that this graph raises, the most telling first.

    Args:
        graph: the graph.
        pass_index: the pass to take numbers from, counted from 1.
        source: the program, by whose text unnamed results are called.
    """
    return list(_Concepts(graph, pass_index, source).all())


class _Concepts:
    def __init__(self, graph: Graph | GraphIndex, pass_index: int, source: str) -> None:
        self._index = GraphIndex.of(graph)
        self._names = FormulaNames(self._index, source)
        self._pass_index = pass_index
        self._run = self._index.run(pass_index)

    def all(self) -> Iterator[Concept]:
        """Yield every answer."""
        roots = self._index.roots(self._pass_index)
        if roots:
            yield self._why_a_scalar(roots[0])
            if self._run is not None and self._size(roots[0]) > 1:
                yield self._gradient_argument(roots[0])
        yield from self._none()
        yield from self._adds_up()
        if self._run is not None and roots:
            yield from backward_or_grad(self._index, self._names, self._run, roots[0])

    def _size(self, root: Root) -> int:
        value = self._index.value(root.node, root.output_nr)
        return 0 if value is None else value.numel

    def _called(self, node: str, output_nr: int = 0) -> str:
        return self._names.output(node, output_nr).plain.text

    def _leaf(self, root: Root) -> tuple[Node, Matrix | None] | None:
        """Return the leaf to take as an example.

        One whose whole Jacobian is known and small, else any that is reached.
        """
        candidates = [node for node in self._index.graph.nodes if node.kind == "leaf"]
        looked_at = candidates[:LOOKED_AT] if len(self._index.graph.nodes) <= MOST_NODES else []
        known = [(node, total_jacobian(self._index, root.node, root.output_nr, node.id)) for node in looked_at]
        small = [(node, matrix) for node, matrix in known if matrix is not None and max(matrix.shape) <= WRITTEN_SIZE]
        reached = [(node, matrix) for node, matrix in known if matrix is not None]
        return next(iter([*small, *reached, *((node, None) for node in candidates)]), None)

    def _why_a_scalar(self, root: Root) -> Concept:
        name, size, example = self._called(root.node, root.output_nr), self._size(root), self._leaf(root)
        paragraphs, math, nodes = [], [], [root.node]
        if size == 1:
            paragraphs.append(
                say(
                    "{name} is one number. A gradient answers one question for each element of a leaf: by "
                    "how much does this one number grow when that element grows? That is one number for each "
                    "element, so the gradient has the leaf's own shape.",
                    name=name,
                )
            )
        else:
            paragraphs.append(
                say(
                    "{name} has {size} elements. Each of them has a slope of its own for each element of a "
                    "leaf: a whole matrix, the Jacobian. .grad has room for one number for each element of "
                    "the leaf, not for {size}.",
                    name=name,
                    size=size,
                )
            )
        if example is not None:
            leaf, matrix = example
            nodes.append(leaf.id)
            below = self._index.value(leaf.id)
            if below is not None:
                paragraphs.append(
                    say(
                        "Here the Jacobian of {name} by {leaf} is {rows} by {columns}",
                        name=name,
                        leaf=self._called(leaf.id),
                        rows=size,
                        columns=below.numel,
                    )
                    + (
                        say(": one row, and that row is the gradient.")
                        if size == 1
                        else say(": a row for each element.")
                    )
                )
            math += self._jacobian_math(root, leaf, matrix)
            if size == 1:
                paragraphs, math = self._without_reduction(root, leaf, paragraphs, math)
        if size != 1:
            paragraphs.append(
                say(
                    "So PyTorch wants to know how to weigh the rows: reduce to one number first, as with "
                    ".sum() or .mean(), or give the weights as backward(gradient=...)."
                )
            )
        return Concept(
            slug="why-a-scalar",
            question=say("Why must the loss be a scalar?"),
            paragraphs=paragraphs,
            math=math,
            nodes=nodes,
        )

    def _without_reduction(
        self, root: Root, leaf: Node, paragraphs: list[str], math: list[Math]
    ) -> tuple[list[str], list[Math]]:
        """Say what would be needed of the last tensor before a scalar root, which has several elements."""
        place = (root.node, root.output_nr)
        for _ in range(MOST_STEPS_BACK):
            value = self._index.value(*place)
            if value is not None and value.numel > 1:
                break
            edges = self._index.outgoing[place[0]]
            if len(edges) != 1:
                return paragraphs, math
            place = (edges[0].target, edges[0].output_nr)
        value, below = self._index.value(*place), self._index.value(leaf.id)
        if value is None or below is None or value.numel < 2 or place[0] == leaf.id:
            return paragraphs, math
        name = self._called(*place)
        told_too = say(
            "{name}, before it became one number, has {size} elements: its Jacobian by {leaf} would be a matrix of "
            "{size} by {columns}, and .grad has no room for that.",
            name=name,
            size=value.numel,
            leaf=self._called(leaf.id),
            columns=below.numel,
        )
        matrix = total_jacobian(self._index, place[0], place[1], leaf.id)
        if matrix is None or max(matrix.shape) > WRITTEN_SIZE:
            return [*paragraphs, told_too], math
        return [*paragraphs, told_too], [*math, self._written(place, leaf, matrix)]

    def _written(self, place: tuple[str, int], leaf: Node, matrix: Matrix) -> Math:
        top, bottom = self._names.output(*place), self._names.output(leaf.id, 0)
        latex = f"{total_derivative(top.latex, bottom.latex, LATEX)} = {latex_matrix(matrix)}"
        return make_math(latex, f"{total_derivative(top.plain, bottom.plain, PLAIN)} = {plain_matrix(matrix)}")

    def _jacobian_math(self, root: Root, leaf: Node, matrix: Matrix | None) -> list[Math]:
        if matrix is None or max(matrix.shape) > WRITTEN_SIZE:
            return []
        return [self._written((root.node, root.output_nr), leaf, matrix)]

    def _gradient_argument(self, root: Root) -> Concept:
        name, example = self._called(root.node, root.output_nr), self._leaf(root)
        given = array(self._index.gradient(root.node, root.output_nr, self._pass_index))
        paragraphs = [
            say(
                "It says how much each element of {name} counts. backward computes cotangent times "
                "Jacobian: the rows of the Jacobian, each times its weight, added up. It is the gradient "
                "of the weighted sum of {name}.",
                name=name,
            )
        ]
        math, nodes = [], [root.node]
        if given is not None:
            paragraphs.append(self._weights(name, given))
        paragraphs.append(
            say(
                "Where {name} is one part of a longer computation that ends in a number L, the weights are "
                "v = ∂L/∂{name}: backward then goes on as if L were the sum of v[i] · {name}[i].",
                name=name,
            )
        )
        if example is not None and example[1] is not None and given is not None:
            leaf, matrix = example
            assert matrix is not None
            nodes.append(leaf.id)
            if max(matrix.shape) <= WRITTEN_SIZE and given.size == matrix.shape[0]:
                row = given.reshape(1, -1)
                with np.errstate(all="ignore"):
                    result = row @ matrix
                parts = (row, matrix, result)
                latex, plain = [latex_matrix(part) for part in parts], [plain_matrix(part) for part in parts]
                math.append(
                    make_math(rf"{latex[0]} \, {latex[1]} = {latex[2]}", f"{plain[0]} @ {plain[1]} = {plain[2]}")
                )
                paragraphs.append(
                    say("The weights times the Jacobian of {name} by {leaf}:", name=name, leaf=self._called(leaf.id))
                )
        return Concept(
            slug="gradient-argument",
            question=say("What is backward(gradient=...)?"),
            paragraphs=paragraphs,
            math=math,
            nodes=nodes,
        )

    def _weights(self, name: str, given: Matrix) -> str:
        flat = given.reshape(-1)
        if (flat == 1).all():
            return say("Here every weight is 1: the result is the gradient of {name}.sum().", name=name)
        chosen = np.flatnonzero(flat)
        if len(chosen) == 1 and flat[chosen[0]] == 1:
            return say(
                "Here one weight is 1 and the others are 0: it picks row {row} of the Jacobian, counted from 0.",
                row=chosen[0],
            )
        return say("Here the weights are {weights}.", weights=say_values(flat.tolist()))

    def _none(self) -> Iterator[Concept]:
        inner = [
            variable
            for variable in self._index.graph.variables
            if self._is_inner(variable) and not is_throwaway(variable.name)
        ]
        for variable in inner[-MOST_OF_A_KIND:]:
            yield self._inner_none(variable)
        bare = [
            node
            for node in self._index.graph.nodes
            if node.kind == "leaf" and node.no_gradient is not None and not is_throwaway(name_of(node))
        ]
        for node in bare[:MOST_OF_A_KIND]:
            yield self._leaf_none(node)

    def _is_inner(self, variable: Variable) -> bool:
        tensor = variable.tensor
        return tensor is not None and tensor.requires_grad and not tensor.is_leaf and variable.gradient is None

    def _inner_none(self, variable: Variable) -> Concept:
        name = variable.name
        paragraphs = [
            say(
                "{name} was made by an operation, so it is not a leaf. backward passes its gradient on "
                "and does not keep it: .grad is kept for leaves only, which is where an optimizer needs "
                "it.",
                name=name,
            )
        ]
        place = None if variable.node is None else (variable.node, variable.output_nr)
        arrived = None if place is None else self._index.gradient(*place, self._pass_index)
        if arrived is not None:
            paragraphs.append(say("The gradient was here all the same: {gradient}.", gradient=told(arrived)))
        paragraphs.append(say("To keep it, call {name}.retain_grad() before backward.", name=name))
        return Concept(
            slug="grad-is-none",
            question=say("Why is {name}.grad None?", name=name),
            paragraphs=paragraphs,
            math=[],
            nodes=[] if variable.node is None else [variable.node],
        )

    def _leaf_none(self, node: Node) -> Concept:
        assert node.no_gradient is not None
        name = name_of(node)
        cut = node.no_gradient.node
        at = say(" The path is cut at {op}.", op=self._index.nodes[cut].op) if cut in self._index.nodes else ""
        reasons = {
            "not_reached": say("Nothing that backward started from depends on it."),
            "detached": say(
                "It is used, but the path from there to the root leaves the graph: detach(), no_grad(), "
                ".data or .item() stands between."
            ),
            "integer": say(
                "It holds integers, which have no slope: only floating point and complex tensors get gradients."
            ),
            "no_pass": say("No backward pass ran to its end."),
            "not_asked": say(
                "The program asked for the gradients of others alone, with autograd.grad or backward(inputs=...)."
            ),
            "zero_path": say("Backward reached an operation on the path to it, but that operation returned None."),
        }
        return Concept(
            slug="grad-is-none",
            question=say("Why did {name} get no gradient?", name=name),
            paragraphs=[joined([reasons[node.no_gradient.reason], at])],
            math=[],
            nodes=[node.id] if cut is None else [node.id, cut],
        )

    def _adds_up(self) -> Iterator[Concept]:
        leaves = [node for node in self._index.graph.nodes if node.kind == "leaf"]
        found = [concept for leaf in leaves for concept in self._sums(leaf) if concept]
        yield from found[:MOST_OF_A_KIND]

    def _sums(self, leaf: Node) -> tuple[Concept | None, Concept | None]:
        name = self._called(leaf.id)
        return over_uses(self._index, name, leaf, self._pass_index), over_passes(name, leaf)


def is_throwaway(name: str) -> bool:
    """Return whether a name says that nobody looks at what it holds: ``_``, ``__``."""
    return not name.strip("_")
