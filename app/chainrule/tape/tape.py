"""The tape: records one thread's use of PyTorch and gives it as a graph."""

import gc
import linecache
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import FrameType, TracebackType
from typing import Any, Literal, Self

import torch

from chainrule.collector import uncollected, unhurried
from chainrule.graph import Graph, Span
from chainrule.graph.syntax import Syntax
from chainrule.limits import Limits
from chainrule.tape.graph.ancestry import NO_ANCESTRY, Ancestry, ancestry
from chainrule.tape.graph.build import Build
from chainrule.tape.graph.stale_saves import RecordedStaleSaves, StaleSaves, find_stale_saves
from chainrule.tape.record import patches
from chainrule.tape.record.autograd import is_leaf as is_accumulator
from chainrule.tape.record.autograd import start_node
from chainrule.tape.record.jacobian import Jacobians
from chainrule.tape.record.modules import Modules
from chainrule.tape.record.names import BoundNames
from chainrule.tape.record.number_reads import NumberReads
from chainrule.tape.record.operations import Record, Value
from chainrule.tape.record.optimizer_steps import OptimizerSteps
from chainrule.tape.record.parameters import ParameterOrigin, Parameters
from chainrule.tape.record.passes import Call, PassRecord, Watcher
from chainrule.tape.record.recorder import Recorder
from chainrule.tape.record.values import Values
from chainrule.tape.tensors.autograd_meta import is_leaf, output_of
from chainrule.tape.tensors.capture import TensorCapture
from chainrule.tape.unseen.recursion import ROOM, deeper
from chainrule.tape.unseen.threads import require_thread
from chainrule.tape.where.frames import NOWHERE, Frames, Place
from chainrule.tape.where.instructions import InstructionSpans
from chainrule.tape.where.loops import Loops
from chainrule.tape.where.reached import ReachedLoop, reached_at
from chainrule.tape.where.spans import Spans


