"""The web process's side of confinement: leases a confined child for each program, with a deadline."""
