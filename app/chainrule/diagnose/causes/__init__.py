"""Root causes, found by walking back: what ended a graph, what carried an old graph over."""
