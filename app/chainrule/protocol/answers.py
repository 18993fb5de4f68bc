"""What a fresh child answered to a question about a program, put to what its first run gave."""

from collections.abc import Mapping

from chainrule.graph.model import Graph, Jacobian
from chainrule.protocol.messages import Check, ExecutionAnswer
from chainrule.protocol.program import Question
from chainrule.words.saying import book_of, say

TRANSIENT_PROBLEMS = frozenset(
    ("time-limit", "cpu-limit", "memory-limit", "graph-time-limit", "crash", "interrupted", "answer-invalid")
)
"""Problems that depend on how busy the machine was: an answer that holds one is not kept."""


def with_answer(first: ExecutionAnswer, question: Question, found: ExecutionAnswer) -> ExecutionAnswer:
    """Return the answer of a first run with what was found for a question.

    The ids of nodes and edges are those of the first run: a program does the same each time. What names a node or an
    edge that the first run did not have is left out; and where a run was ended by what depends on how busy the machine
    was, the other may have come farther, and nothing is taken.

    Args:
        first: of the first run.
        question: what was asked.
        found: what a child answered; its problems tell why, where that is not all.
    """
    known = {problem.slug for problem in first.problems}
    ended = not TRANSIENT_PROBLEMS.isdisjoint(known | {problem.slug for problem in found.problems})
    changes: dict[str, object] = {
        "problems": [
            *first.problems,
            *(problem for problem in found.problems if problem.severity == "error" and problem.slug not in known),
        ],
        "sayings": [*first.sayings, *found.sayings],
        "seconds": first.seconds | {question: sum(found.seconds.values())},
    }
    if ended:
        if question == "check" and found.check is not None:
            note = say("The program did not come to its end, so nothing can be compared for certain.")
            changes["check"] = found.check.model_copy(update={"leaves": [], "note": note})
            changes["sayings"] = [*first.sayings, *book_of([note])]
    elif question == "check" and found.check is not None:
        changes["check"] = _of_nodes(found.check, first.graph)
    elif question == "jacobians":
        changes["graph"] = with_jacobians(first.graph, found.jacobians)
    elif question == "tensors" and _has_the_same_nodes(found.graph, first.graph):
        changes["graph"] = found.graph
    return first.model_copy(update=changes)


def with_jacobians(graph: Graph, jacobians: Mapping[str, Jacobian]) -> Graph:
    """Return a graph whose edges have their local Jacobians."""
    edges = [
        edge.model_copy(update={"jacobian": jacobians[edge.id]}) if edge.id in jacobians else edge
        for edge in graph.edges
    ]
    return graph.model_copy(update={"edges": edges})


def _of_nodes(check: Check, graph: Graph) -> Check:
    known = {node.id for node in graph.nodes}
    return check.model_copy(update={"leaves": [leaf for leaf in check.leaves if leaf.node in known]})


def _has_the_same_nodes(one: Graph, other: Graph) -> bool:
    return [(node.id, node.op) for node in one.nodes] == [(node.id, node.op) for node in other.nodes]
