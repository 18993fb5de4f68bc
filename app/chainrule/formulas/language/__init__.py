"""The small language that formulas are written in: reading, computing and writing it."""
