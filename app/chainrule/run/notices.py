"""What the execution itself has to say of a program: which limit it reached, and what was assumed for it."""

from collections.abc import Mapping, Sequence

from chainrule.diagnose.causes.ended import cause_of
from chainrule.diagnose.requiring import let_require, requiring_names
from chainrule.diagnose.source import SourceText
from chainrule.graph.model import Span
from chainrule.graph.source_text import SourceLines
from chainrule.limits import Limits
from chainrule.problems.limits import KINDS_OF_LIMITS, say_reached
from chainrule.protocol.figures import ALL_POINTS, FIGURES, POINTS, SIDE
from chainrule.protocol.messages import Fix, Problem
from chainrule.run.roots import RootTensor
from chainrule.run.standins.absent import IgnoredImport
from chainrule.tape.graph.ancestry import Ancestry
from chainrule.tape.where.reached import ReachedLoop
from chainrule.words.numbers import say_count
from chainrule.words.quantity import say_quantity
from chainrule.words.saying import joined, listed, say


def limit_problem(name: str, limits: Limits, span: Span | None = None, reached: Sequence[ReachedLoop] = ()) -> Problem:
    """Return the problem that names a limit that was reached, its value, how far the program had come, what to do.

    Args:
        name: the field of the limits.
        limits: what the program was given.
        span: where it was.
        reached: the loops that it stood in, outermost first: at its end, or where the last operation was recorded.
    """
    detail = say_reached(name, limits)
    if reached:
        loops = listed([_say_loop(one) for one in reached])
        told = (
            say("The last operation that is recorded is in {loops}.", loops=loops)
            if name == "records"
            else say("It had come to {loops}.", loops=loops)
        )
        detail = joined([detail, told], " ")
    return Problem.of(KINDS_OF_LIMITS[name].slug, detail, span=span)


def _say_loop(one: ReachedLoop) -> str:
    told = say("iteration {number} of the loop in line {line}", number=say_count(one.number), line=one.line)
    if one.value is not None:
        told = say("{loop} ({name} = {value})", loop=told, name=one.name, value=one.value)
    # Nothing tells the tape that a loop goes round: what recorded nothing was not seen.
    return told if one.is_exact else say("{loop}, of those that did something with tensors", loop=told)


def undiagnosed_problem(limits: Limits) -> Problem:
    """Return the problem of a program whose graph left no time to look for mistakes in it."""
    return Problem.of(
        "graph-time-limit",
        say(
            "The graph is there, but mistakes in it were not looked for: making the answer may take {limit}, less "
            "where the program took much of the processor, and that is over. Do fewer steps.",
            limit=say_quantity(limits.answer_seconds, "s"),
        ),
    )


def ones_notice(root: RootTensor, span: Span | None) -> Problem:
    """Return the notice for a root that is no scalar and had no gradient given."""
    label = root.name or say("the result")
    shape = list(root.tensor.shape)
    return Problem.of(
        "ones-cotangent",
        say(
            "{label} has shape {shape}, and backward needs to know how much each of its elements "
            "counts. All of them count 1 here, which gives the gradients of {summed}. Give "
            "another gradient to weigh them differently.",
            label=label,
            summed=f"{root.name}.sum()" if root.name else say("its sum"),
            shape=shape,
        ),
        span=span,
    )


def cut_figure_notice() -> Problem:
    """Return the notice for a program that drew more than is shown."""
    return Problem.of(
        "figure-thinned",
        say(
            "Figures show up to {points} points of a line and {all} in all, images up to {side} rows and columns, and "
            "there may be {figures} figures. Long lines keep the lowest and highest point of each stretch.",
            points=say_count(POINTS),
            all=say_count(ALL_POINTS),
            side=SIDE,
            figures=FIGURES,
        ),
    )


def ignored_import(ignored: IgnoredImport, syntax: SourceLines) -> Problem:
    """Return the notice of a module that is not here, and that nothing in the program uses."""
    statement = ignored.statement
    assert statement.end_lineno is not None
    assert statement.end_col_offset is not None
    span = syntax.in_characters(statement.lineno, statement.col_offset, statement.end_lineno, statement.end_col_offset)
    fixes = []
    if not statement.col_offset and len(statement.names) == 1:
        fixes.append(Fix(title=say("Leave the import out"), span=span, text=""))
    detail = say("{module} is not here, and nothing in the program uses it.", module=ignored.module)
    return Problem.of("import-ignored", detail, span=span, fixes=fixes)


def no_gradient_notice(
    root: RootTensor | None, span: Span | None, text: SourceText, names: Mapping[str, object], ancestry: Ancestry
) -> Problem:
    """Return the notice for a program in which nothing can be differentiated.

    Args:
        root: the tensor that backward would start from.
        span: where it is made.
        text: the program.
        names: its variables.
        ancestry: where what the root was computed from left the graph.
    """
    ask = say("Make a leaf with requires_grad=True and compute from it.")
    fixes = let_require(text, names, None)
    cause = None if root is None else cause_of(ancestry, text, root.name or say("The result"))
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
    if cause is not None:
        return Problem.of("nothing-to-differentiate", joined([detail, cause.detail], " "), span=cause.span or span)
    if requiring_names(names):
        return Problem.of("nothing-to-differentiate", detail, span=span)
    return Problem.of("nothing-to-differentiate", joined([detail, ask], " "), span=span, fixes=fixes)


def tracing_problem(error: Exception) -> Problem:
    """Return the problem of a program that could not be followed."""
    return Problem.of("tracing-failed", message=f"{type(error).__name__}: {error}"[:2000])
