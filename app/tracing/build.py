"""From what was recorded to the graph as data."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from app.graph import Edge, Flag, Graph, Node, NodeKind, Output, Pass, Root, Saved, Tensor, Variable
from app.limits import Limits
from app.tracing.derivatives import formula_of
from app.tracing.describer import Describer
from app.tracing.joins import Constant, Join, Joined, Joiner, Key
from app.tracing.names import Names
from app.tracing.order import forward_order
from app.tracing.passes import Arrival, PassRecord, Watcher
from app.tracing.recorder import Record, Recorder, Value
from app.tracing.scopes import scopes
from app.tracing.snapshot import Snapshot
from app.tracing.spans import Spans
from app.tracing.walk import is_leaf

Place = tuple[Any, int]


class Build:
    """Builds one graph.

    Args:
        recorder: what was recorded.
        watcher: what Nodes had saved.
        passes: the runs of backward.
        names: the program's names.
        spans: looks up places in the source.
        limits: what is listed and kept.
        roots: outputs to show, with a name where one was given.
        variables: the program's variables at its end.
    """

    def __init__(
        self,
        recorder: Recorder,
        watcher: Watcher,
        passes: Sequence[PassRecord],
        names: Names,
        spans: Spans,
        limits: Limits,
        roots: Sequence[tuple[Place, str | None]],
        variables: Mapping[str, object],
    ) -> None:
        self._recorder = recorder
        self._watcher = watcher
        self._passes = passes
        self._names = names
        self._spans = spans
        self._variables = variables
        self._describer = Describer(limits.graph_elements)
        nodes, self.truncated = watcher.look([*(place[0] for place, _ in roots), *self._pass_roots()])
        self._leaf_of = self._one_node_for_each_leaf(nodes)
        nodes = [node for node in nodes if self._leaf_of.get(node, node) is node]
        by_sequence = recorder.recorded.by_sequence
        records = {
            node: by_sequence[node._sequence_nr()]
            for node in nodes
            if not is_leaf(node) and node._sequence_nr() in by_sequence
        }
        leaf_values = {node: recorder.value_of(node.variable) for node in nodes if is_leaf(node)}
        self._joiner = Joiner(nodes, records, leaf_values, limits.nodes)
        self._joined: Joined = self._joiner.join()
        self.truncated = self.truncated or self._joined.truncated
        self._keys = forward_order(self._joined, self._edges_of)
        self._ids = {key: f"n{index}" for index, key in enumerate(self._keys)}
        self._roots = self._named_roots(roots)

    def graph(self) -> Graph:
        """Give the graph."""
        root_places = {(root.node, root.output_nr) for root in self._roots}
        nodes = [self._node(key, root_places) for key in self._keys]
        edges = [*self._gradient_edges(), *self._value_edges()]
        return Graph.model_construct(
            nodes=nodes,
            edges=[edge.model_copy(update={"id": f"e{index}"}) for index, edge in enumerate(edges)],
            roots=self._roots,
            passes=[self._pass(index, record) for index, record in enumerate(self._passes, start=1)],
            variables=[
                self._variable(name, value) for name, value in self._variables.items() if not name.startswith("__")
            ],
        )

    def values(self, node_id: str) -> list[torch.Tensor | None]:
        """Give the kept values of a node, by output number."""
        outputs = self._outputs(self._key(node_id))
        return [
            None if (found := outputs.get(number)) is None else found.kept
            for number in range(max(outputs, default=-1) + 1)
        ]

    def gradients(self, node_id: str, index: int) -> list[torch.Tensor | None]:
        """Give the kept cotangents of a node in one pass, by output number."""
        key = self._key(node_id)
        arrived = {
            number: arrival.snapshot.kept
            for (node, number), arrival in self._passes[index - 1].cotangents.items()
            if self._leaf_of.get(node, node) is key
        }
        return [arrived.get(number) for number in range(max(arrived, default=-1) + 1)]

    def _key(self, node_id: str) -> Key:
        return self._keys[int(node_id.removeprefix("n"))]

    def _pass_roots(self) -> list[Any]:
        return [node for record in self._passes for node, _ in record.roots]

    def _one_node_for_each_leaf(self, nodes: list[Any]) -> dict[Any, Any]:
        # A leaf gets a new AccumulateGrad when all graphs that used the old one are gone.
        first: dict[int, Any] = {}
        return {node: first.setdefault(id(node.variable), node) for node in nodes if is_leaf(node)}

    def _named_roots(self, roots: Sequence[tuple[Place, str | None]]) -> list[Root]:
        found: dict[tuple[str, int], Root] = {}
        for (node, output_nr), name in roots:
            key = self._leaf_of.get(node, node)
            names = [name] if name is not None else self._names_of(key, output_nr)
            place = (self._ids[key], output_nr)
            root = Root.model_construct(node=place[0], output_nr=output_nr, name=names[0] if names else None)
            found.setdefault(place, root)
        return list(found.values())

    def _names_of(self, key: Key, output_nr: int | None = None) -> list[str]:
        if isinstance(key, Value):
            tensor = key.reference()
            return [] if tensor is None else self._names.of_tensor(tensor)
        if isinstance(key, Constant):
            return []
        if isinstance(key, Record):
            found = [value.reference() for value in key.outputs if value is not None]
            return [name for tensor in found if tensor is not None for name in self._names.of_tensor(tensor)]
        if is_leaf(key):
            return self._names.of_tensor(key.variable)
        numbers = sorted(self._output_numbers(key)) if output_nr is None else [output_nr]
        return list(
            dict.fromkeys(name for number in numbers for name in self._names.of_node(key._sequence_nr(), number))
        )

    def _output_numbers(self, node: Any) -> set[int]:
        return self._joined.used.get(node, set()) | {0}

    def _outputs(self, key: Key) -> dict[int, Snapshot]:
        """Give what is known of a node's outputs by their number."""
        if isinstance(key, Value):
            return {0: key.snapshot}
        if isinstance(key, Constant):
            return {}
        if isinstance(key, Record):
            return {value.index: value.snapshot for value in key.outputs if value is not None}
        if is_leaf(key):
            return {0: self._joined.leaf_values[key].snapshot}
        record = self._joined.records.get(key)
        if record is None:
            return {}
        sequence = key._sequence_nr()
        made = [value for value in (*record.outputs, record.base) if value is not None]
        known = {value.output_nr: value.snapshot for value in made if value.sequence == sequence}
        return known or {value.index: value.snapshot for value in record.outputs if value is not None}

    def _node(self, key: Key, roots: set[tuple[str, int]]) -> Node:
        record = key if isinstance(key, Record) else key.record if isinstance(key, Value) else self._record_of(key)
        ident = self._ids[key]
        flags: list[Flag] = ["root"] if any(node == ident for node, _ in roots) else []
        kind: NodeKind
        sequence: int | None
        if not isinstance(key, Record | Value | Constant) and is_leaf(key):
            kind, op, sequence = "leaf", "AccumulateGrad", None
            if self._names.parameter_path(key.variable) is not None or isinstance(key.variable, torch.nn.Parameter):
                flags.append("parameter")
        elif isinstance(key, Record):
            kind, op, sequence = "detached", f"{key.op.namespace}.{key.op._schema.name.split('::')[-1]}", None
        elif isinstance(key, Value | Constant):
            kind, op, sequence = "constant", "constant", None
        else:
            kind, op, sequence = "function", key.name(), key._sequence_nr() - self._recorder.start
        if record is not None and record.before is not None and kind == "function":
            flags.append("in_place")
        if isinstance(key, torch.autograd.function.BackwardCFunction):
            flags.append("custom")
        return Node.model_construct(
            id=ident,
            kind=kind,
            op=op,
            names=self._names_of(key),
            sequence_nr=sequence,
            span=None if record is None else self._spans.innermost(record.place),
            calls=[] if record is None else self._spans.callers(record.place),
            scope=[] if record is None else scopes(record.place, record.modules, self._names),
            outputs=self._node_outputs(key, kind, record),
            saved=self._saved(key),
            formula=formula_of(op) if kind == "function" else None,
            flags=flags,
            no_gradient=None,
            accumulated=[self._tensor(record.accumulated.get(key), False, True) for record in self._passes]
            if kind == "leaf"
            else [],
        )

    def _record_of(self, key: Key) -> Record | None:
        return self._joined.records.get(key)

    def _node_outputs(self, key: Key, kind: str, record: Record | None) -> list[Output]:
        if isinstance(key, Constant):
            value = self._describer.number(key.number)
            return [Output.model_construct(output_nr=0, value=value, before=None, gradients=[None] * len(self._passes))]
        known = self._outputs(key)
        numbers = set(known)
        if kind in ("function", "leaf"):
            numbers |= self._output_numbers(key)
            numbers |= {
                number
                for record in self._passes
                for node, number in record.cotangents
                if self._leaf_of.get(node, node) is key
            }
        grad, leaf = kind in ("function", "leaf"), kind != "function"
        before = record.before if record is not None and not isinstance(key, Value) else None
        return [
            Output.model_construct(
                output_nr=number,
                value=self._tensor(known.get(number), grad, leaf),
                before=self._tensor(before, grad, False) if number == 0 else None,
                gradients=[self._arrival(record.cotangents.get((key, number))) for record in self._passes],
            )
            for number in sorted(numbers)
        ]

    def _saved(self, key: Key) -> dict[str, Saved]:
        if isinstance(key, Record | Value | Constant):
            return {}
        return {name: self._describer.saved(value) for name, value in self._watcher.saved.get(key, {}).items()}

    def _edges_of(self, node: Any) -> list[tuple[int, Any, int]]:
        """List a Node's edges as slot, target and output number."""
        return [
            (slot, self._leaf_of.get(target, target), output_nr)
            for slot, (target, output_nr) in enumerate(node.next_functions)
            if target is not None
        ]

    def _gradient_edges(self) -> list[Edge]:
        found = []
        for key in self._keys:
            if isinstance(key, Record | Value | Constant) or is_leaf(key):
                continue
            edges = [edge for edge in self._edges_of(key) if edge[1] in self._ids]
            names = self._argument_names(key, len(edges))
            for (slot, target, output_nr), argument in zip(edges, names, strict=True):
                found.append(
                    Edge.model_construct(
                        id="",
                        kind="gradient",
                        source=self._ids[key],
                        slot=slot,
                        target=self._ids[target],
                        output_nr=output_nr,
                        argument=argument,
                        contributions=[self._arrival(record.contributions.get((key, slot))) for record in self._passes],
                    )
                )
        return found

    def _argument_names(self, node: Any, count: int) -> list[str | None]:
        record = self._joined.records.get(node)
        names = [] if record is None else [given.name for given in record.arguments if given.requires_grad]
        return [*names] if len(names) == count else [None] * count

    def _value_edges(self) -> list[Edge]:
        place = {key: index for index, key in enumerate(self._keys)}
        joins: list[Join] = sorted(self._joined.joins, key=lambda join: (place[join.source], join.slot))
        return [
            Edge.model_construct(
                id="",
                kind="value",
                source=self._ids[join.source],
                slot=join.slot,
                target=self._ids[join.target],
                output_nr=join.output_nr,
                argument=join.argument,
                contributions=[None] * len(self._passes),
            )
            for join in joins
        ]

    def _pass(self, index: int, record: PassRecord) -> Pass:
        ids = self._ids
        order = [ids[key] for node in record.order if (key := self._leaf_of.get(node, node)) in ids]
        accumulated = {
            ids[key]: self._describer.tensor(snapshot, False, True)
            for node, snapshot in record.accumulated.items()
            if (key := self._leaf_of.get(node, node)) in ids
        }
        return Pass.model_construct(
            index=index,
            call=record.call,
            roots=self._named_roots([(place, None) for place in record.roots]),
            span=self._spans.innermost(record.place),
            order=order,
            accumulated=accumulated,
            error=record.error,
        )

    def _variable(self, name: str, value: object) -> Variable:
        tensor = gradient = node = None
        output_nr = 0
        text = type(value).__name__
        if isinstance(value, torch.Tensor):
            place = self._home(value)
            if place is not None:
                node, output_nr = place
            tensor = self._describer.now(value)
            gradient = self._describer.now(value.grad) if value.is_leaf and value.grad is not None else None
            text = tensor.preview
        elif isinstance(value, bool | int | float | complex | str | None):
            text = repr(value)[:200]
        return Variable.model_construct(
            name=name,
            type=type(value).__name__,
            text=text,
            node=node,
            output_nr=output_nr,
            tensor=tensor,
            gradient=gradient,
        )

    def _home(self, tensor: torch.Tensor) -> tuple[str, int] | None:
        if tensor.grad_fn is not None:
            key, number = tensor.grad_fn, tensor.output_nr
        else:
            key, number = self._joiner.home(self._recorder.value_of(tensor))
        return (self._ids[key], number) if key in self._ids else None

    def _tensor(self, snapshot: Snapshot | None, requires_grad: bool, is_leaf: bool) -> Tensor | None:
        return None if snapshot is None else self._describer.tensor(snapshot, requires_grad, is_leaf)

    def _arrival(self, arrival: Arrival | None) -> Tensor | None:
        if arrival is None:
            return None
        return self._describer.tensor(arrival.snapshot, arrival.requires_grad, not arrival.requires_grad)
