"""From source text to a checked program, or every violation with its place."""

from app.program.checked import CheckedProgram, check
from app.program.inputs import validate_gradient

__all__ = ["CheckedProgram", "check", "validate_gradient"]
