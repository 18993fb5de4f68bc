"""A pool in another process, behind a Unix socket: both ends."""
