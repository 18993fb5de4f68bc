"""Chainrule: see the autograd graph that PyTorch built, with values and gradients on every node."""

__version__ = "0.1.0"
