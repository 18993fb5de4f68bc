"""The program's global variables, as a dictionary that tells the tape what is bound."""

from collections.abc import Mapping
from typing import Any

from chainrule.tape.tape import Tape


class Namespace(dict[str, Any]):
    """Global variables for ``exec``: the program's top level binds names here, and the tape notes them.

    Args:
        tape: told of every name that the program binds.
        given: what is there before the program runs; the tape is not told of it.
    """

    def __init__(self, tape: Tape, given: Mapping[str, Any]) -> None:
        super().__init__(given)
        self._tape = tape

    def __setitem__(self, name: str, value: Any) -> None:
        """Bind a name."""
        super().__setitem__(name, value)
        self._tape.bind(name, value)
