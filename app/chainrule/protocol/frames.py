"""How web process, stem, zygote and child talk: frames with a length in front, JSON inside, never pickle.

A frame on a child's socket is a kind (one byte), a length (four bytes, big-endian) and that many bytes. A message on
the control socket of the stem or of a zygote is one packet of JSON.
"""

import struct
from dataclasses import asdict
from typing import Literal

from pydantic import Field

from chainrule.graph.model import Data
from chainrule.limits import Limits

HEADER = struct.Struct(">cI")
"""Kind and length in front of each frame."""

HELLO = b"H"
"""Child to web: confined, and ready for a request; a Hello."""
REQUEST = b"R"
"""Web to child: a Program."""
STARTED = b"S"
"""Child to web: the program starts now; empty."""
OVER = b"O"
"""Child to web: the program is over, and the answer is being made; empty."""
ANSWER = b"A"
"""Child to web: an ExecutionAnswer."""
BROKEN = b"B"
"""Child to web: it cannot be confined, or cannot go on; the reason as text."""

PACKET_BYTES = 65_536
"""Above any message on the control socket [bytes]."""


class Layer(Data):
    """One layer of confinement, as a child found it."""

    name: str
    active: bool
    detail: str = ""
    """Why it is not active, or what it does here."""


class Hello(Data):
    """What a child says before it sees any program."""

    layers: list[Layer]


class SetupOrder(Data):
    """What the web process tells the stem first, or a child without one."""

    limits: dict[str, float]
    insecure: bool = False
    """Go on without the layers that this machine does not have."""
    without: list[str] = []
    """Layers that are left out on purpose, to show in a test what each of them holds back."""

    @classmethod
    def of(cls, limits: Limits, *, insecure: bool = False, without: tuple[str, ...] = ()) -> "SetupOrder":
        """Return the order for these limits."""
        return cls(
            limits={name: float(value) for name, value in asdict(limits).items()},
            insecure=insecure,
            without=list(without),
        )

    def read_limits(self) -> Limits:
        """Return the limits, as whole numbers where they are."""
        defaults = asdict(Limits())
        return Limits(**{name: type(defaults[name])(value) for name, value in self.limits.items()})


class Forked(Data):
    """Stem to web: a zygote; zygote to web: a child. Its socket and its pidfd come along."""

    kind: Literal["forked"] = "forked"
    pid: int


class Exited(Data):
    """Zygote to web: a child ended."""

    kind: Literal["exited"] = "exited"
    pid: int
    status: int
    """As ``os.waitstatus_to_exitcode``: below 0 is the number of a signal."""


class Warm(Data):
    """Stem to web: warm, and ready to fork."""

    kind: Literal["warm"] = "warm"
    torch: str


class Ready(Data):
    """Zygote to web: ready to fork."""

    kind: Literal["ready"] = "ready"
    layers: list[Layer]
    """What holds for the zygote and all its children, like namespaces."""


class Failed(Data):
    """Stem or zygote to web: it cannot serve."""

    kind: Literal["failed"] = "failed"
    detail: str


class Alive(Data):
    """Stem or zygote to web: it was asked whether it lives, and does."""

    kind: Literal["alive"] = "alive"


Message = Warm | Forked | Exited | Ready | Failed | Alive


class Unanswered(Data):
    """A run that started and gave no answer."""

    kind: Literal["overdue", "lost", "forged", "interrupted"]
    """Killed for its time; its process ended; it sent what no child sends; the sandbox itself ended."""
    reason: str = Field(default="", max_length=1_000)
    status: int | None = Field(default=None, ge=-64, le=255)
    """The exit code of its process, or minus the number of a signal, where it is known."""
    over: bool = False
    """Whether the program itself had come to its end, and its answer was being made."""


Outcome = bytes | Unanswered
"""What came of a run: an answer that nobody has looked into yet, or none."""

FORK = b"fork"
"""Web to stem: one more zygote; web to zygote: one more child."""
FORK_NOW = b"fork now"
"""Web to zygote: one more child, and rather soon than warm."""
ASK = b"alive?"
"""Web to stem or zygote: say that it lives."""
