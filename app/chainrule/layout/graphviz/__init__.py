"""Graphviz: what it is asked, how it is run, what it answered."""
