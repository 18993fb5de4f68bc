"""The questions that everybody asks about backward, answered on the graph at hand."""
