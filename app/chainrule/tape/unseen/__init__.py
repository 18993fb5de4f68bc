"""What keeps the tape out of the sight of the program that it records."""
