"""Everything that one run of a program shows on the page, ready for the templates."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from chainrule.errors import ChainruleError, InputInvalidError, PictureError, ProgramRejectedError, RequestError
from chainrule.explain.chain.chain_rule import ChainRule
from chainrule.explain.closed.model import ClosedForm
from chainrule.explain.concepts.questions import concepts
from chainrule.explain.concepts.sums import Concept
from chainrule.explain.model import Explanation
from chainrule.explain.steps.narrator import Narrator
from chainrule.explain.steps.timeline import Step, list_steps
from chainrule.graph import Graph, Optimizer, Values, Variable
from chainrule.graph.index import GraphIndex, in_pass
from chainrule.graph.training.moment import Moment, moment_of, place_of
from chainrule.limits import Limits
from chainrule.pipeline import Pipeline
from chainrule.program.inputs import validate_inputs
from chainrule.protocol.figures import DrawnFigure
from chainrule.protocol.messages import Check, ConsoleLine
from chainrule.protocol.program import Program, Question
from chainrule.render import ViewOptions
from chainrule.traces import Trace
from chainrule.web.http.caching import make_tag
from chainrule.web.page.fold import FoldShown
from chainrule.web.page.index import index
from chainrule.web.page.inputs import InputShown, show_inputs
from chainrule.web.page.node import Detail, Inspection
from chainrule.web.page.problems import ProblemShown, of_error, of_problem
from chainrule.web.page.training import Training, training_of
from chainrule.words.nodes import say_node
from chainrule.words.numbers import say_count
from chainrule.words.saying import read_book, say

MOST_LEFT_OVER = 20
"""Inputs of earlier programs that one request may carry along."""


@dataclass(frozen=True)
class View:
    """One run as the page shows it; of a program that was not run, the problems alone."""

    source: str
    inputs: tuple[InputShown, ...] = ()
    values: dict[str, Values] = field(default_factory=dict)
    id: str | None = None
    picture: str | None = None
    moment: Moment = field(default_factory=lambda: moment_of(GraphIndex(Graph())))
    """The graph in the pass that is shown."""
    whole_graph: GraphIndex = field(default_factory=lambda: GraphIndex(Graph()))
    """All that the program did."""
    console: tuple[ConsoleLine, ...] = ()
    figures: tuple[DrawnFigure, ...] = ()
    problems: tuple[ProblemShown, ...] = ()
    inspection: Inspection | None = None
    """What is selected, and what the inspector says of it; None where nothing was run."""
    steps: tuple[Step, ...] = ()
    """Everything that happened, in order; without sentences."""
    step: int | None = None
    """The step that the picture stands at; None for the whole picture."""
    is_after_update: bool = False
    """Whether the picture shows the optimizer's step after the pass."""
    shown_pass: int | None = None
    """The pass that the picture shows, counted from 1."""
    check: Check | None = None
    """The gradients beside finite differences, where that was asked for."""
    untried: bool = False
    """Whether problems may have fixes that were not tried: those are not shown."""
    partial: bool = False
    """Whether more could be told with local Jacobians, which were not asked for."""
    seconds: dict[str, float] = field(default_factory=dict)
    reproducible: bool = False
    """Whether the same program gives all this again."""
    error: ChainruleError | None = None

    @property
    def detail(self) -> Detail | None:
        """Return what the inspector shows of the selected node."""
        return None if self.inspection is None else self.inspection.detail

    @property
    def fold(self) -> FoldShown | None:
        """Return what is inspected, where it is a fold of the picture and no node."""
        return None if self.inspection is None else self.inspection.fold

    @property
    def explanation(self) -> Explanation | None:
        """Return why the gradients at the selected node are what they are."""
        return None if self.inspection is None else self.inspection.explanation

    @property
    def chain(self) -> ChainRule | None:
        """Return the chain rule for a selected leaf."""
        return None if self.inspection is None else self.inspection.chain

    @property
    def closed(self) -> ClosedForm | None:
        """Return the gradient of a selected leaf as one expression."""
        return None if self.inspection is None else self.inspection.closed

    def state(self, language: str) -> str | None:
        """Return what names all that the page shows of the program whatever is selected, stepped to or drawn.

        None where another run may show something else.
        """
        shown = f" {self.moment.pass_index}" if self.moment.series is not None else ""
        return f"{self.id} {language}{shown}" if self.ran and self.reproducible else None

    @property
    def curve(self) -> str | None:
        """Return what names the series that is shown; None where another run may show something else."""
        series = self.moment.series
        return f"{self.id} {series.number if series else 0}" if self.ran and self.reproducible else None

    def inspected(self, language: str) -> str | None:
        """Return what names the content of the inspector; None where another run may fill it with something else."""
        state = self.state(language)
        if state is None or self.inspection is None:
            return None
        return make_tag(state, self.inspection.subject, self.partial, self.check is None)

    @cached_property
    def training(self) -> Training | None:
        """Return what is shown of a training loop; None where there is none."""
        return training_of(self.whole_graph, self.moment) if self.ran else None

    @property
    def indexed(self) -> GraphIndex:
        """Return the index of the graph that is shown."""
        return self.moment.index

    @property
    def graph(self) -> Graph:
        """Return the graph that is shown: of a training loop, one iteration."""
        return self.indexed.graph

    @property
    def variables(self) -> tuple[Variable, ...]:
        """Return the program's names at its end."""
        return tuple(self.whole_graph.graph.variables)

    def shown_node(self, variable: Variable) -> str | None:
        """Return the node of the picture that a variable holds; None where that is another iteration's."""
        return None if variable.node is None else self.moment.ids.get(variable.node)

    @property
    def ran(self) -> bool:
        """Return whether the program was run."""
        return self.id is not None

    def grad_fn(self, variable: Variable) -> str:
        """Return the name of a variable's grad_fn, or "None"."""
        node = self.whole_graph.nodes.get(variable.node or "")
        return node.op if node is not None and node.kind == "function" else "None"

    def concepts(self) -> list[Concept]:
        """Return what everybody asks about backward, answered on this graph."""
        return concepts(self.indexed, self.shown_pass or 1, self.source) if self.ran else []

    def told(self, tell: Callable[[str], str]) -> dict[str, Any] | None:
        """Return the step that the picture shows, in one sentence.

        Of a whole picture, the last one of the pass it shows.

        Args:
            tell: says a text in the page's language.
        """
        if not self.steps:
            return None
        if self.is_after_update:
            return self._told_update(tell)
        at = min(self.step or self.whole, len(self.steps))
        step = self.steps[at - 1]
        narrator = Narrator(self.indexed)
        node = self.indexed.nodes[step.node]
        if step.pass_index is None:
            sentence = narrator.tell_forward(node)
        else:
            sentence = narrator.tell_backward(node, self.graph.passes[step.pass_index - 1])
        return {
            "number": at,
            "phase": step.phase,
            "node": step.node,
            "pass": step.pass_index,
            "sentence": tell(sentence),
        }

    def _told_update(self, tell: Callable[[str], str]) -> dict[str, Any]:
        """Return the optimizer's step after the pass, in one sentence."""
        changed = [
            node.id
            for node in self.graph.nodes
            if node.course is not None and in_pass(node.course.updated, self.shown_pass) is not None
        ]
        optimizer = ", ".join(dict.fromkeys(one.name or one.type for one in self.optimizers))
        if len(changed) == 1:
            leaf = say_node(self.indexed.nodes[changed[0]])
            if optimizer:
                sentence = say("{optimizer} takes a step, which changes {leaf}.", optimizer=optimizer, leaf=leaf)
            else:
                sentence = say("The program changes {leaf} itself.", leaf=leaf)
        elif optimizer:
            count = say_count(len(changed))
            sentence = say("{optimizer} takes a step, which changes {count} leaves.", optimizer=optimizer, count=count)
        else:
            sentence = say("The program changes {count} leaves itself.", count=say_count(len(changed)))
        return {
            "number": len(self.steps) + 1,
            "phase": "update",
            "node": changed[0] if changed else None,
            "pass": self.shown_pass,
            "sentence": tell(sentence),
        }

    @property
    def optimizers(self) -> list[Optimizer]:
        """Return those that stepped between the pass that is shown and the next one."""
        return [one for one in self.graph.optimizers if any(update.after == self.shown_pass for update in one.updates)]

    @property
    def has_update(self) -> bool:
        """Return whether leaves were changed after the pass that is shown."""
        courses = (node.course for node in self.graph.nodes if node.course is not None)
        return any(in_pass(course.updated, self.shown_pass) is not None for course in courses)

    def gradient(self) -> dict[str, Any] | None:
        """Return the inspected node's gradient with its numbers, for the exercise that asks for them; None without."""
        outputs = () if self.detail is None else self.detail.outputs
        shown = next((output.gradient for output in outputs if output.gradient is not None), None)
        if shown is None or shown.tensor.values is None:
            return None
        return shown.tensor.model_dump(include={"shape", "values"})

    def cotangent(self) -> dict[str, Any] | None:
        """Return what the implicit pass started with, where its root is no scalar."""
        if not self.graph.passes or self.graph.passes[0].call != "implicit":
            return None
        root = self.graph.passes[0].roots[0]
        seed = self.indexed.gradient(root.node, root.output_nr, 1)
        if seed is None or not seed.shape or seed.values is None:
            return None
        return {"name": root.name, "values": seed.model_dump(include={"values"})["values"]}

    @property
    def whole(self) -> int:
        """Return the step after which everything that the whole picture shows is there."""
        return max((step.number for step in self.steps if step.pass_index == self.shown_pass), default=len(self.steps))

    def counts(self) -> dict[str, int]:
        """Return how many steps there are, how many of them are forward, and which one the whole picture stands for.

        ``update`` is 1 where leaves were changed after the pass: that is one step more.
        """
        forward = sum(step.phase == "forward" for step in self.steps)
        return {"count": len(self.steps), "forward": forward, "whole": self.whole, "update": int(self.has_update)}

    def index(self) -> dict[str, Any]:
        """Return what the scripts need of the graph."""
        return index(self.graph)


