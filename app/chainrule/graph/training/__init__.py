"""Training loops: series of passes, one pass of a series as a graph, and what is measured over them."""
