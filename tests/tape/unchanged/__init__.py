"""Random programs, run without the tape and under it: nothing that a program can see differs."""