class Tape:
    """Records what PyTorch does between ``with Tape() as tape:`` and the end of the block.

    It records the thread that entered it, and is entered once; to record again, make another. Tapes may be nested:
    each records everything. Other threads are not recorded and not disturbed.

    A pass that raised is part of the graph, with ``Pass.error``, if at least one Node had run to its end; otherwise
    only its roots are remembered, so that the graph it asked for is still there.

    >>> import torch
    >>> from chainrule import Tape
    >>> with Tape() as tape:
    ...     x = torch.tensor([1.0, 2.0], requires_grad=True)
    ...     loss = (x**2).sum()
    ...     loss.backward()
    >>> graph = tape.graph(names={"x": x, "loss": loss})
    >>> [x] = [node for node in graph.nodes if "x" in node.names]
    >>> x.outputs[0].gradients[0].values
    [2.0, 4.0]

    It meets at most ``limits.nodes`` Nodes: PyTorch frees a chain of Nodes that Python has met by recursion, and a
    process crashes when one of some 50,000 is freed from its root.

    Args:
        limits: what is copied and kept; past a limit less is kept, and nothing fails.
        filename: what the program was compiled as; frames of other files are not the program's.
        source: the program's text, or its syntax where that is parsed for others too; left out, ``linecache`` is asked
            for the text.
        caller: the frame that calls the program, where the file holds more than the program: frames outside that call
            are not the program's.
        jacobians: whether to compute the local Jacobian of each edge, which takes more calls of backward than the
            program itself makes.
        whole: whether to keep all elements of every tensor, however large; they are listed up to the limit all the
            same.
    """

    def __init__(
        self,
        limits: Limits = Limits(),  # noqa: B008 # a frozen value
        filename: str = "<program>",
        source: str | Syntax | None = None,
        caller: FrameType | None = None,
        *,
        jacobians: bool = False,
        whole: bool = False,
    ) -> None:
        self.limits = limits
        if not isinstance(source, Syntax):
            source = Syntax("".join(linecache.getlines(filename)) if source is None else source, filename)
        extents = InstructionSpans(source)
        self._spans = Spans(extents)
        capture = TensorCapture(sys.maxsize if whole else limits.tensor_elements)
        self._values = Values(capture)
        self._names = BoundNames(self._values)
        self._frames = Frames(filename, Loops(extents), self._names.bind_local, caller)
        self._modules = Modules()
        self._parameters = Parameters()
        self._reads = NumberReads(filename, extents)
        self._recorder = Recorder(self._frames, self._modules, self._values, limits.records, self._reads)
        local = Jacobians(limits.jacobian_elements, limits.graph_jacobian_elements) if jacobians else None
        self._watcher = Watcher(self._recorder, capture, limits.nodes, limits.detailed_nodes, local)
        self._passes: list[PassRecord] = []
        self._steps = OptimizerSteps(self._recorder, self._values, capture, self._watcher, self._passes)
        self._asked: list[tuple[Call, Place]] = []
        self._attempted: list[tuple[Any, int]] = []
        self._last_asked: list[tuple[Any, int]] = []
        self._without_graph: list[Value] = []
        """What is known of the tensors without a Node that backward was last asked to start from."""
        self._running: PassRecord | None = None
        self._depth = 0
        """How many passes are running within that one."""
        self._room = deeper(ROOM)
        self._stale_saves: RecordedStaleSaves | None = None
        self._state: Literal["new", "recording", "left"] = "new"
        self._build: Build | None = None
        self._pace = unhurried()
        self._reached: tuple[ReachedLoop, ...] = ()

    def __enter__(self) -> Self:
        """Start to record.

        Raises:
            RuntimeError: the tape was entered before.
        """
        if self._state != "new":
            raise RuntimeError("a Tape is entered once; make another one to record again")
        self._state = "recording"
        self._pace.__enter__()
        patches.listen(self)
        self._room.__enter__()
        self._recorder.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop, and put everything back as it was; what was recorded stays."""
        self._recorder.settle()
        self._recorder.__exit__(kind, error, traceback)
        self._room.__exit__(None, None, None)
        patches.leave(self)
        self._pace.__exit__(None, None, None)
        self._reached = self._frames.reached(error)
        self._frames.release()
        self._state = "left"

    @property
    def pass_count(self) -> int:
        """Return how many passes are in the graph."""
        return len(self._passes)

    @property
    def overflows(self) -> frozenset[str]:
        """Return which limits were passed, so that the graph is not whole: "records", "nodes"."""
        truncated = any(record.truncated for record in self._passes)
        truncated = truncated or (self._build is not None and self._build.truncated)
        return frozenset(
            name for name, over in (("records", self._recorder.recorded.overflowed), ("nodes", truncated)) if over
        )

    @property
    def reached(self) -> tuple[ReachedLoop, ...]:
        """Return the loops that the program stood in when an exception or a limit ended it, outermost first."""
        return self._reached

    @property
    def last_recorded(self) -> tuple[ReachedLoop, ...]:
        """Return the loops around the last operation that was recorded, outermost first."""
        records = self._recorder.recorded.records
        return reached_at(records[-1].place.iterations) if records else ()

    def last_tensor(self) -> torch.Tensor | None:
        """Return the tensor that was made last of those that have a Node and are still there."""
        for record in reversed(self._recorder.recorded.records):
            for value in reversed(record.outputs):
                tensor: torch.Tensor | None = value.reference()
                if tensor is not None and tensor.requires_grad and not is_leaf(tensor):
                    return tensor
        return None

    def backward(self, root: torch.Tensor, gradient: torch.Tensor | None = None) -> None:
        """Run the pass that a program did not ask for itself: its ``Pass.call`` is "implicit".

        Args:
            root: where it starts.
            gradient: the cotangent there; left out, ones.
        """
        start = torch.ones_like(root) if gradient is None else gradient
        self._asked.append(("implicit", NOWHERE))
        try:
            torch.autograd.backward((root,), (start,))
        finally:
            self._asked.pop()

    def bind(self, name: str, value: object) -> None:
        """Note that the program bound a name to a value."""
        self._recorder.settle()
        self._names.bind(name, value)

    def graph(
        self,
        roots: torch.Tensor | Sequence[torch.Tensor] | Mapping[str, torch.Tensor] | None = None,
        names: Mapping[str, object] | None = None,
        nodes: int | None = None,
        *,
        unused_leaves: bool = True,
    ) -> Graph:
        """Return what was recorded as data.

        Args:
            roots: outputs to show, one or several, by name or not; left out, those that backward was started from
                (also where PyTorch refused to start).
            names: the program's variables at its end. Tensors name nodes, modules name their parameters; all are
                listed in ``Graph.variables``.
            nodes: how many nodes it may have, those nearest to the roots and without details; left out, as many as the
                limits say.
            unused_leaves: whether leaves among the variables are shown that no root comes from.
        """
        self._recorder.settle()
        if self._reads.joined or self._recorder.recorded.cuts:
            # What was cut off is often held by nothing but cycles, and whether they are gone by now would be chance:
            # a source that is still there is told by its Node, one that is gone as a detached operation.
            gc.collect()
        if names:
            for name, value in names.items():
                self._names.bind(name, value)
        if isinstance(roots, torch.Tensor):
            roots = [roots]
        given: list[tuple[tuple[Any, int], str | None]] = []
        if roots is None:
            given = [(place, None) for record in self._passes for place in record.roots]
            given += [(place, None) for record in self._passes for place in record.results]
            given += [(place, None) for place in self._attempted]
        else:
            pairs = roots.items() if isinstance(roots, Mapping) else ((None, root) for root in roots)
            given = [(place, name) for name, root in pairs if (place := start_node(root)) is not None]
        with uncollected():
            self._build = Build(
                self._recorder,
                self._values,
                self._watcher,
                self._passes,
                self._steps.records,
                self._names,
                self._spans,
                self._parameters,
                self.limits if nodes is None or nodes == self.limits.nodes else _less(self.limits, nodes),
                given,
                names or {},
                unused_leaves,
            )
            return self._build.graph()

    def take_for_earlier_pass(self, root: torch.Tensor) -> None:
        """Tell what is left of the pass that freed a graph before the tape was there: ``.grad`` of the leaves.

        Args:
            root: from where another pass was tried in vain, which is not told of.
        """
        place = start_node(root)
        record = PassRecord("backward", () if place is None else (place,), NOWHERE)
        self._watcher.note_end(record)
        self._passes = [record]
        self._attempted = []

    def values(self, node_id: str) -> list[torch.Tensor | None]:
        """Return the recorded values of a node of the last graph by output number, for tests; None above the limit."""
        return self._built().values(node_id)

    def gradients(self, node_id: str, index: int) -> list[torch.Tensor | None]:
        """Return the recorded cotangents of a node of the last graph in pass number ``index`` (from 1), for tests."""
        return self._built().gradients(node_id, index)

    def node_of(self, tensor: torch.Tensor) -> str | None:
        """Return the id of the node of the last graph that a tensor is an output of; None where it is not in it."""
        return self._built().id_of(tensor)

    def updated_leaves(self) -> list[frozenset[str]]:
        """Return, for each pass, the leaves of the last graph that were changed in place before the next one began.

        An optimizer's step does so, and a step that the program takes by hand.
        """
        return [] if self._build is None else self._build.updated_leaves()

    def idle_steps(self) -> list[tuple[Span | None, bool, bool]]:
        """Return, for each optimizer of which no step changed anything, where the last step was.

        With it come whether the program had run backward by then, and whether that had reached one of its parameters.
        """
        active = {id(record.optimizer()) for record in self._steps.records}
        last = {}
        for step in self._steps.idle:
            optimizer = step.optimizer()
            if optimizer is not None and id(optimizer) not in active:
                last[id(optimizer)] = optimizer, step
        found = []
        for optimizer, step in last.values():
            passes = [record for record in self._passes[: step.passes] if record.call != "implicit"]
            reached = {id(node.variable) for record in passes for node in record.order if is_accumulator(node)}
            held = {id(one) for group in optimizer.param_groups for one in group["params"]}
            is_reached = not held.isdisjoint(reached)
            found.append((self._spans.innermost(step.place), bool(passes), is_reached))
        return found

    def is_optimized(self, tensor: torch.Tensor) -> bool:
        """Return whether an optimizer that took a step holds a tensor; where none took one, nobody knows: True."""
        held = {
            id(one) for record in self._steps.records for reference in record.held if (one := reference()) is not None
        }
        return not held or id(tensor) in held

    def stale_saves(self, error: BaseException | None) -> StaleSaves | None:
        """Return the changes in place for which backward refused to go on, in terms of the last graph.

        Args:
            error: what it raised; None is given for any other error, and where nothing certain is known.
        """
        if self._stale_saves is None or self._build is None or type(error) is not RuntimeError:
            return None
        return self._build.stale_saves(self._stale_saves) if str(error) == self._stale_saves.words else None

    def ancestry(self, tensor: torch.Tensor | None = None) -> Ancestry:
        """Return where the values that a tensor without a history comes from left the graph.

        Args:
            tensor: the tensor; left out, the one that backward was last asked to start from in vain.
        """
        self._recorder.settle()
        known = self._without_graph[:1] if tensor is None else [self._values.met(tensor)]
        if not known or known[0] is None:
            return NO_ANCESTRY
        return ancestry(known[0], self._recorder.recorded, self._names, self._spans)

    def _built(self) -> Build:
        if self._build is None:
            raise RuntimeError("ask for graph() first: it is what gives nodes their ids")
        return self._build

    def asked(self, call: Call, roots: Any) -> None:
        """Note that the program asks for backward, before PyTorch has checked anything."""
        if not self._asked:
            self._recorder.settle()
            self._asked.append((call, self._frames.here()))
            tensors = [roots] if isinstance(roots, torch.Tensor) else roots if isinstance(roots, list | tuple) else []
            places = [output_of(root) for root in tensors if isinstance(root, torch.Tensor)]
            self._last_asked = [place for place in places if place is not None]
            known = [self._values.met(root) for root in tensors if isinstance(root, torch.Tensor)]
            self._without_graph = [
                value for value, place in zip(known, places, strict=True) if value is not None and place is None
            ]
        else:
            self._asked.append(self._asked[-1])

    def answered(self) -> None:
        """Note that what was asked for is over."""
        self._asked.pop()
        if not self._asked:
            self._attempted += self._last_asked
            self._last_asked = []

    def engine(self, run: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run autograd's engine under hooks."""
        outputs, _, _, create_graph, inputs = args[:5]
        accumulates = kwargs["accumulate_grad"]
        roots, asked = _places(outputs), _places(inputs)
        running = partial(run, *args, **kwargs)
        self._recorder.settle()
        if self._running is not None:
            return self._engine_within(self._running, [node for node, _ in roots], running)
        if self._asked:
            call, place = self._asked[-1]
        else:
            call, place = ("autograd.backward" if accumulates else "autograd.grad"), self._frames.here()
        record = self._running = PassRecord(call, roots, place, asked)
        self._recorder.in_backward = True
        try:
            result = self._watcher.watch(record, running, create_graph)
            if not accumulates:
                self._watcher.note_results(record, inputs, result)
            return result
        except BaseException as error:
            record.error = str(error) or type(error).__name__
            self._stale_saves = find_stale_saves(record, self._recorder.recorded) or self._stale_saves
            raise
        finally:
            self._running = None
            self._recorder.settle()
            self._recorder.in_backward = False
            self._watcher.note_end(record)
            record.ended = len(self._recorder.recorded.records)
            if record.error is None or record.completed:
                self._passes.append(record)

    def _engine_within(self, record: PassRecord, starts: list[Any], run: Callable[..., Any]) -> Any:
        self._depth += 1
        try:
            require_thread(self._depth)
            return self._watcher.watch_inner(record, starts, run)
        finally:
            self._depth -= 1

    def module_begins(self, module: Any) -> None:
        """Note that a module's call begins."""
        self._modules.push(module, self._frames.depth())
        self._modules.count(self._frames.here(None, self._modules.depths()))

    def module_ends(self) -> None:
        """Note that the last module's call ended."""
        self._modules.pop()

    def optimizer_steps(
        self, optimizer: torch.optim.Optimizer, run: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """Run one step of an optimizer of PyTorch's, as one operation."""
        return self._steps.run(optimizer, run, args, kwargs)

    def batch_loads(self, run: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Have a data loader make its next batch, which is data to the program however it was put together."""
        with self._recorder.aside():
            return run(*args, **kwargs)

    def item_read(self, number: object) -> None:
        """Note the number that ``Tensor.item`` (or ``float()`` and the like) gave to the program."""
        self._recorder.note_item(number)

    def list_read(self, tensor: torch.Tensor, numbers: Any) -> None:
        """Note the lists of numbers that ``Tensor.tolist`` gave to the program."""
        self._recorder.note_list(tensor, numbers)

    def parameter_made(self, parameter: Any) -> None:
        """Note that a parameter was made."""
        place = self._frames.here(None, self._modules.depths())
        self._parameters.note(parameter, ParameterOrigin(place, self._modules.running()))

    def function_begins(self, function: Any, args: tuple[Any, ...]) -> Record | None:
        """Note that a custom Function is applied."""
        return self._recorder.begin_custom(function, args)

    def function_ends(self, begun: Record | None, result: Any) -> None:
        """Note what a custom Function gave."""
        self._recorder.end_custom(begun, result)


def _less(limits: Limits, nodes: int) -> Limits:
    """Return limits with fewer nodes, of which no details are told: those take most of the time."""
    return replace(limits, nodes=nodes, detailed_nodes=0)


def _places(given: Iterable[Any]) -> tuple[tuple[Any, int], ...]:
    """Return the Nodes and output numbers of tensors, or of edges that PyTorch takes in their place."""
    found = [start_node(one) if isinstance(one, torch.Tensor) else (one[0], one[1]) for one in given]
    return tuple([place for place in found if place is not None])
