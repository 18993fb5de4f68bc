"""The child: confines itself, executes the program on a tape, answers. Started by module name only."""
