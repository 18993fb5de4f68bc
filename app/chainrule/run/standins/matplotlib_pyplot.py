"""`matplotlib.pyplot`: what is drawn is recorded, and shown beneath the console.

Lines, points, bars, histograms, areas, images, texts, titles, labels, legends, scales, limits and subplots; colours and
sizes are ours. ``show`` and ``savefig`` do nothing but end a figure: every figure that holds something is shown.
"""

from collections.abc import Callable
from typing import Any

from chainrule.protocol.figures import ALL_POINTS, FIGURES, DrawnFigure
from chainrule.run.figures.axes import PlottedAxes
from chainrule.run.figures.figure import PlottedFigure
from chainrule.run.figures.numbers import Budget
from chainrule.run.figures.recorder import Artist
from chainrule.run.standins import matplotlib

_DRAWING = """plot semilogy semilogx loglog errorbar step scatter bar barh hist fill_between imshow matshow pcolormesh
pcolor contour contourf axhline axvline text annotate legend grid axis twinx tick_params margins cla""".split()
_SETTING = {
    "title": "set_title",
    "xlabel": "set_xlabel",
    "ylabel": "set_ylabel",
    "xscale": "set_xscale",
    "yscale": "set_yscale",
    "xlim": "set_xlim",
    "ylim": "set_ylim",
    "xticks": "set_xticks",
    "yticks": "set_yticks",
}
_NOTHING = """savefig tight_layout subplots_adjust colorbar draw pause ion ioff set_cmap switch_backend rc clim
autoscale""".split()
_OWN = "cm rcParams style figure subplots subplot axes gca gcf sca suptitle show close clf".split()

__all__ = [*_OWN, *_DRAWING, *_SETTING, *_NOTHING]  # names of functions that are made below

KINDS = (Artist, PlottedAxes, PlottedFigure)


class _Look:
    """Names of looks and of colours: there is one look."""

    def use(self, *_: object) -> None:
        """Do nothing."""

    viridis = plasma = gray = jet = hot = coolwarm = seismic = bwr = Blues = Reds = Greens = RdBu = RdYlBu = (
        Spectral
    ) = ""
    tab10 = tab20 = rainbow = inferno = magma = cividis = Paired = Set1 = gray_r = RdBu_r = Greys = binary = ""


rcParams = matplotlib.rcParams  # noqa: N816  # the name that everybody writes
style = cm = _Look()


class _Figures:
    """All figures of a program."""

    def __init__(self) -> None:
        self.budget = Budget(ALL_POINTS)
        self.all: list[PlottedFigure] = []
        self.numbered: dict[object, PlottedFigure] = {}
        self.current: PlottedFigure | None = None

    def make(self) -> PlottedFigure:
        made = PlottedFigure(self.budget)
        if len(self.all) < FIGURES:
            self.all.append(made)
        else:  # those that hold nothing make room
            self.all = [one for one in self.all if one.drawn() is not None]
            self.budget.cut |= len(self.all) >= FIGURES
            self.all += [made][: FIGURES - len(self.all)]
        self.current = made
        return made


_figures = _Figures()


def renew() -> None:
    """Forget all figures."""
    global _figures
    _figures = _Figures()


def drawn() -> tuple[list[DrawnFigure], bool]:
    """Return the figures that hold something, and whether something was left out of them."""
    found = [figure for one in _figures.all if (figure := one.drawn()) is not None]
    return found, _figures.budget.cut


def figure(num: object = None, *_: object, **__: object) -> PlottedFigure:
    """Return a new figure, or the one of a number or name that was made before."""
    known = isinstance(num, int | str)
    if known and num in _figures.numbered:
        _figures.current = _figures.numbered[num]
        return _figures.current
    made = _figures.make()
    if known and len(_figures.numbered) < FIGURES:
        _figures.numbered[num] = made
    return made


def gcf() -> PlottedFigure:
    """Return the current figure."""
    return _figures.current if _figures.current is not None else _figures.make()


def gca(**_: object) -> PlottedAxes:
    """Return the current axes."""
    return gcf().gca()


def sca(ax: PlottedAxes) -> None:
    """Draw between these axes from now on."""
    gcf().use(ax)


def subplots(nrows: int = 1, ncols: int = 1, **options: Any) -> tuple[PlottedFigure, Any]:
    """Return a new figure and its axes."""
    made = _figures.make()
    return made, made.subplots(nrows, ncols, squeeze=options.get("squeeze", True))


def subplot(*place: Any, **options: Any) -> PlottedAxes:
    """Return axes of the current figure."""
    return gcf().add_subplot(*place, **options)


def axes(*_: object, **options: Any) -> PlottedAxes:
    """Return axes that take the whole figure."""
    return gcf().add_subplot(1, 1, 1, **options)


def suptitle(t: object, *_: object, **__: object) -> None:
    """Set what stands above all axes."""
    gcf().suptitle(t)


def show(*_: object, **__: object) -> None:
    """End the current figure; it is shown beneath the console."""
    _figures.current = None
    _figures.numbered.clear()


close = show


def clf() -> None:
    """Forget what the current figure holds."""
    gcf().clear()


def _on_axes(method: str) -> Callable[..., Any]:
    def called(*args: Any, **options: Any) -> Any:
        return _METHODS[method](gca(), *args, **options)

    called.__name__ = called.__qualname__ = method
    return called


def _nothing(*_: object, **__: object) -> None:
    """Do nothing."""


_METHODS: dict[str, Callable[..., Any]] = {name: getattr(PlottedAxes, name) for name in (*_DRAWING, *_SETTING.values())}
globals().update({name: _on_axes(name) for name in _DRAWING})
globals().update({name: _on_axes(method) for name, method in _SETTING.items()})
globals().update(dict.fromkeys(_NOTHING, _nothing))
