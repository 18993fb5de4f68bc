"""What the finished graph shows that nothing raised or warned of."""

from collections.abc import Callable, Mapping, Sequence, Set

import torch

from chainrule.diagnose.findings.accumulation import accumulated
from chainrule.diagnose.findings.activations import activations_twice, unstable_logarithms
from chainrule.diagnose.findings.broadcasts import broadcast_differences
from chainrule.diagnose.findings.flow import GraphFlow
from chainrule.diagnose.findings.leaf_gradients import without_gradient
from chainrule.diagnose.findings.nonfinite import nonfinite
from chainrule.diagnose.findings.optimizers import lost_parameters
from chainrule.diagnose.findings.steps import IdleSteps, idle_steps
from chainrule.diagnose.findings.unregistered import hidden_modules, made_in_forward
from chainrule.diagnose.findings.vanishing import depth_problems
from chainrule.diagnose.findings.zeros import cancelled_gradients, zero_gradients
from chainrule.diagnose.source import SourceText
from chainrule.graph.model import Graph
from chainrule.protocol.messages import Problem

Finder = Callable[[GraphFlow], list[Problem]]
FINDERS: tuple[Finder, ...] = (
    nonfinite,
    zero_gradients,
    cancelled_gradients,
    broadcast_differences,
    depth_problems,
    activations_twice,
    unstable_logarithms,
    made_in_forward,
)
"""What is looked for, the most important first."""


def diagnose_graph(
    graph: Graph,
    text: SourceText,
    namespace: Mapping[str, object] | None = None,
    updates: Sequence[Set[str]] = (),
    is_optimized: Callable[[torch.Tensor], bool] = lambda tensor: True,
    idle: IdleSteps = (),
) -> list[Problem]:
    """Find what is worth knowing in a finished graph.

    Args:
        graph: what was recorded.
        text: the program.
        namespace: its variables at the end, for the parameters of modules that no pass reached.
        updates: for each pass, the leaves that were changed in place before the next one began.
        is_optimized: whether an optimizer that took a step holds a tensor; True where none took one.
        idle: the optimizers of which no step changed anything.

    Returns:
        Problems of severity "warning" or "notice", the most important first; never raises.
    """
    flow = GraphFlow(graph, text, updates)
    found = [problem for find in FINDERS for problem in _found(find, flow)]
    lost = _found(lambda flow: lost_parameters(flow.text, namespace or {}), flow)
    # Where the parameters are in no optimizer, that is why nothing set their gradients back.
    found += lost or _found(accumulated, flow)
    found += _found(
        lambda flow: without_gradient(flow, namespace or {}, _parameters(namespace or {}), is_optimized), flow
    )
    found += _found(lambda flow: idle_steps(flow.text, idle), flow)
    found += _found(lambda flow: hidden_modules(flow.text, namespace or {}), flow)
    if any(problem.slug in ("nan", "infinite") for problem in found):
        found = [problem for problem in found if problem.slug not in ("gradient-vanishes", "gradient-explodes")]
    return sorted(found, key=lambda problem: problem.severity != "warning")


def _found(find: Finder, flow: GraphFlow) -> list[Problem]:
    try:
        return find(flow)
    except Exception:  # a graph that a finder cannot read is still worth showing
        return []


def _parameters(namespace: Mapping[str, object]) -> dict[str, torch.Tensor]:
    modules = [(name, value) for name, value in namespace.items() if isinstance(value, torch.nn.Module)]
    return {
        f"{name}.{path}": one
        for name, module in modules
        for path, one in module.named_parameters(remove_duplicate=False)
    }
