"""Graphs in other people's documents: Sphinx, MkDocs, Jupyter, Quarto."""
