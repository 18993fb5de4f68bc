"""What a hostile program is, and where it may be tried."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hostile:
    """A program that tries to do what it must not, and prints ESCAPED if it could.

    ``@FILE@``, ``@FOLDER@``, ``@PORT@``, ``@SOCKET@`` and ``@PID@`` stand for the canaries.
    """

    category: str
    name: str
    source: str
    unconfined: bool = False
    """Whether it does no harm without any wall, so that a test can show that it would get through."""
    raw: bool = False
    """Whether the source is given as it is with the policy off too: what it attacks is not the operating system."""

    @property
    def id(self) -> str:
        return f"{self.category}-{self.name}"


def programs(category: str, *, unconfined: bool = False, raw: bool = False, **sources: str) -> list[Hostile]:
    """Return the programs of one category."""
    return [
        Hostile(category, name.strip("_").replace("_", "-"), source.strip("\n"), unconfined, raw)
        for name, source in sources.items()
    ]
