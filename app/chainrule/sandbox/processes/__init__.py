"""The processes of the sandbox, seen from the web process: stem, zygotes, children."""
