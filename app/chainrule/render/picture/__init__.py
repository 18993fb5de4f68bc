"""A whole picture: cards, lines, frames, legend, its words."""
