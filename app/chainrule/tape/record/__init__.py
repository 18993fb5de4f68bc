"""What is recorded while the program runs: operations, names, modules, passes."""
