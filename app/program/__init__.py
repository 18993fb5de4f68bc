"""From source text to a checked program, or every violation with its place."""
