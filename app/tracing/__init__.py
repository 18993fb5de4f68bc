"""The tape: records what PyTorch did and gives it as a graph."""

from app.tracing.namespace import Namespace
from app.tracing.tape import Tape

__all__ = ["Namespace", "Tape"]
