"""The tape: records what PyTorch did and gives it as a graph."""

from chainrule.tape.namespace import Namespace
from chainrule.tape.tape import Tape

__all__ = ["Namespace", "Tape"]
