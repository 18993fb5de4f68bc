"""What a picture shows of a graph: which scopes are folded, which boxes and lines are left."""
