"""Where in the program something happened: frames, instructions, iterations of loops."""
