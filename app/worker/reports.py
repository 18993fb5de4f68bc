"""What the execution itself has to say of a program: which limit it reached, and what was assumed for it."""

from app.graph.model import Span
from app.graph.wire import Problem
from app.limits import Limits
from app.worker.roots import RootTensor


def limit_problem(name: str, limits: Limits, span: Span | None = None) -> Problem:
    """Return the problem that names a limit that was reached, its value, and what to do."""
    slug, title, detail = {
        "wall_seconds": (
            "time-limit",
            "The program took too long",
            f"It ran for {limits.wall_seconds:g} s, which is the limit. The graph shows what was done until then. "
            "Look for a loop that does not end, or do fewer steps.",
        ),
        "cpu_seconds": (
            "cpu-limit",
            "The program used too much processor time",
            f"It used {limits.cpu_seconds:g} s of processor time, which is the limit. The graph shows what was done "
            "until then. Look for a loop that does not end, or use smaller tensors.",
        ),
        "memory_bytes": (
            "memory-limit",
            "The program ran out of memory",
            f"It may use {limits.memory_bytes // 2**20} MB. The graph shows what was done until then. "
            "Use smaller tensors, or keep fewer of them.",
        ),
        "stdout_bytes": (
            "output-limit",
            "The program printed too much",
            f"The first {limits.stdout_bytes // 1000} kB of its console output are kept, the rest is left out. "
            "Print less.",
        ),
        "nodes": (
            "node-limit",
            "The graph is too large",
            f"It may have {limits.nodes} nodes; what came after is left out. Do fewer steps.",
        ),
        "records": (
            "record-limit",
            "The program did too many operations",
            f"{limits.records} operations are recorded; what came after is left out. Do fewer steps.",
        ),
        "answer_bytes": (
            "answer-limit",
            "The result is too large",
            f"The graph with its numbers may take {limits.answer_bytes / 1e6:g} MB. "
            "Use smaller tensors, or do fewer steps.",
        ),
    }[name]
    severity = "notice" if name == "stdout_bytes" else "error"
    return Problem(slug=slug, severity=severity, title=title, detail=detail, span=span)  # type: ignore[arg-type]


def ones_notice(root: RootTensor, span: Span | None) -> Problem:
    """Return the notice for a root that is no scalar and had no gradient given."""
    label = root.name or "the result"
    shape = list(root.tensor.shape)
    return Problem(
        slug="ones-cotangent",
        severity="notice",
        title="The root is not a scalar",
        detail=f"{label} has shape {shape}, and backward needs to know how much each of its elements counts. "
        f"All of them count 1 here, which gives the gradients of {label}.sum(). "
        "Give another gradient to weigh them differently.",
        span=span,
    )


def no_gradient_notice(root: RootTensor | None, span: Span | None) -> Problem:
    """Return the notice for a program in which nothing can be differentiated."""
    if root is None:
        detail = "No tensor of the program was made by an operation that PyTorch differentiates."
    else:
        detail = f"{root.name or 'The result'} does not depend on any tensor with requires_grad=True."
        if not (root.tensor.is_floating_point() or root.tensor.is_complex()):
            kind = str(root.tensor.dtype).removeprefix("torch.")
            detail = f"{root.name or 'The result'} is of type {kind}, and only floating-point tensors have gradients."
    return Problem(
        slug="nothing-to-differentiate",
        severity="notice",
        title="There is nothing to differentiate",
        detail=f"{detail} Make a leaf with requires_grad=True and compute from it.",
        span=span,
    )


def tracing_problem(error: Exception) -> Problem:
    """Return the problem of a program that could not be followed."""
    return Problem(
        slug="tracing-failed",
        severity="error",
        title="The graph could not be made",
        detail="Chainrule failed to follow the program. This is a fault of Chainrule, not of the program.",
        message=f"{type(error).__name__}: {error}"[:2000],
    )
