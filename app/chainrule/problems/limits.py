"""Limits that a running program can reach, and what was assumed for it."""

from chainrule.limits import LIMITS, Limits
from chainrule.problems.kind import Kind
from chainrule.words.quantity import say_quantity
from chainrule.words.saying import say

_ALL = "All limits, with their values, are at `/api/v1/limits`; whoever runs the service sets them."

KINDS = (
    Kind(
        "time-limit",
        "The program took too long",
        "It ran into the limit on the time that a program may run.",
        ("Look for a loop that does not end, or do fewer steps. What was recorded until then is shown.", _ALL),
        "while True:\n    pass\n",
    ),
    Kind(
        "cpu-limit",
        "The program used too much processor time",
        "It ran into the limit on processor time.",
        ("Use smaller tensors, or do fewer steps: a graph of three steps shows what one of three thousand does.", _ALL),
    ),
    Kind(
        "memory-limit",
        "The program ran out of memory",
        "It asked for more memory than one program may have.",
        ("A tensor of float32 takes four bytes for each element, and the graph keeps what backward needs.", _ALL),
        "x = torch.ones(100_000, 100_000)\n",
    ),
    Kind(
        "output-limit",
        "The program printed too much",
        "The first part of its console output is kept, the rest is left out.",
        (_ALL,),
        severity="notice",
    ),
    Kind("node-limit", "The graph is too large", "It has more nodes than are kept.", ("Do fewer steps.", _ALL)),
    Kind(
        "record-limit",
        "The program did too many operations",
        "It did more operations than are recorded.",
        ("Do fewer steps, or use one operation on a whole tensor where a loop goes through its elements.", _ALL),
    ),
    Kind(
        "answer-limit",
        "The result is too large",
        "The graph with its numbers is larger than an answer may be, so what is farthest from the result is left out.",
        ("Use smaller tensors, or do fewer steps.", _ALL),
    ),
    Kind(
        "graph-time-limit",
        "Making the graph took too long",
        "The program is over, but putting together what it did ran into the limit on the time for that, so what is "
        "nearest to the result is shown.",
        ("Do fewer steps, or use smaller tensors.", _ALL),
    ),
    Kind(
        "forbidden-call",
        "The program tried to leave the sandbox",
        "It asked the operating system for something that no program may do here, and was ended for it.",
        ("Programs have no files, no network and no processes.",),
    ),
    Kind(
        "crash",
        "The program crashed its process",
        "Its process ended before there was an answer; only this program was harmed.",
        ("Where PyTorch itself failed, it was in the last operation: its arguments may be out of range.",),
    ),
    Kind(
        "interrupted",
        "The run was interrupted",
        "The sandbox was restarted, or did not answer, while the program ran.",
        ("The program is not at fault: run it again.",),
    ),
    Kind(
        "answer-invalid",
        "The result cannot be trusted",
        "The program's process sent something that is not a proper answer.",
        ("Nothing of it is shown. A program that does nothing unusual never meets this.",),
    ),
    Kind(
        "tracing-failed",
        "The graph could not be made",
        "Chainrule failed to follow the program. This is a fault of Chainrule, not of the program.",
        ("Please report it, with the program.",),
    ),
    Kind(
        "ones-cotangent",
        "The root is not a scalar",
        "Backward was started with ones, which gives the gradients of the sum of the root's elements.",
        (
            "Backward computes a vector-Jacobian product: for each element of the root it must know how much that "
            "element counts. For a scalar this is 1. For anything larger it is a choice, and ones are the plainest: "
            "the result is the gradient of `root.sum()`.",
            "Give `gradient` in the request, or end the program with a scalar, to choose yourself.",
        ),
        "x = tensor([1., 2., 3.], requires_grad=True)\nx**2\n",
        "x = tensor([1., 2., 3.], requires_grad=True)\n(x**2).sum()\n",
        severity="notice",
    ),
    Kind(
        "nothing-to-differentiate",
        "There is nothing to differentiate",
        "No tensor of the program depends on a leaf with `requires_grad=True`.",
        ("PyTorch records a graph only from leaves that ask for it: make one with `requires_grad=True`.",),
        "x = tensor([1., 2., 3.])\n(x**2).sum()\n",
        "x = tensor([1., 2., 3.], requires_grad=True)\n(x**2).sum()\n",
        severity="notice",
    ),
)

_BY_SLUG = {kind.slug: kind for kind in KINDS}

KINDS_OF_LIMITS: dict[str, Kind] = {
    name: _BY_SLUG[slug]
    for name, slug in {
        "wall_seconds": "time-limit",
        "cpu_seconds": "cpu-limit",
        "memory_bytes": "memory-limit",
        "stdout_bytes": "output-limit",
        "nodes": "node-limit",
        "records": "record-limit",
        "answer_bytes": "answer-limit",
        "answer_seconds": "graph-time-limit",
    }.items()
}
"""The kind of problem of each limit that a running program can reach."""


def say_reached(name: str, limits: Limits) -> str:
    """Return what is said of a program that reached a limit, and was recorded until then.

    Args:
        name: a key of `KINDS_OF_LIMITS`.
        limits: what the program was given.
    """
    limit = _worded(name, limits)
    return {
        "wall_seconds": say(
            "It ran for {limit}, which is the limit. The graph shows what was done until "
            "then. Look for a loop that does not end, or do fewer steps.",
            limit=limit,
        ),
        "cpu_seconds": say(
            "It used {limit} of processor time, which is the limit. The graph shows what was "
            "done until then. Look for a loop that does not end, or use smaller tensors.",
            limit=limit,
        ),
        "memory_bytes": say(
            "It may use {limit}. The graph shows what was done until then. Use smaller tensors, or keep fewer of them.",
            limit=limit,
        ),
        "stdout_bytes": say(
            "The first {limit} of its console output are kept, the rest is left out. Print less.", limit=limit
        ),
        "nodes": say(
            "It may have {limit} nodes; what is farthest from the result is left out. Do fewer steps.", limit=limit
        ),
        "records": say("{limit} operations are recorded; what came after is left out. Do fewer steps.", limit=limit),
        "answer_seconds": say(
            "The program is over, and its graph may take {limit} to be made, less where the program took much of the "
            "processor; what is farthest from the result is left out. Do fewer steps, or use smaller tensors.",
            limit=limit,
        ),
        "answer_bytes": say(
            "An answer with all its numbers may take {limit}; what is farthest from the result is left out. "
            "Use smaller tensors, or do fewer steps.",
            limit=limit,
        ),
    }[name]


def say_killed(name: str, limits: Limits) -> str:
    """Return what is said of a program that did not stop at a limit, and of which there is no answer.

    Args:
        name: "wall_seconds" or "cpu_seconds", or "answer_seconds" of one that was over itself.
        limits: what the program was given.
    """
    limit = _worded(name, limits)
    if name == "answer_seconds":
        return say(
            "The program is over, and its graph may take {limit} to be made, less where the program took much of the "
            "processor; it was not done by then, so there is none. Do fewer steps, or use smaller tensors.",
            limit=limit,
        )
    return say(
        "It went on after {limit}, which is the limit, did not stop when it was told to, and was killed, so there is "
        "no graph. A single operation cannot be stopped: use smaller tensors, or do fewer steps.",
        limit=limit,
    )


def _worded(name: str, limits: Limits) -> str:
    return say_quantity(getattr(limits, name), LIMITS[name].unit)
