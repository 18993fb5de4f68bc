"""What tensors held: their elements as an array, and what is told of them, made when it is asked for.

A client of the REST API reads graphs without NumPy: only ``elements`` and what makes something of them import it.
"""

from chainrule.graph.tensors.references import TensorField
from chainrule.graph.tensors.tensor import Tensor

__all__ = ["Tensor", "TensorField"]
