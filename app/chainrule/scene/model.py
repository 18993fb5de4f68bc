"""What a picture shows of a graph: boxes, links and frames, after folding and copying, before any geometry."""

from dataclasses import dataclass

from chainrule.graph.model import Edge, Node, Scope


@dataclass(frozen=True, slots=True)
class SceneOptions:
    """What is folded, copied and left out of a picture."""

    open: tuple[str, ...] = ()
    """Paths of folds to unfold, with everything around them; "*" unfolds all there is room for."""
    closed: tuple[str, ...] = ()
    """Paths to fold although there is room for what is inside."""
    boxes: int = 150
    """Boxes up to which scopes unfold by themselves."""
    repeated: int = 60
    """Boxes up to which equal scopes unfold by themselves: past it one of them, unfolded by hand, tells more."""
    links: int = 400
    """Links up to which scopes unfold by themselves."""
    most_boxes: int = 600
    """Boxes past which nothing unfolds, even when asked for."""
    constants: bool = True
    """Whether constants are drawn."""
    detached: bool = True
    """Whether operations that autograd did not record are drawn."""
    copies_above: int = 6
    """Uses past which a leaf or constant is drawn at each of them."""


@dataclass(frozen=True, slots=True)
class Fold:
    """Many nodes drawn as one box."""

    label: str
    """What a person calls it: "net.0 Linear", or "n120 to n180"."""
    path: str
    """What ``open=`` takes to unfold it."""
    members: tuple[str, ...]
    """The ids of the nodes inside, in the graph's order; a leaf drawn at each use is in each fold that uses it."""
    repeat: int = 1
    """How many equal scopes there are in all ("x12"), this one included."""
    scope: Scope | None = None
    """The scope that is folded; None for a run of lines or of nodes."""
    operations: int = 0
    """How many of the members are operations."""
    parameters: tuple[str, ...] = ()
    """The leaves among the members."""
    inputs: tuple[str, ...] = ()
    """Nodes outside whose output goes in."""
    outputs: tuple[str, ...] = ()
    """Members whose output goes out, or is a root."""


@dataclass(frozen=True, slots=True)
class Box:
    """One box of the picture: a node (or one of several copies of a leaf or constant), or a fold."""

    id: str
    """Unique in the scene: the node's id, "n3.2" for its second copy, "f0" for a fold."""
    node: Node | None
    fold: Fold | None = None
    copy: int = 0
    """Counted from 1 where a leaf or constant is drawn once for each use; 0 where it is drawn once."""


@dataclass(frozen=True, slots=True)
class Link:
    """One line of the picture, in the direction of the stored edges: from consumer to what it takes in."""

    id: str
    source: str
    target: str
    """Box ids."""
    edges: tuple[Edge, ...]
    """The edges that it stands for: one, except between folds."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame around the boxes of an open scope; frames nest."""

    id: str
    scope: Scope
    path: str
    boxes: tuple[str, ...]
    frames: tuple["Frame", ...] = ()
    label: str = ""
    """What a person calls it: "net.0 Linear"."""


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a picture shows, in a deterministic order."""

    boxes: tuple[Box, ...]
    links: tuple[Link, ...]
    frames: tuple[Frame, ...] = ()
    notices: tuple[str, ...] = ()
    """What was left out and why, in sentences for the person."""
