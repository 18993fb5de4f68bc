"""The figures that a program drew, as SVG."""
