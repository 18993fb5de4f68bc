"""Questions that everybody asks about backward, answered on the person's own graph and numbers."""

from collections.abc import Iterator
from typing import Literal

import numpy as np

from app.graph.explain_index import GraphIndex
from app.graph.explain_math import make_math
from app.graph.explain_names import Names
from app.graph.explain_sentences import in_words
from app.graph.explain_values import array
from app.graph.explanation import Math
from app.graph.formulas.writer import latex_matrix, plain_matrix
from app.graph.model import Data, Graph, Node, Root, Tensor, Variable
from app.graph.total_jacobian import Matrix, total_jacobian

Slug = Literal["why-a-scalar", "gradient-argument", "grad-is-none", "gradient-adds-up"]

WRITTEN_SIZE = 6
"""Rows and columns up to which a matrix is written out."""
LOOKED_AT = 8
"""Leaves among which one is looked for whose whole Jacobian is small."""
MOST_NODES = 300
"""Nodes of a graph above which no whole Jacobian is computed."""
MOST_OF_A_KIND = 3
"""How many variables one question is answered for."""


class Concept(Data):
    """A question with its answer."""

    slug: Slug
    question: str
    paragraphs: list[str]
    math: list[Math]
    nodes: list[str]
    """What to look at."""


def concepts(graph: Graph, pass_index: int = 1) -> list[Concept]:
    """Answer the questions that this graph raises, the most telling first.

    Args:
        graph: the graph.
        pass_index: the pass to take numbers from, counted from 1.
    """
    return list(_Concepts(graph, pass_index).all())


