"""From source text to a checked program, or every violation with its place."""

from chainrule.program.checked import CheckedProgram, check
from chainrule.program.inputs import validate_gradient

__all__ = ["CheckedProgram", "check", "validate_gradient"]
