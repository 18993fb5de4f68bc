"""`tqdm`: passes on what it goes through. A console that is read afterwards has no use for a bar, and none is drawn."""

from collections.abc import Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any, Self

__all__ = ["tqdm", "tqdm_notebook", "trange"]


class tqdm:  # noqa: N801  # the name that everybody writes
    """An iterable as it is, with the methods of a progress bar."""

    iterable: Iterable[Any] | None
    n: int | float
    total: int | float | None
    desc: str | None

    def __init__(
        self,
        iterable: Iterable[Any] | None = None,
        desc: str | None = None,
        total: float | None = None,
        *_: object,
        initial: float = 0,
        **__: object,
    ) -> None:
        self.iterable = iterable
        self.desc = desc
        self.n = initial
        self.total = total if total is not None or not hasattr(iterable, "__len__") else len(iterable)  # type: ignore[arg-type]

    def __iter__(self) -> Iterator[Any]:
        if self.iterable is None:
            raise TypeError("'NoneType' object is not iterable")
        for one in self.iterable:
            yield one
            self.n += 1

    def __len__(self) -> int:
        if self.total is None:
            raise TypeError("object of type 'tqdm' has no len()")
        return int(self.total)

    def __bool__(self) -> bool:
        return self.total is None or self.total > 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self.close()

    def update(self, n: float = 1) -> None:
        """Count on."""
        self.n += n

    def reset(self, total: float | None = None) -> None:
        """Count from the start again."""
        self.n = 0
        self.total = self.total if total is None else total

    def set_description(self, desc: str | None = None, refresh: bool = True) -> None:
        """Keep the words that would stand before the bar."""
        self.desc = desc

    set_description_str = set_description

    def set_postfix(self, ordered: Mapping[str, object] | None = None, refresh: bool = True, **values: object) -> None:
        """Do nothing with what would stand behind the bar."""

    def set_postfix_str(self, text: str = "", refresh: bool = True) -> None:
        """Do nothing with what would stand behind the bar."""

    def refresh(self, *_: object, **__: object) -> None:
        """Do nothing."""

    def display(self, *_: object, **__: object) -> None:
        """Do nothing."""

    def clear(self, *_: object, **__: object) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""

    @staticmethod
    def write(text: object, file: object = None, end: str = "\n", nolock: bool = False) -> None:
        """Print a line."""
        print(text, end=end)


tqdm_notebook = tqdm


def trange(*bounds: int, **options: Any) -> tqdm:
    """Return a range in a progress bar."""
    return tqdm(range(*bounds), **options)
