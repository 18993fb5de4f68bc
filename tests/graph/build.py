"""Small graphs made by hand, for questions about structure that need no tensor program."""

from collections.abc import Iterable, Sequence

from chainrule.graph import Edge, Graph, Node, NodeKind, Output, Root, Scope, Span, Stats, Tensor

NOTHING = Stats(min=None, max=None, mean=None, std=None, norm=None, nan=0, inf=0, zero=0)


def module(name: str, type_: str = "Block", call: int = 1) -> Scope:
    return Scope(kind="module", name=name, type=type_, call=call)


def function(name: str, call: int = 1) -> Scope:
    return Scope(kind="function", name=name, type=name, call=call)


def iteration(name: str, call: int) -> Scope:
    return Scope(kind="loop", name=name, type="for", call=call)


def tensor(shape: Sequence[int] = ()) -> Tensor:
    return Tensor(
        shape=list(shape),
        dtype="float32",
        requires_grad=True,
        is_leaf=False,
        numel=0,
        values=None,
        stats=NOTHING,
        preview="",
    )


class Builder:
    """Collects nodes and edges; ``graph`` gives the finished value."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []

    def node(
        self,
        op: str = "MulBackward0",
        takes: Iterable[str] = (),
        *,
        kind: NodeKind = "function",
        scope: Sequence[Scope] = (),
        line: int | None = None,
        names: Sequence[str] = (),
        flags: Sequence[str] = (),
        shape: Sequence[int] = (),
    ) -> str:
        """Add a node that takes in the outputs of others, and give its id."""
        key = f"n{len(self.nodes)}"
        span = Span(line=line, column=0, end_line=line, end_column=1) if line else None
        self.nodes.append(
            Node(
                id=key,
                kind=kind,
                op=op,
                names=list(names),
                sequence_nr=len(self.nodes),
                span=span,
                scope=list(scope),
                outputs=[Output(output_nr=0, value=tensor(shape))],
                flags=list(flags),  # type: ignore[arg-type]
            )
        )
        for slot, target in enumerate(takes):
            self.edges.append(
                Edge(
                    id=f"e{len(self.edges)}",
                    kind="gradient" if self.nodes[int(target[1:])].kind in ("function", "leaf") else "value",
                    source=key,
                    slot=slot,
                    target=target,
                    output_nr=0,
                )
            )
        return key

    def leaf(self, name: str, scope: Sequence[Scope] = (), *, parameter: bool = False) -> str:
        flags = ["parameter"] if parameter else []
        return self.node("AccumulateGrad", kind="leaf", names=[name], scope=scope, flags=flags)

    def constant(self) -> str:
        return self.node("constant", kind="constant")

    def graph(self, root: str | None = None) -> Graph:
        last = root or self.nodes[-1].id
        return Graph(nodes=self.nodes, edges=self.edges, roots=[Root(node=last, output_nr=0, name="y")])


def chain(length: int, scope: Sequence[Scope] = ()) -> Graph:
    """A leaf and that many operations, one after the other."""
    made = Builder()
    last = made.leaf("x")
    for _ in range(length):
        last = made.node("MulBackward0", [last], scope=scope)
    return made.graph()
