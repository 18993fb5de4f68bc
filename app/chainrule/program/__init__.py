"""From source text to a checked program, or every violation with its place."""

from chainrule.program.checked import CheckedProgram, check

__all__ = ["CheckedProgram", "check"]
