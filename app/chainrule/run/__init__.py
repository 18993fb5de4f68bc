"""Executes a program on a tape: in a confined child, or for its owner."""
