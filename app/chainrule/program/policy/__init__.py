"""What a program may name, and why not."""
