"""What an explanation of a node says, as data."""

from chainrule.graph.model import Data, Number
from chainrule.words.saying import Words


class Math(Data):
    """A formula, for a page and for a person who wants its source."""

    latex: str
    mathml: str
    """A ``<math>`` element that holds MathML only; safe to put into a page as it is."""
    text: str
    """The same in plain characters."""


class JacobianExplanation(Data):
    """The local Jacobian of an edge, and what the cotangent makes of it."""

    rows: list[str]
    """What each row belongs to: an element of the node's output, "y[0, 1]"."""
    columns: list[str]
    """What each column belongs to: an element of the target's output."""
    values: list[list[Number]]
    product: Math | None
    """Cotangent times Jacobian is the contribution, written out where it is small."""
    sentence: Words


class EdgeExplanation(Data):
    """Why an edge carried what it carried."""

    edge: str
    slot: int
    target: str
    name: str
    """What the target's output is called in the formulas."""
    argument: str | None
    """PyTorch's name for the input."""
    symbolic: Math | None
    """The contribution in the names of the program."""
    local: Math | None
    """The local derivative alone, for operators that work element by element."""
    numbers: Math | None
    """The same with the real numbers, at ``element``."""
    element: list[int] | None
    """Which element of the contribution the numbers are of; empty for a scalar, None where there are no numbers."""
    sentence: Words
    """What happened in this pass, in plain words."""
    no_jacobian: Words | None
    """Why there is none, where a reason is known."""
    jacobian: JacobianExplanation | None
    """None where the tensors are not small or are complex, and where the node runs code of the program's."""


class CotangentExplanation(Data):
    """Where the gradient that arrived at an output came from."""

    output_nr: int
    sum: Math | None
    """The contributions with their sum, in numbers, at ``element``."""
    element: list[int] | None
    sentence: Words
    hooked: bool = False
    """Whether it is not what its uses passed: a hook changed it."""


class Explanation(Data):
    """Why the gradients at a node are what they are, in one pass."""

    node: str
    pass_index: int
    title: Words
    """What a person calls the operator."""
    sentence: Words
    """What the node did in this pass."""
    note: Words
    """What to keep in mind about the operator; empty where there is nothing to say."""
    forward: Math | None
    forward_numbers: Math | None
    cotangents: list[CotangentExplanation]
    edges: list[EdgeExplanation]
    formula: str | None
    """PyTorch's own words for the derivative."""
