"""What a finished graph is marked with: numbers that stop being finite, zeros, leaves without a gradient."""
