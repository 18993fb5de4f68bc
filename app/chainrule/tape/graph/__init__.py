"""From what was recorded to the graph as data."""
