"""From a graph to positions: label text and sizes, DOT, the Graphviz engine."""
