"""What a closed form says, as data."""

from chainrule.explain.model import Math
from chainrule.graph.model import Data, Number
from chainrule.words.saying import Words


class ClosedForm(Data):
    """The gradient of one leaf as an expression, or why it is not shown."""

    node: str
    """The leaf."""
    name: str
    """What the program calls it."""
    gradient: Math | None
    """``dz/dx = x**2/2``: what stands left of it, and the expression."""
    chain: Math | None
    """The chain from name to name, where one leads from the root to the leaf: ``dz/dg · dg/dx = 1/12 · 6x²``."""
    latex: str | None
    """The expression in LaTeX."""
    text: str | None
    """The expression as SymPy prints it."""
    numbers: list[Number] | None
    """What the expression gives for each element of the leaf, in row-major order."""
    autograd: list[Number] | None
    """What autograd computed."""
    equals_autograd: bool
    """Whether both are the same; where they are not, no expression is told."""
    largest_error: float | None
    """The largest difference between them; None where there is nothing to compare."""
    reason: Words
    """Why there is no closed form; empty where there is one."""
