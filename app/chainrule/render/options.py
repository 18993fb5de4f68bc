"""What a picture shows and how: one table of options, for addresses, the command line and documents alike."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, Self, get_args

from chainrule.errors import ViewInvalidError
from chainrule.render.option_values import (
    MOST_CHARACTERS,
    Choice,
    Decimal,
    Ends,
    Names,
    OptionKind,
    Switch,
    Whole,
    WholeOrWord,
)

View = Literal["both", "values", "gradients", "structure"]
Theme = Literal["auto", "light", "dark", "print"]
Direction = Literal["TB", "BT", "LR", "RL"]
Labels = Literal["none", "norms", "values", "slots"]
Style = Literal["cards"]
AfterPass = Literal["optimizer"]
"""What a step may be that is none of forward or backward."""

MOST_BOXES = 400
_COUNT = Whole(1, 10_000_000)


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a picture, as people and programs write it."""

    name: str
    """With hyphens, as in an address."""
    field: str
    """Its field of `ViewOptions`."""
    kind: OptionKind
    text: str
    """What it is for, in a line."""


def _option(default: object, kind: OptionKind, text: str, name: str = "") -> Any:
    """Return a field of `ViewOptions`; ``name`` is for an option whose name Python does not allow."""
    return field(default=default, metadata={"kind": kind, "text": text, "name": name})


@dataclass(frozen=True, slots=True)
class ViewOptions:
    """The options of one picture."""

    view: View = _option("both", Choice(get_args(View)), "which tensors the cards show")
    pass_index: int | None = _option(
        None, _COUNT, "which pass of backward, from 1 (default: the last that ran to its end)", "pass"
    )
    step: int | AfterPass | None = _option(
        None,
        WholeOrWord(_COUNT, get_args(AfterPass)),
        "what was computed up to this step, forward and then backward, the rest pale; or what parameters became in the "
        "optimizer's step after the pass",
    )
    theme: Theme = _option("auto", Choice(get_args(Theme)), "auto follows the reader's preference for light or dark")
    direction: Direction = _option("TB", Choice(get_args(Direction)), "where data flows")
    open: tuple[str, ...] = _option((), Names(), "folds to unfold, by path, with commas between: net.0,net.3.attn")
    closed: tuple[str, ...] = _option((), Names(), "scopes to fold although there is room, by path")
    highlight: tuple[str, ...] = _option((), Names(), "nodes by id, or variables by name, with commas between")
    path: tuple[str, str] | None = _option(
        None, Ends(), "the ways between two nodes or variables, as x..z; the rest is pale"
    )
    constants: bool = _option(True, Switch(), "whether constants are drawn (default: on)")
    saved: bool = _option(False, Switch(), "whether cards say what each node saved for backward (default: off)")
    detached: bool = _option(True, Switch(), "whether operations without a gradient are drawn (default: on)")
    labels: Labels = _option(
        "none",
        Choice(get_args(Labels)),
        "on lines: the norms or values of the gradients that they carried, or their slots",
    )
    widths: bool = _option(False, Switch(), "whether lines are as wide as the norm of their gradient (default: off)")
    font_scale: float = _option(1.0, Decimal(0.5, 3.0), "how large the text is")
    boxes: int = _option(150, Whole(2, MOST_BOXES), "boxes up to which nothing is folded (default: 150)")
    style: Style = _option("cards", Choice(get_args(Style)), "how nodes are drawn")
    scale: float = _option(1.0, Decimal(0.5, 4.0), "pixels of a PNG for each unit of the picture")

    @property
    def step_number(self) -> int | None:
        """Return the step of forward or backward that is shown; None for all of them."""
        return self.step if isinstance(self.step, int) else None

    @property
    def is_after_update(self) -> bool:
        """Return whether the optimizer's step after the pass is shown."""
        return self.step == "optimizer"

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Self:
        """Read the options from a query's names and values.

        Raises:
            ViewInvalidError: an option is unknown or has a value that does not exist; it says what would do.
        """
        given: dict[str, object] = {}
        for key, text in query.items():
            option = find_option(key)
            if option is None:
                raise ViewInvalidError(key, f"there is no such option; there are {', '.join(sorted(OPTIONS))}")
            if len(text) > MOST_CHARACTERS:
                raise ViewInvalidError(key, f"longer than {MOST_CHARACTERS} characters")
            given[option.field] = option.kind.read(key, text.strip())
        return cls(**given)  # type: ignore[arg-type]  # each kind gives the type of its option


def _listed() -> dict[str, Option]:
    options = (
        Option(f.metadata["name"] or f.name.replace("_", "-"), f.name, f.metadata["kind"], f.metadata["text"])
        for f in fields(ViewOptions)
    )
    return {option.name: option for option in options}


OPTIONS = _listed()
"""Every option by its name, in the order of `ViewOptions`."""


def find_option(key: str) -> Option | None:
    """Return the option of a name, in which an underscore may stand for a hyphen; None for no option.

    >>> find_option("font_scale").name
    'font-scale'
    """
    return OPTIONS.get(key.replace("_", "-"))
