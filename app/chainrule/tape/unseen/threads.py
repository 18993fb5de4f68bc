"""Passes within passes that PyTorch would go on with in a thread of its own, where no thread may be started.

PyTorch runs a pass within a pass on the stack of the one around it, up to 60 of them, and the next one in another
thread. Where the process may have none, PyTorch ends it.

Source: ``MAX_DEPTH`` and ``Engine::add_thread_pool_task`` in ``torch/csrc/autograd/engine.cpp``.
"""

import threading

MOST_DEEP = 60
"""Passes within the outermost that run in the same thread."""


def require_thread(depth: int) -> None:
    """Refuse a pass that would need a thread which cannot be had.

    Args:
        depth: how many passes it is within.

    Raises:
        RuntimeError: that is so.
    """
    if depth <= MOST_DEEP:
        return
    try:
        thread = threading.Thread(target=int)
        thread.start()
    except RuntimeError:
        raise RuntimeError(
            f"backward was called within {depth} other calls of backward: PyTorch goes on in another thread from "
            f"{MOST_DEEP + 1} on, and this process may not start one"
        ) from None
    thread.join()
