"""The gradient of a leaf as one expression in the program's names, by symbolic backpropagation.

SymPy is imported with the modules here, a third of a second of processor time, so they are imported when somebody asks.
"""
