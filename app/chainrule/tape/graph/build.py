"""From what was recorded to the graph as data."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal

import torch

from chainrule.graph import Edge, Graph, History, Node, NodeKind, Output, Pass, Root, Saved, Tensor
from chainrule.graph.construct import make
from chainrule.graph.history import EMPTY
from chainrule.limits import Limits
from chainrule.tape.alarms.flags import marked
from chainrule.tape.derivatives import formula_of
from chainrule.tape.graph.courses import Courses
from chainrule.tape.graph.describe import Describer
from chainrule.tape.graph.flags import flags_of
from chainrule.tape.graph.forward_order import forward_order
from chainrule.tape.graph.gather import Gatherer
from chainrule.tape.graph.implicit_nodes import ImplicitNodes
from chainrule.tape.graph.labels import Labels
from chainrule.tape.graph.outputs import known_outputs
from chainrule.tape.graph.scopes import scopes
from chainrule.tape.graph.stale_saves import RecordedStaleSaves, StaleSaves
from chainrule.tape.graph.variables import variable
from chainrule.tape.graph.vertices import Constant, DraftEdge, Key, Leaf, is_function, kind_of
from chainrule.tape.record.autograd import reachable
from chainrule.tape.record.modules import named_members
from chainrule.tape.record.names import BoundNames
from chainrule.tape.record.operations import Record, Value
from chainrule.tape.record.optimizer_steps import StepRecord
from chainrule.tape.record.parameters import ParameterOrigin, Parameters
from chainrule.tape.record.passes import Arrival, PassRecord, Watcher
from chainrule.tape.record.recorder import Recorder
from chainrule.tape.record.values import Values, storage_of
from chainrule.tape.tensors.autograd_meta import is_leaf, output_of
from chainrule.tape.tensors.snapshot import Snapshot
from chainrule.tape.where.spans import Spans

Place = tuple[Any, int]


class Build:
    """Builds one graph.

    Args:
        recorder: what was recorded.
        values: what is known of tensors.
        watcher: what Nodes had saved.
        passes: the runs of backward.
        steps: those of optimizers.
        names: the program's names.
        spans: looks up places in the source.
        parameters: tells where parameters were made.
        limits: what is listed and kept.
        roots: outputs to show, with a name where one was given.
        variables: the program's variables at its end.
        unused_leaves: whether leaves among them are shown that no root comes from.
    """

    def __init__(
        self,
        recorder: Recorder,
        values: Values,
        watcher: Watcher,
        passes: Sequence[PassRecord],
        steps: Sequence[StepRecord],
        names: BoundNames,
        spans: Spans,
        parameters: Parameters,
        limits: Limits,
        roots: Sequence[tuple[Place, str | None]],
        variables: Mapping[str, object],
        unused_leaves: bool = True,
    ) -> None:
        self._recorder = recorder
        self._values = values
        self._watcher = watcher
        self._passes = passes
        self._names = names
        self._spans = spans
        self._parameters = parameters
        self._variables = variables
        self._describer = Describer(limits.tensor_elements, limits.graph_elements)
        starts = [node for (node, _), _ in roots] + [node for record in passes for node in record.starts()]
        inner = [pair for record in passes for pair in record.inner]
        self._gatherer = Gatherer(recorder.recorded, limits.nodes)
        self._gathered = self._gatherer.gather(starts, inner, self._named_leaves() if starts and unused_leaves else ())
        self._light = len(self._gathered.functions) > limits.detailed_nodes
        if self._light:
            self._gathered.drop_numbers()
        self.truncated = self._gathered.truncated
        self._recomputed = set(reachable((node for _, node in inner), limits.nodes)[0]) if inner else set()
        self._meet_variables()
        self._causes = ImplicitNodes(recorder.recorded, self._gathered)
        self._labels = Labels(names, self._gathered)
        self._order = forward_order(self._gathered)
        self._ids = {key: f"n{index}" for index, key in enumerate(self._order)}
        self._cotangents = [self._by_key(record.cotangents) for record in passes]
        self._kept: dict[Key, list[tuple[int, Snapshot]]] = {}
        """What each leaf held in ``.grad`` after passes, with the pass."""
        for index, record in enumerate(passes):
            for node, kept in record.leaf_gradients.items():
                self._kept.setdefault(self._gathered.key(node), []).append((index, kept))
        self._arrivals: dict[tuple[Key, int], list[tuple[int, Arrival]]] = {}
        """What arrived at each output, with the pass: a pass costs what it reached, and nothing for other nodes."""
        self._arrived: dict[Key, set[int]] = {}
        for index, arrived in enumerate(self._cotangents):
            for place, arrival in arrived.items():
                self._arrivals.setdefault(place, []).append((index, arrival))
                self._arrived.setdefault(place[0], set()).add(place[1])
        self._contributions: dict[Place, list[tuple[int, Arrival]]] = {}
        """What each entry of a Node's ``next_functions`` carried, with the pass."""
        for index, record in enumerate(passes):
            for place, arrival in record.contributions.items():
                self._contributions.setdefault(place, []).append((index, arrival))
        self._came = Counter(
            (index, (link.target, link.output_nr))
            for links in self._gathered.gradient_links.values()
            for link in links
            for index, _ in self._contributions.get((link.source, link.slot), ())
        )
        """How many edges carried something to an output in a pass."""
        self._courses = Courses(self._gathered, self._describer, passes, steps, self._changes(), values)
        self._roots = self._named_roots(roots)

    def graph(self) -> Graph:
        """Return the graph."""
        roots = {root.node for root in self._roots}
        nodes = [self._node(key, roots) for key in self._order]
        gathered = self._gathered
        links = [link for key in self._order for link in gathered.gradient_links.get(key, [])]
        joins = [link for key in self._order for link in gathered.value_links.get(key, [])]
        edges = [self._edge(index, "gradient", link) for index, link in enumerate(links)]
        edges += [self._edge(index, "value", link) for index, link in enumerate(joins, start=len(links))]
        graph = make(
            Graph,
            nodes=nodes,
            edges=edges,
            roots=self._roots,
            passes=[self._pass(index, record) for index, record in enumerate(self._passes, start=1)],
            variables=[
                variable(name, value, self._home(value), self._describer) for name, value in self._variables.items()
            ],
            optimizers=self._courses.optimizers(self._ids, self._variables, self._spans),
        )
        return marked(graph)

    def values(self, node_id: str) -> list[torch.Tensor | None]:
        """Return the kept values of a node, by output number."""
        known = known_outputs(self._key(node_id), self._gathered)
        return [known[nr].snapshot.tensor() if nr in known else None for nr in range(max(known, default=-1) + 1)]

    def gradients(self, node_id: str, index: int) -> list[torch.Tensor | None]:
        """Return the kept cotangents of a node in one pass, by output number."""
        key, arrived = self._key(node_id), self._cotangents[index - 1]
        known = {number: arrival.snapshot.tensor() for (node, number), arrival in arrived.items() if node is key}
        return [known.get(number) for number in range(max(known, default=-1) + 1)]

    def _named_leaves(self) -> list[torch.Tensor]:
        """List the program's leaves, that those without any use are shown too."""
        modules = [value for value in self._variables.values() if isinstance(value, torch.nn.Module)]
        tensors = [value for value in self._variables.values() if isinstance(value, torch.Tensor)]
        for module in modules:
            tensors += [parameter for _, parameter in named_members(module, "", "_parameters")]
        return [tensor for tensor in tensors if is_leaf(tensor) and tensor.requires_grad]

    def _meet_variables(self) -> None:
        """Learn from the tensors at hand what no operation told: leaves that none took, views made anew."""
        latest = len(self._recorder.recorded.records)
        for value in self._variables.values():
            made = output_of(value) if isinstance(value, torch.Tensor) else None
            if made is not None:
                node, number = made
                known = known_outputs(node, self._gathered) if node in self._gathered.records else {}
                if number not in known:
                    self._gathered.meet(node, number, latest, self._values.of(value))
        for leaf in self._gathered.leaves:
            if (leaf, 0) not in self._gathered.met:
                self._gathered.meet(leaf, 0, latest, self._values.of(leaf.tensor))

    def _key(self, node_id: str) -> Key:
        return self._order[int(node_id.removeprefix("n"))]

    def _by_key(self, arrivals: Mapping[Place, Arrival]) -> dict[tuple[Key, int], Arrival]:
        return {(self._gathered.key(node), number): arrival for (node, number), arrival in arrivals.items()}

    def _named_roots(self, roots: Sequence[tuple[Place, str | None]]) -> list[Root]:
        found: dict[tuple[str, int], Root] = {}
        for (node, number), name in roots:
            key = self._gathered.key(node)
            if key in self._ids:
                place = (self._ids[key], number)
                named = name or self._labels.of_output(key, number)
                found.setdefault(place, make(Root, node=place[0], output_nr=number, name=named))
        return list(found.values())

    def _record(self, key: Key) -> Record | None:
        if isinstance(key, Record):
            return key
        if isinstance(key, Leaf):
            key = self._gathered.met[key, 0][1]
        if isinstance(key, Value):
            return key.record
        return None if isinstance(key, Constant) else self._gathered.records.get(key)

    def _node(self, key: Key, roots: set[str]) -> Node:
        record = self._record(key)
        kind, op = kind_of(key)
        origin = self._origin(key, record)
        ident = self._ids[key]
        return make(
            Node,
            id=ident,
            kind=kind,
            op=op,
            names=self._labels.of(key),
            sequence_nr=key._sequence_nr() - self._recorder.start if kind == "function" else None,
            span=None if origin is None else self._spans.innermost(origin.place),
            calls=[] if origin is None or self._light else self._spans.callers(origin.place),
            scope=[] if origin is None else scopes(origin.place, origin.modules, self._names),
            outputs=self._outputs(key, kind, record),
            saved=self._saved(key) if kind == "function" and not self._light else {},
            formula=formula_of(op) if kind == "function" and not self._light else None,
            flags=flags_of(
                *(key, record, self._labels),
                is_root=ident in roots,
                is_recomputed=key in self._recomputed,
                is_short=key in self._gathered.short,
            ),
            no_gradient=None,
            accumulated=self._accumulated(key) if kind == "leaf" else EMPTY,
            course=self._courses.of(key) if kind == "leaf" else None,
        )

    def _origin(self, key: Key, record: Record | None) -> ParameterOrigin | Record | None:
        """Tell where a node was made: a leaf also where something has changed it since."""
        if isinstance(key, Leaf):
            return self._parameters.of(key.tensor) or self._gathered.met[key, 0][1].made
        return self._causes.of(key) if record is None and is_function(key) else record

    def _outputs(self, key: Key, kind: NodeKind, record: Record | None) -> list[Output]:
        if isinstance(key, Constant):
            value = self._describer.number(key.number)
            return [make(Output, output_nr=0, value=value, before=None, gradients=EMPTY)]
        known = known_outputs(key, self._gathered)
        grad, leaf = kind in ("function", "leaf"), kind != "function"
        numbers = set(known) | self._gathered.used.get(key, set())
        if grad:
            numbers |= {0} | self._arrived.get(key, set())
        before = record.before if record is not None and kind in ("function", "detached") else None
        return [
            make(
                Output,
                output_nr=number,
                value=self._tensor(known[number].snapshot, grad, leaf) if number in known else None,
                before=self._tensor(before, grad, False) if before is not None and number == 0 else None,
                gradients=self._history(self._arrivals.get((key, number), ())),
            )
            for number in sorted(numbers)
        ]

    def _saved(self, key: Key) -> dict[str, Saved]:
        return {name: self._describer.saved(value) for name, value in self._watcher.read(key).items()}

    def id_of(self, tensor: torch.Tensor) -> str | None:
        """Return the id of the node that a tensor is an output of, or None where the graph does not have it."""
        home = self._home(tensor)
        return None if home is None else home[0]

    def updated_leaves(self) -> list[frozenset[str]]:
        """Return, for each pass, the leaves that were changed in place before the next one began."""
        return [frozenset(self._ids[leaf] for leaf in changed) for changed in self._changes()]

    def _changes(self) -> list[frozenset[Leaf]]:
        """Return, for each pass, the leaves that were changed in place before the next one began."""
        leaves = {storage_of(leaf.tensor): leaf for leaf in self._gathered.leaves}
        leaves.pop(None, None)
        records, found = self._recorder.recorded.records, []
        ends = [record.ended for record in self._passes] + [len(records)]
        for start, end in pairwise(ends):
            changed = [storage for record in records[start:end] for storage, _ in record.changed]
            found.append(frozenset(leaves[storage] for storage in changed if storage in leaves))
        return found

    def stale_saves(self, recorded: RecordedStaleSaves) -> StaleSaves:
        """Tell changes that came too late in terms of this graph."""
        ids = {id(self._record(key)): self._ids[key] for key in self._order if not isinstance(key, Leaf | Value)}
        made = self._ids.get(self._gatherer.home(recorded.value)[0])
        return recorded.told(ids, made, self._spans, self._names)

    def _edge(self, number: int, kind: Literal["gradient", "value"], link: DraftEdge) -> Edge:
        carried: list[tuple[int, Arrival]] = []
        if kind == "gradient":
            place = link.target, link.output_nr
            for index, part in self._contributions.get((link.source, link.slot), ()):
                whole = self._cotangents[index].get(place) if self._came[index, place] < 2 else None
                # Told by the very same value where it is the same: a large graph then tells it once.
                carried.append((index, whole if whole and part.equals(whole) else part))
        return make(
            Edge,
            id=f"e{number}",
            kind=kind,
            source=self._ids[link.source],
            slot=link.slot,
            target=self._ids[link.target],
            output_nr=link.output_nr,
            argument=link.argument,
            contributions=self._history(carried),
            jacobian=None if kind == "value" or self._light else self._watcher.jacobian(link.source).get(link.slot),
        )

    def _history(self, arrivals: Sequence[tuple[int, Arrival]]) -> History:
        """Return what came in the passes in which something did."""
        if not arrivals:
            return EMPTY
        return History([(index + 1, self._describer.arrival(arrival)) for index, arrival in arrivals])

    def _pass(self, index: int, record: PassRecord) -> Pass:
        ids, gathered = self._ids, self._gathered
        return make(
            Pass,
            index=index,
            call=record.call,
            roots=self._named_roots([(place, None) for place in record.roots]),
            span=self._spans.innermost(record.place),
            scope=scopes(record.place, (), self._names),
            order=[ids[gathered.key(node)] for node in record.order if gathered.key(node) in ids],
            accumulated={
                ids[gathered.key(node)]: self._tensor(snapshot, False, True)
                for node, snapshot in record.accumulated.items()
                if gathered.key(node) in ids
            },
            inputs=[ids[key] for node, _ in record.inputs if (key := gathered.key(node)) in ids],
            error=record.error,
        )

    def _accumulated(self, leaf: Leaf) -> History:
        kept = self._kept.get(leaf, ())
        return History([(index + 1, self._tensor(snapshot, False, True)) for index, snapshot in kept])

    def _home(self, value: object) -> tuple[str, int] | None:
        if not isinstance(value, torch.Tensor):
            return None
        key, number = output_of(value) or self._gatherer.home(self._values.of(value))
        return (self._ids[key], number) if key in self._ids else None

    def _tensor(self, snapshot: Snapshot, requires_grad: bool, is_leaf: bool) -> Tensor:
        return self._describer.tensor(snapshot, requires_grad, is_leaf)
