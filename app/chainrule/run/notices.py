"""What the execution itself has to say of a program: which limit it reached, and what was assumed for it."""

from chainrule.graph.model import Span
from chainrule.limits import Limits
from chainrule.protocol.messages import Fix, Problem
from chainrule.run.roots import RootTensor
from chainrule.words.saying import say


def limit_problem(name: str, limits: Limits, span: Span | None = None) -> Problem:
    """Return the problem that names a limit that was reached, its value, and what to do."""
    slug, title, detail = {
        "wall_seconds": (
            "time-limit",
            say("The program took too long"),
            say(
                "It ran for {wall_seconds} s, which is the limit. The graph shows what was done until "
                "then. Look for a loop that does not end, or do fewer steps.",
                wall_seconds=f"{limits.wall_seconds:g}",
            ),
        ),
        "cpu_seconds": (
            "cpu-limit",
            say("The program used too much processor time"),
            say(
                "It used {cpu_seconds} s of processor time, which is the limit. The graph shows what was "
                "done until then. Look for a loop that does not end, or use smaller tensors.",
                cpu_seconds=f"{limits.cpu_seconds:g}",
            ),
        ),
        "memory_bytes": (
            "memory-limit",
            say("The program ran out of memory"),
            say(
                "It may use {megabytes} MB. The graph shows what was done until then. Use smaller tensors, "
                "or keep fewer of them.",
                megabytes=limits.memory_bytes // 2**20,
            ),
        ),
        "stdout_bytes": (
            "output-limit",
            say("The program printed too much"),
            say(
                "The first {kilobytes} kB of its console output are kept, the rest is left out. Print less.",
                kilobytes=limits.stdout_bytes // 1000,
            ),
        ),
        "nodes": (
            "node-limit",
            say("The graph is too large"),
            say("It may have {nodes} nodes; what came after is left out. Do fewer steps.", nodes=limits.nodes),
        ),
        "records": (
            "record-limit",
            say("The program did too many operations"),
            say(
                "{records} operations are recorded; what came after is left out. Do fewer steps.",
                records=limits.records,
            ),
        ),
        "answer_bytes": (
            "answer-limit",
            say("The result is too large"),
            say(
                "An answer with all its numbers may take {megabytes} MB; what is farthest from the result is left out. "
                "Use smaller tensors, or do fewer steps.",
                megabytes=f"{limits.answer_bytes / 1000000.0:g}",
            ),
        ),
    }[name]
    severity = "notice" if name == "stdout_bytes" else "error"
    return Problem(slug=slug, severity=severity, title=title, detail=detail, span=span)  # type: ignore[arg-type]


def ones_notice(root: RootTensor, span: Span | None) -> Problem:
    """Return the notice for a root that is no scalar and had no gradient given."""
    label = root.name or say("the result")
    shape = list(root.tensor.shape)
    return Problem(
        slug="ones-cotangent",
        severity="notice",
        title=say("The root is not a scalar"),
        detail=say(
            "{label} has shape {shape}, and backward needs to know how much each of its elements "
            "counts. All of them count 1 here, which gives the gradients of {label}.sum(). Give "
            "another gradient to weigh them differently.",
            label=label,
            shape=shape,
        ),
        span=span,
    )


def no_gradient_notice(root: RootTensor | None, span: Span | None, fixes: list[Fix]) -> Problem:
    """Return the notice for a program in which nothing can be differentiated."""
    if root is None:
        detail = say("No tensor of the program was made by an operation that PyTorch differentiates.")
    else:
        detail = say(
            "{root} does not depend on any tensor with requires_grad=True.", root=root.name or say("The result")
        )
        if not (root.tensor.is_floating_point() or root.tensor.is_complex()):
            kind = str(root.tensor.dtype).removeprefix("torch.")
            detail = say(
                "{root} is of type {kind}, and only floating-point tensors have gradients.",
                root=root.name or say("The result"),
                kind=kind,
            )
    return Problem(
        slug="nothing-to-differentiate",
        severity="notice",
        title=say("There is nothing to differentiate"),
        detail=say("{detail} Make a leaf with requires_grad=True and compute from it.", detail=detail),
        span=span,
        fixes=fixes,
    )


def tracing_problem(error: Exception) -> Problem:
    """Return the problem of a program that could not be followed."""
    return Problem(
        slug="tracing-failed",
        severity="error",
        title=say("The graph could not be made"),
        detail=say("Chainrule failed to follow the program. This is a fault of Chainrule, not of the program."),
        message=f"{type(error).__name__}: {error}"[:2000],
    )
