"""The figures that a program draws, recorded call by call within the bounds of the protocol."""
