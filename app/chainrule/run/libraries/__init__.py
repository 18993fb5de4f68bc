"""What is different in PyTorch and NumPy while a program runs in the sandbox, and put back afterwards."""
