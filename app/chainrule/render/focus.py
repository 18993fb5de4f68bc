"""What a picture draws the eye to: a step, the ways between two nodes, a node or variable; the rest is pale."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from chainrule.errors import ViewInvalidError
from chainrule.graph.index import GraphIndex
from chainrule.graph.lookup import find_node
from chainrule.graph.paths import find_paths
from chainrule.render.options import ViewOptions
from chainrule.scene.model import Box, Link

if TYPE_CHECKING:
    from chainrule.explain.steps.timeline import StepState


@dataclass(frozen=True, slots=True)
class Focus:
    """Which nodes and edges are in focus; None stands for all of them."""

    nodes: frozenset[str] | None = None
    edges: frozenset[str] | None = None
    strong: frozenset[str] = frozenset()
    """Edges that are drawn strongly."""
    marked: frozenset[str] = frozenset()
    """Nodes that were asked to be highlighted."""
    moment: "StepState | None" = None
    steps: int = 0

    @property
    def phase(self) -> Literal["forward", "backward"] | None:
        """Return what happens in the step that is shown."""
        return self.moment.step.phase if self.moment else None

    def box_styles(self, box: Box) -> tuple[str, ...]:
        """Return the classes that the focus gives to a box."""
        if self.nodes is None and self.moment is None and not self.marked:
            return ()
        inside = {box.node.id} if box.node else set(box.fold.members if box.fold else ())
        styles = []
        if self.nodes is not None and not inside & self.nodes:
            styles.append("pale")
        if self.moment is not None and self.moment.step.node in inside:
            styles += ["current", self.moment.step.phase]
        if inside & self.marked:
            styles.append("marked")
        return tuple(styles)

    def link_styles(self, link: Link) -> tuple[str, ...]:
        """Return the classes that the focus gives to a line."""
        if self.edges is None and not self.strong:
            return ()
        edges = {edge.id for edge in link.edges}
        styles = []
        if self.edges is not None and not edges & self.edges:
            styles.append("pale")
        if edges & self.strong:
            styles.append("strong")
            styles += [self.phase] if self.phase else []
        return tuple(styles)

    def hides(self, kind: str, node: str) -> bool:
        """Say whether a node's value or gradient is not there yet in the step that is shown."""
        if self.moment is None:
            return False
        return node not in (self.moment.nodes if kind == "value" else self.moment.gradients)

    def note(self) -> str:
        """Return which step is shown, in words; empty for none."""
        if self.moment is None:
            return ""
        step = self.moment.step
        several = f", pass {step.pass_index}" if step.pass_index else ""
        return f"step {step.number} of {self.steps}: {step.phase}{several}"


def focus_of(index: GraphIndex, options: ViewOptions) -> Focus:
    """Return the focus that the options ask for.

    Raises:
        ViewInvalidError: a step or node is not there.
    """
    nodes: frozenset[str] | None = None
    edges: frozenset[str] | None = None
    strong: frozenset[str] = frozenset()
    moment, count = _moment(index, options.step_number)
    if moment is not None:
        nodes, edges = moment.nodes, moment.edges
        strong = frozenset(edge.id for edge in index.inputs[moment.step.node]) & edges
        if moment.step.phase == "backward":
            strong &= moment.contributions
    if options.path is not None:
        start, end = (find_node(index, name, "path") for name in options.path)
        paths = find_paths(index, start, end, most=1)
        ends = paths.nodes or frozenset((start, end))
        nodes = ends if nodes is None else nodes & ends
        edges = paths.edges if edges is None else edges & paths.edges
        strong = strong or paths.edges
    marked = frozenset(find_node(index, name, "highlight") for name in options.highlight)
    return Focus(nodes, edges, strong, marked, moment, count)


def _moment(index: GraphIndex, step: int | None) -> "tuple[StepState | None, int]":
    if step is None or not index.nodes:
        return None, 0
    from chainrule.explain.steps.timeline import list_steps, moment_at  # a whole picture does without all formulas

    steps = list_steps(index, sentences=False)
    if not 1 <= step <= len(steps):
        raise ViewInvalidError("step", f"{step} does not exist; the steps of this program are 1 to {len(steps)}")
    return moment_at(index, steps, step), len(steps)
