"""What the inspector says about a fold: what is inside, what goes in and out, and what stands out in there."""

from dataclasses import dataclass

from chainrule.errors import ViewInvalidError
from chainrule.graph import Flag, Graph, Node, Scope, Tensor
from chainrule.graph.index import GraphIndex, in_pass
from chainrule.render import ViewOptions
from chainrule.render.picture.compose import scene_of
from chainrule.scene.model import Fold
from chainrule.words.nodes import say_node

MOST_LISTED = 60
"""Nodes inside a fold that are listed one by one."""
STANDS_OUT: tuple[Flag, ...] = ("first_nan", "first_inf", "first_nan_gradient", "first_inf_gradient", "no_gradient")


@dataclass(frozen=True, slots=True)
class Member:
    """A node in or beside a fold."""

    id: str
    name: str
    value: Tensor | None
    gradient: Tensor | None
    """Of the pass that is shown."""
    flags: tuple[Flag, ...]
    """What stands out about it."""


@dataclass(frozen=True, slots=True)
class FoldShown:
    """All that the inspector shows of a fold."""

    path: str
    title: str
    scope: Scope | None
    """The module or function, where the fold is one."""
    repeat: int
    pass_index: int | None
    operations: int
    inputs: tuple[Member, ...]
    outputs: tuple[Member, ...]
    parameters: tuple[Member, ...]
    inside: tuple[Member, ...]
    """The operations."""
    left_out: int
    """Operations that are not listed."""
    alarms: tuple[Member, ...]
    """The nodes inside that stand out."""


def fold_shown(graph: Graph | GraphIndex, options: ViewOptions, box: str, pass_index: int | None) -> FoldShown | None:
    """Gather what the inspector shows of a fold.

    Args:
        graph: of the program.
        options: of the picture, which say what is folded.
        box: the fold's id in that picture.
        pass_index: counted from 1; None where no pass ran.

    Returns:
        The fold, or None where the picture has no such fold.
    """
    index = GraphIndex.of(graph)
    try:
        scene = scene_of(index, options)
    except ViewInvalidError:
        return None
    fold = next((one.fold for one in scene.boxes if one.id == box), None)
    return None if fold is None else _shown(index, fold, pass_index)


def _shown(index: GraphIndex, fold: Fold, pass_index: int | None) -> FoldShown:
    nodes = index.nodes
    prefix = f"{fold.scope.name}." if fold.scope else "."

    def members(ids: tuple[str, ...]) -> tuple[Member, ...]:
        return tuple(_member(nodes[key], prefix, pass_index) for key in ids)

    operations = tuple(key for key in fold.members if nodes[key].kind in ("function", "detached"))
    marked = tuple(key for key in fold.members if not set(STANDS_OUT).isdisjoint(nodes[key].flags))
    is_module = fold.scope is not None and fold.scope.kind == "module"
    return FoldShown(
        path=fold.path,
        title=fold.scope.name if fold.scope and is_module else fold.label,
        scope=fold.scope if is_module else None,
        repeat=fold.repeat,
        pass_index=pass_index,
        operations=len(operations),
        inputs=members(tuple(key for key in fold.inputs if nodes[key].kind != "constant")[:MOST_LISTED]),
        outputs=members(fold.outputs[:MOST_LISTED]),
        parameters=members(fold.parameters[:MOST_LISTED]),
        inside=members(operations[:MOST_LISTED]),
        left_out=max(0, len(operations) - MOST_LISTED),
        alarms=members(marked[:MOST_LISTED]),
    )


def _member(node: Node, prefix: str, pass_index: int | None) -> Member:
    output = node.outputs[0] if node.outputs else None
    gradient = in_pass(output.gradients, pass_index) if output else None
    flags = tuple(flag for flag in STANDS_OUT if flag in node.flags)
    return Member(node.id, say_node(node).removeprefix(prefix), output.value if output else None, gradient, flags)
