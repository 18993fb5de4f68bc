"""Graphs made by hand with tensors of torch, for pictures."""

import math
from collections.abc import Sequence

import torch
from chainrule.graph.history import EMPTY, History
from chainrule.graph.model import (
    Complex,
    Edge,
    Graph,
    Node,
    Number,
    Output,
    Pass,
    Root,
    Scope,
    Span,
    Stats,
    Tensor,
    Values,
)


def number(value: complex | float | int | bool) -> Number:
    if isinstance(value, complex):
        return Complex(re=number(value.real), im=number(value.imag))
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    return value


def nested(values: object) -> Values:
    return [nested(v) for v in values] if isinstance(values, list) else number(values)  # type: ignore[arg-type]


def tensor(value: object, *, requires_grad: bool = True, limit: int = 1024) -> Tensor:
    data = torch.as_tensor(value).detach()
    weights = data.abs() if data.is_complex() else data.double()
    finite = weights[torch.isfinite(weights)].flatten().double()
    some = finite.numel() > 0
    small = data.numel() <= limit
    return Tensor(
        shape=list(data.shape),
        dtype=str(data.dtype).removeprefix("torch."),
        requires_grad=requires_grad,
        is_leaf=False,
        numel=data.numel(),
        values=nested(data.tolist()) if small else None,
        stats=Stats(
            min=finite.min().item() if some else None,
            max=finite.max().item() if some else None,
            mean=finite.mean().item() if some else None,
            std=finite.std(correction=0).item() if some else None,
            norm=finite.norm().item() if some else None,
            nan=int(torch.isnan(weights).sum()),
            inf=int(torch.isinf(weights).sum()),
            zero=int((weights == 0).sum()),
            histogram=None if small or not some else [int(c) for c in torch.histc(finite, 16).tolist()],
        ),
        preview=str(data)[:60],
    )


class Builder:
    """Collects nodes and edges; ``graph`` gives the finished value."""

    def __init__(self, passes: int = 1) -> None:
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []
        self.passes = passes

    def add(
        self,
        op: str,
        takes: Sequence[str | tuple[str, object] | tuple[str, object, int]] = (),
        value: object = None,
        *gradients: object,
        kind: str = "function",
        names: Sequence[str] = (),
        flags: Sequence[str] = (),
        scope: Sequence[Scope] = (),
        span: tuple[int, int, int] | None = None,
        outputs: Sequence[tuple[object, object]] = (),
        accumulated: Sequence[object] = (),
        saved: dict[str, object] | None = None,
    ) -> str:
        """Add a node that takes the outputs of others, each with what its edge carried, and give its id."""
        key = f"n{len(self.nodes)}"
        pairs = outputs or [(value, gradients[0] if gradients else None)]
        made = [
            Output(
                output_nr=nr,
                value=None if v is None else tensor(v),
                gradients=self._passes(g if outputs else gradients),
            )
            for nr, (v, g) in enumerate(pairs)
        ]
        self.nodes.append(
            Node(
                id=key,
                kind=kind,  # type: ignore[arg-type]
                op=op,
                names=list(names),
                sequence_nr=len(self.nodes),
                span=Span(line=span[0], column=span[1], end_line=span[0], end_column=span[2]) if span else None,
                scope=list(scope),
                outputs=made,
                flags=list(flags),  # type: ignore[arg-type]
                accumulated=History((number, tensor(a)) for number, a in enumerate(accumulated, 1) if a is not None),
                saved=saved or {},  # type: ignore[arg-type]
            )
        )
        for slot, take in enumerate(takes):
            target, *rest = take if isinstance(take, tuple) else (take, None)
            carried = rest[0] if rest else None
            flows = self.nodes[int(target[1:])].kind in ("function", "leaf") and kind == "function"
            self.edges.append(
                Edge(
                    id=f"e{len(self.edges)}",
                    kind="gradient" if flows else "value",
                    source=key,
                    slot=slot,
                    target=target,
                    output_nr=int(rest[1]) if len(rest) > 1 else 0,  # type: ignore[call-overload]
                    contributions=self._passes((carried,)) if flows else EMPTY,
                )
            )
        return key

    def _passes(self, given: object) -> History:
        several = given if isinstance(given, tuple) else (given,)
        made = [(number, tensor(g)) for number, g in enumerate(several[: self.passes], 1) if g is not None]
        return History(made)

    def leaf(self, name: str, value: object, *gradients: object, parameter: bool = False, **more: object) -> str:
        flags = ["parameter"] if parameter else []
        return self.add("AccumulateGrad", (), value, *gradients, kind="leaf", names=[name], flags=flags, **more)  # type: ignore[arg-type]

    def constant(self, value: object, names: Sequence[str] = ()) -> str:
        return self.add("constant", (), value, kind="constant", names=names)

    @staticmethod
    def scopes(name: str) -> list[Scope]:
        return [Scope(kind="module", name=name, type=name, call=1)]

    def graph(self, root: str | None = None) -> Graph:
        last = root or self.nodes[-1].id
        roots = [Root(node=last, output_nr=0, name="z")]
        order = [node.id for node in reversed(self.nodes) if node.kind in ("function", "leaf")]
        passes = [
            Pass(index=i + 1, call="backward", roots=roots, span=None, order=order, accumulated={})
            for i in range(self.passes)
        ]
        return Graph(nodes=self.nodes, edges=self.edges, roots=roots, passes=passes)


SEED_SOURCE = "g = 2*(x**3)\nz = g.sum()/12\n"


def seed_graph() -> Graph:
    """The sum of cubes, with gradients from torch itself."""
    x = torch.tensor([[0.4490, -0.7287, -1.2367], [1.0262, 0.3886, -1.2934], [0.2356, -1.5048, 0.1285]])
    x.requires_grad_()
    p = x**3
    g = 2 * p
    s = g.sum()
    z = s / 12
    for t in (p, g, s, z):
        t.retain_grad()
    z.backward()
    made = Builder()
    a = made.leaf("x", x, x.grad)
    c3 = made.constant(3)
    b = made.add("PowBackward0", [(a, x.grad), c3], p, p.grad, span=(1, 7, 11))
    c2 = made.constant(2)
    c = made.add("MulBackward0", [(b, p.grad), c2], g, g.grad, names=["g"], span=(1, 4, 12))
    d = made.add("SumBackward0", [(c, g.grad)], s, s.grad, span=(2, 4, 11))
    c12 = made.constant(12)
    made.add("DivBackward0", [(d, s.grad), c12], z, z.grad, names=["z"], flags=["root"], span=(2, 4, 14))
    return made.graph()
