"""What each option of a picture means, and which values it has: for the command line and the API's own description."""

from dataclasses import dataclass, fields
from typing import Any

from chainrule.render.options import CHOICES, FONT_SCALES, MOST_BOXES, PNG_SCALES, SWITCHES, ViewOptions
from chainrule.words.numbers import say_number


@dataclass(frozen=True, slots=True)
class OptionWords:
    """An option, told to people and to programs."""

    text: str
    schema: dict[str, Any]
    """JSON Schema of its value in a query."""

    @property
    def choices(self) -> str:
        """Return its values in a few words; empty where any text may stand."""
        if "enum" in self.schema:
            known = self.schema["enum"]
            return "on or off" if set(known) == set(SWITCHES) else ", ".join(known)
        if "maximum" in self.schema:
            return f"{say_number(self.schema['minimum'])} to {say_number(self.schema['maximum'])}"
        return ""


_SWITCH = {"type": "string", "enum": list(SWITCHES)}
_NAMES = {"type": "string", "maxLength": 2_000}
_COUNT = {"type": "integer", "minimum": 1, "maximum": 10_000_000}

WORDS: dict[str, OptionWords] = {
    "view": OptionWords("which tensors the cards show", {"type": "string", "enum": list(CHOICES["view"])}),
    "pass": OptionWords("which pass of backward, from 1 (default: the last that ran to its end)", _COUNT),
    "step": OptionWords("what was computed up to this step, forward and then backward; the rest is pale", _COUNT),
    "theme": OptionWords(
        "auto follows the reader's preference for light or dark", {"type": "string", "enum": list(CHOICES["theme"])}
    ),
    "direction": OptionWords("where data flows", {"type": "string", "enum": list(CHOICES["direction"])}),
    "open": OptionWords("folds to unfold, by path, with commas between: net.0,net.3.attn", _NAMES),
    "closed": OptionWords("scopes to fold although there is room, by path", _NAMES),
    "highlight": OptionWords("nodes by id, or variables by name, with commas between", _NAMES),
    "path": OptionWords("the ways between two nodes or variables, as x..z; the rest is pale", _NAMES),
    "constants": OptionWords("whether constants are drawn (default: on)", _SWITCH),
    "saved": OptionWords("whether cards say what each node saved for backward (default: off)", _SWITCH),
    "detached": OptionWords("whether operations without a gradient are drawn (default: on)", _SWITCH),
    "labels": OptionWords(
        "on lines: the norms or values of the gradients that they carried, or their slots",
        {"type": "string", "enum": list(CHOICES["labels"])},
    ),
    "widths": OptionWords("whether lines are as wide as the norm of their gradient (default: off)", _SWITCH),
    "font_scale": OptionWords(
        "how large the text is", {"type": "number", "minimum": FONT_SCALES[0], "maximum": FONT_SCALES[1]}
    ),
    "boxes": OptionWords(
        f"boxes up to which nothing is folded (default: {ViewOptions().boxes})",
        {"type": "integer", "minimum": 2, "maximum": MOST_BOXES},
    ),
    "style": OptionWords("classic is Graphviz's own picture", {"type": "string", "enum": list(CHOICES["style"])}),
    "scale": OptionWords(
        "pixels of a PNG for each unit of the picture",
        {"type": "number", "minimum": PNG_SCALES[0], "maximum": PNG_SCALES[1]},
    ),
}
"""By name, as `ViewOptions` has them; "pass" is its ``pass_index``."""

NAMES = tuple({"pass_index": "pass"}.get(field.name, field.name) for field in fields(ViewOptions))
"""Every option of a picture, in the order of `ViewOptions`."""