async def look(
    pipeline: Pipeline,
    limits: Limits,
    program: Program,
    options: ViewOptions,
    node: str | None = None,
    pass_index: int | None = None,
    questions: Sequence[Question] = (),
    wishes: Sequence[Question] = (),
    *,
    fixes: bool = False,
) -> View:
    """Run a program, draw its graph, and gather what the page shows.

    Args:
        pipeline: of the server.
        limits: of the server.
        program: the program and what is asked of it.
        options: of the picture.
        node: the id of the node that the inspector shows, if any.
        pass_index: the pass that it shows, counted from 1.
        questions: what else is to be known of the program.
        wishes: what else is to be known where nobody has to wait for it.
        fixes: whether fixes are tried, which takes a run for each; left out, only those are shown that were.

    Returns:
        The view; what is wrong with the program is in its problems.

    Raises:
        ServiceError: the service cannot answer now.
    """
    try:
        trace = await _trace(pipeline, limits, program)
    except RequestError as error:
        source = (error.source if isinstance(error, ProgramRejectedError) else None) or program.source
        return View(source, show_inputs(program.inputs), problems=of_error(error, source), error=error)
    if fixes or "fixes" in trace.told:
        trace = await pipeline.try_fixes(trace)
    has_jacobians = pipeline.has_jacobians(trace)
    asked = [*questions, *(wish for wish in wishes if wish not in questions and pipeline.is_quick(trace, wish))]
    for question in asked:
        if question != "jacobians" or has_jacobians:
            trace = await pipeline.ask(trace, question)
    partial = has_jacobians and trace.reproducible and "jacobians" not in asked
    problems: tuple[ProblemShown, ...] = ()
    picture = None
    try:
        picture = (await pipeline.draw(trace, "svg", options)).content.decode()
    except (RequestError, PictureError) as error:
        problems = of_error(error, trace.program.source)
    return await pipeline.in_thread(
        lambda: _view(program, trace, picture, problems, options, node, pass_index, partial)
    )


