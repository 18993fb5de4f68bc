"""The open files of a child: its one socket, and /dev/null in the place of the standard streams."""

import os


def close_all_but(keep: int, null: int, *for_now: int) -> str:
    """Close everything but one descriptor, and point the standard streams at /dev/null.

    Args:
        keep: the socket to the web process; it must be above the standard streams.
        null: a descriptor of /dev/null.
        for_now: what the confinement itself still reads, and closes.
    """
    for stream in (0, 1, 2):
        os.dup2(null, stream, inheritable=False)
    start = 3
    for kept in sorted({keep, *for_now}):
        os.closerange(start, kept)
        start = max(start, kept + 1)
    os.closerange(start, 65_536)
    return f"one socket ({keep}); streams on {os.devnull}"


def prefer_to_be_killed() -> str:
    """Be the first to go when the machine runs out of memory.

    Raises:
        OSError: there is no /proc.
    """
    with open("/proc/self/oom_score_adj", "w") as score:
        score.write("1000")
    return "first to be killed when memory runs out"
