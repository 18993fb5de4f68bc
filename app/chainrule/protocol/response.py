"""What a server answers for a program."""

from pydantic import BaseModel, Field

from chainrule.graph.model import Graph
from chainrule.protocol.figures import DrawnFigure
from chainrule.protocol.messages import Check, ConsoleLine, Problem


class GraphAnswer(BaseModel):
    """An executed program: its graph, what it printed, and what is worth knowing about it."""

    id: str = Field(description="Equal for equal requests to equal versions.")
    graph: Graph
    console: list[ConsoleLine]
    figures: list[DrawnFigure] = Field(default=[], description="What the program drew with matplotlib's functions.")
    problems: list[Problem]
    check: Check | None = Field(
        default=None, description="Gradients beside finite differences, where that was asked for."
    )
    timings: dict[str, float] = Field(description="Seconds by stage: the only part that differs between two runs.")
