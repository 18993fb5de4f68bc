"""The tape: records what PyTorch did and gives it as a graph."""
