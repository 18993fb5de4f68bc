"""Why each gradient is what it is: formulas, names, numbers, chains, steps and questions, from the graph alone."""
