"""What tensors held, and how that is told as data."""