class _Concepts:
    def __init__(self, graph: Graph, pass_index: int) -> None:
        self._index = GraphIndex.of(graph)
        self._names = Names(self._index)
        self._pass_index = pass_index
        self._run = self._index.run(pass_index)

    def all(self) -> Iterator[Concept]:
        """Every answer."""
        roots = self._run.roots if self._run is not None else self._index.graph.roots
        if roots:
            yield self._why_a_scalar(roots[0])
            if self._run is not None and self._size(roots[0]) > 1:
                yield self._gradient_argument(roots[0])
        yield from self._none()
        yield from self._adds_up()

    def _value(self, node: str, output_nr: int = 0) -> Tensor | None:
        output = self._index.output(node, output_nr)
        return output.value if output is not None else None

    def _size(self, root: Root) -> int:
        value = self._value(root.node, root.output_nr)
        return 0 if value is None else value.numel

    def _called(self, node: str, output_nr: int = 0) -> str:
        return self._names.output(node, output_nr).plain.text

    def _leaf(self, root: Root) -> tuple[Node, Matrix | None] | None:
        """The leaf to take as an example: one whose whole Jacobian is known and small, else any that is reached."""
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
                f"{name} is one number. A gradient answers one question for each element of a leaf: by how much does "
                f"this one number grow when that element grows? That is one number for each element, so the gradient "
                f"has the leaf's own shape."
            )
        else:
            paragraphs.append(
                f"{name} has {size} elements. Each of them has a slope of its own for each element of a leaf: a whole "
                f"matrix, the Jacobian. .grad has room for one number for each element of the leaf, not for {size}."
            )
        if example is not None:
            leaf, matrix = example
            nodes.append(leaf.id)
            below = self._value(leaf.id)
            if below is not None:
                paragraphs.append(
                    f"Here the Jacobian of {name} by {self._called(leaf.id)} is {size} by {below.numel}"
                    + (": one row, and that row is the gradient." if size == 1 else ": a row for each element.")
                )
            math += self._jacobian_math(root, leaf, matrix)
        if size != 1:
            paragraphs.append(
                "So PyTorch wants to know how to weigh the rows: reduce to one number first, as with .sum() or "
                ".mean(), or give the weights as backward(gradient=...)."
            )
        return Concept(
            slug="why-a-scalar",
            question="Why must the loss be a scalar?",
            paragraphs=paragraphs,
            math=math,
            nodes=nodes,
        )

    def _jacobian_math(self, root: Root, leaf: Node, matrix: Matrix | None) -> list[Math]:
        if matrix is None or max(matrix.shape) > WRITTEN_SIZE:
            return []
        top, bottom = self._names.output(root.node, root.output_nr), self._names.output(leaf.id, 0)
        latex = rf"\frac{{\partial {top.latex.text}}}{{\partial {bottom.latex.text}}} = {latex_matrix(matrix)}"
        return [make_math(latex, f"∂{top.plain.text}/∂{bottom.plain.text} = {plain_matrix(matrix)}")]

    def _gradient_argument(self, root: Root) -> Concept:
        name, example = self._called(root.node, root.output_nr), self._leaf(root)
        output = self._index.output(root.node, root.output_nr)
        given = array(output.gradients[self._pass_index - 1]) if output is not None else None
        paragraphs = [
            f"It says how much each element of {name} counts. backward computes cotangent times Jacobian: the rows of "
            f"the Jacobian, each times its weight, added up. It is the gradient of the weighted sum of {name}."
        ]
        math, nodes = [], [root.node]
        if given is not None:
            paragraphs.append(self._weights(name, given))
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
                paragraphs.append(f"The weights times the Jacobian of {name} by {self._called(leaf.id)}:")
        return Concept(
            slug="gradient-argument",
            question="What is backward(gradient=...)?",
            paragraphs=paragraphs,
            math=math,
            nodes=nodes,
        )

    def _weights(self, name: str, given: Matrix) -> str:
        flat = given.reshape(-1)
        if (flat == 1).all():
            return f"Here every weight is 1: the result is the gradient of {name}.sum()."
        chosen = np.flatnonzero(flat)
        if len(chosen) == 1 and flat[chosen[0]] == 1:
            return (
                f"Here one weight is 1 and the others are 0: it picks row {chosen[0]} of the Jacobian, counted from 0."
            )
        return "Here the weights are " + in_words(flat.tolist()) + "."

    def _none(self) -> Iterator[Concept]:
        inner = [variable for variable in self._index.graph.variables if self._is_inner(variable)]
        for variable in inner[-MOST_OF_A_KIND:]:
            yield self._inner_none(variable)
        bare = [node for node in self._index.graph.nodes if node.kind == "leaf" and node.no_gradient is not None]
        for node in bare[:MOST_OF_A_KIND]:
            yield self._leaf_none(node)

    def _is_inner(self, variable: Variable) -> bool:
        tensor = variable.tensor
        return tensor is not None and tensor.requires_grad and not tensor.is_leaf and variable.gradient is None

    def _inner_none(self, variable: Variable) -> Concept:
        name = variable.name
        paragraphs = [
            f"{name} was made by an operation, so it is not a leaf. backward passes its gradient on and does not keep "
            f"it: .grad is kept for leaves only, which is where an optimizer needs it."
        ]
        output = self._index.output(variable.node, variable.output_nr) if variable.node is not None else None
        arrived = _in_pass(output.gradients, self._pass_index) if output is not None else None
        if arrived is not None:
            paragraphs.append(f"The gradient was here all the same: {_shown(arrived)}.")
        paragraphs.append(f"To keep it, call {name}.retain_grad() before backward.")
        return Concept(
            slug="grad-is-none",
            question=f"Why is {name}.grad None?",
            paragraphs=paragraphs,
            math=[],
            nodes=[] if variable.node is None else [variable.node],
        )

    def _leaf_none(self, node: Node) -> Concept:
        assert node.no_gradient is not None
        name = node.names[0] if node.names else node.id
        cut = node.no_gradient.node
        at = f" The way is cut at {self._index.nodes[cut].op}." if cut in self._index.nodes else ""
        reasons = {
            "not_reached": "Nothing that backward started from depends on it.",
            "detached": "It is used, but the way from there to the root leaves the graph: detach(), no_grad(), .data "
            "or .item() stands between.",
            "integer": "It holds integers, which have no slope: only floating point and complex tensors get gradients.",
            "no_pass": "No backward pass has run.",
            "zero_path": "Every way from the root multiplies by zero.",
        }
        return Concept(
            slug="grad-is-none",
            question=f"Why did {name} get no gradient?",
            paragraphs=[reasons[node.no_gradient.reason] + at],
            math=[],
            nodes=[node.id] if cut is None else [node.id, cut],
        )

    def _adds_up(self) -> Iterator[Concept]:
        leaves = [node for node in self._index.graph.nodes if node.kind == "leaf"]
        found = [concept for leaf in leaves for concept in (self._over_uses(leaf), self._over_passes(leaf)) if concept]
        yield from found[:MOST_OF_A_KIND]

    def _over_uses(self, leaf: Node) -> Concept | None:
        users = [
            edge
            for edge in self._index.incoming.get((leaf.id, 0), ())
            if _in_pass(edge.contributions, self._pass_index) is not None
        ]
        if len(users) < 2:
            return None
        name = self._called(leaf.id)
        parts = [_in_pass(edge.contributions, self._pass_index) for edge in users]
        shown = " + ".join(_shown(part) for part in parts if part is not None)
        arrived = _in_pass(leaf.outputs[0].gradients, self._pass_index) if leaf.outputs else None
        paragraphs = [
            f"{name} is used {len(users)} times. When it grows a little, each use changes the result, and the changes "
            f"add up: so do the contributions that come back."
        ]
        if arrived is not None and len(users) <= WRITTEN_SIZE:
            paragraphs.append(f"{shown} = {_shown(arrived)}.")
        return Concept(
            slug="gradient-adds-up",
            question=f"Why is the gradient of {name} a sum?",
            paragraphs=paragraphs,
            math=[],
            nodes=[leaf.id, *dict.fromkeys(edge.source for edge in users)],
        )

    def _over_passes(self, leaf: Node) -> Concept | None:
        gradients = leaf.outputs[0].gradients if leaf.outputs else []
        for number in range(1, min(len(gradients), len(leaf.accumulated))):
            before, now, after = leaf.accumulated[number - 1], gradients[number], leaf.accumulated[number]
            if before is None or now is None or after is None or not _is_sum(before, now, after):
                continue
            name = self._called(leaf.id)
            return Concept(
                slug="gradient-adds-up",
                question=f"Why did {name}.grad add up?",
                paragraphs=[
                    f"backward adds to .grad and never replaces it. Pass {number} left {_shown(before)} there, pass "
                    f"{number + 1} computed {_shown(now)}, so {name}.grad is {_shown(after)}.",
                    f"To start afresh, set {name}.grad = None, or call optimizer.zero_grad(), before backward.",
                ],
                math=[],
                nodes=[leaf.id],
            )
        return None


def _is_sum(before: Tensor, now: Tensor, after: Tensor) -> bool:
    """Whether what was there before counts in what is there after."""
    values = [array(tensor) for tensor in (before, now, after)]
    first, second, third = values
    if first is None or second is None or third is None or first.shape != third.shape or not first.any():
        return False
    return second.shape == first.shape and bool(np.allclose(first + second, third, rtol=1e-4, equal_nan=True))


def _in_pass(tensors: list[Tensor | None], pass_index: int) -> Tensor | None:
    return tensors[pass_index - 1] if 0 < pass_index <= len(tensors) else None


def _shown(tensor: Tensor) -> str:
    """A tensor in a sentence: its numbers where they are few, else its shape."""
    value = array(tensor)
    if value is None or value.size > WRITTEN_SIZE or not value.size:
        return f"a tensor of shape {'×'.join(map(str, tensor.shape))}"
    return in_words(value.tolist())
