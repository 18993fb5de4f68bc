"""A single expression

x is defined nowhere, so it becomes an input. Move its slider and watch value and gradient change together.
"""
(2*x**3).sum()/12
