"""Python numbers that were read from tensors."""