async def _trace(pipeline: Pipeline, limits: Limits, program: Program) -> Trace:
    """Trace a program; inputs left over from what stood in the editor before, of no use to it, are passed over."""
    for _ in range(MOST_LEFT_OVER):
        try:
            return await pipeline.trace(program)
        except InputInvalidError as error:
            validate_inputs(program.inputs, limits)
            kept = {name: value for name, value in program.inputs.items() if name != error.name}
            program = replace(program, inputs=kept)
    return await pipeline.trace(program)


def _view(
    program: Program,
    trace: Trace,
    picture: str | None,
    problems: tuple[ProblemShown, ...],
    options: ViewOptions,
    node: str | None,
    pass_index: int | None,
    partial: bool,
) -> View:
    answer = trace.answer
    restore = read_book(answer.sayings)
    moment = moment_of(trace.index, options.pass_index or pass_index)
    index = moment.index
    note = answer.check.note if answer.check else None
    check = answer.check.model_copy(update={"note": restore(note)}) if answer.check and note else answer.check
    steps = list_steps(index, sentences=False)
    run = _shown_pass(index, steps, options.step_number, pass_index)
    return View(
        source=trace.program.source,
        inputs=show_inputs(trace.program.inputs),
        values=dict(trace.program.inputs),
        id=trace.id,
        picture=picture,
        moment=moment,
        whole_graph=trace.index,
        console=tuple(answer.console),
        figures=tuple(answer.figures),
        problems=tuple(
            _placed(of_problem(problem, trace.program.source, restore, trace.tried), trace.index)
            for problem in answer.problems
        )
        + problems,
        inspection=Inspection(index, trace.program.source, node, run, options),
        steps=steps,
        step=options.step_number,
        is_after_update=options.is_after_update,
        shown_pass=run,
        check=check,
        untried=trace.has_untried,
        partial=partial,
        seconds=dict(answer.seconds),
        reproducible=trace.reproducible,
    )


def _placed(problem: ProblemShown, index: GraphIndex) -> ProblemShown:
    """Return a problem with the pass whose picture shows its node, by the name that the node has there."""
    if problem.node is None:
        return problem
    pass_index, node = place_of(index, problem.node)
    return replace(problem, node=node, pass_index=pass_index)


def _shown_pass(index: GraphIndex, steps: tuple[Step, ...], step: int | None, asked: int | None) -> int | None:
    """Return the pass that the picture shows.

    The step's own, else the one asked for, else the last that ran to its end.
    """
    own = steps[min(step, len(steps)) - 1].pass_index if step and steps else None
    return own or asked or index.shown_pass
