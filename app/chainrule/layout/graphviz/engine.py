"""One interface to Graphviz, whichever way it runs, with a memory of what it has placed."""

import hashlib
from collections.abc import Callable
from time import perf_counter
from typing import Protocol

from chainrule.errors import LayoutDeadlineError, PictureError
from chainrule.interest import NobodyWaitsError
from chainrule.layout.geometry import Geometry
from chainrule.layout.graphviz.native import NativeBackend
from chainrule.layout.graphviz.parse import parse_geometry
from chainrule.layout.graphviz.wasm import WasmBackend
from chainrule.layout.memo import Memo
from chainrule.scene.model import Scene
from chainrule.settings import Settings

Observe = Callable[[str, str, float], None]
"""Is told the name of a stage, its outcome, and its time [s]."""


def unobserved(stage: str, outcome: str, seconds: float) -> None:
    """Tell nobody."""


class Backend(Protocol):
    """A way to run ``dot``."""

    name: str

    def run(self, dot: str, output: str, seconds: float) -> bytes:
        """Return what ``dot -T<output>`` writes, within so many seconds."""
        ...


class Engine:
    """Places graphs; safe to use from many threads.

    Geometry depends on structure and box sizes only, which is all that the DOT of a picture says, so it is kept under
    the hash of that DOT: the values may change without a layout.
    """

    def __init__(self, backend: Backend, seconds: float, kept: int, observe: Observe = unobserved) -> None:
        self._backend = backend
        self._observe = observe
        self._places: Memo[Geometry] = Memo(kept)
        self.scenes: Memo[Scene] = Memo(kept)
        """Scenes by structure and options: folding, too, is the same for other values."""
        self.arrangements: Memo[Geometry] = Memo(kept)
        """Whole pictures, put together from what was placed, by structure, options and sizes."""
        self.seconds = seconds
        """What one layout may take [s]."""

    @property
    def layouts(self) -> int:
        """Return how many layouts were run."""
        return self._places.made

    @property
    def name(self) -> str:
        """Return which backend runs: "wasm" or "native"."""
        return self._backend.name

    def place(self, dot: str, seconds: float | None = None) -> Geometry:
        """Return the geometry of a DOT, from memory where it is known.

        Args:
            dot: The DOT.
            seconds: What the layout may take [s]; None for what a layout may take.

        Raises:
            LayoutDeadlineError: layout took longer than it may.
            PictureError: Graphviz failed.
        """
        key, limit = hashlib.sha256(dot.encode()).digest(), self.seconds if seconds is None else seconds
        return self._places.get(key, lambda: parse_geometry(self._run(dot, "json0", limit)))

    def picture(self, dot: str, output: str = "svg") -> bytes:
        """Return Graphviz's own picture of a DOT, as ``dot -T<output>`` writes it.

        Raises:
            LayoutDeadlineError: layout took longer than it may.
            PictureError: Graphviz failed.
        """
        return self._run(dot, output, self.seconds)

    def _run(self, dot: str, output: str, seconds: float) -> bytes:
        started, outcome = perf_counter(), "ok"
        try:
            return self._backend.run(dot, output, seconds)
        except LayoutDeadlineError:
            outcome = "deadline"
            raise
        except PictureError:
            outcome = "failed"
            raise
        except NobodyWaitsError:
            outcome = "abandoned"
            raise
        finally:
            self._observe("layout", outcome, perf_counter() - started)


def make_engine(settings: Settings | str = "wasm", observe: Observe = unobserved) -> Engine:
    """Make the engine that the settings name, or the one of that name with the default limits.

    Args:
        settings: what the operator set, or a name.
        observe: told of each layout that is run.

    Raises:
        ValueError: there is no such engine.
    """
    if isinstance(settings, str):
        settings = Settings(engine=settings)
    if settings.engine == "wasm":
        backend: Backend = WasmBackend(settings.layout_memory_bytes)
    elif settings.engine == "native":
        backend = NativeBackend()
    else:
        raise ValueError(f"CHAINRULE_ENGINE must be wasm or native, not {settings.engine!r}")
    return Engine(backend, settings.layout_seconds, settings.layouts_kept, observe)
