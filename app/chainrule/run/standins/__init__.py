"""Stand-ins for modules that programs import and a sandbox cannot have as they are.

One file a module, which bears its name. ``__all__`` of a file is what a program may use of the module: the common part
of the real thing, with its names, arguments and meaning, the same for each run, and no more. A file with state of its
own has a function ``renew`` that puts it back. How to add one is told in CONTRIBUTING.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from types import ModuleType

from chainrule.run.standins import (
    argparse,
    functools,
    logging,
    matplotlib,
    matplotlib_pyplot,
    os,
    os_path,
    random,
    sys,
    time,
    tqdm,
)

STANDINS: dict[str, ModuleType] = {
    "argparse": argparse,
    "functools": functools,
    "logging": logging,
    "matplotlib": matplotlib,
    "matplotlib.pyplot": matplotlib_pyplot,
    "os": os,
    "os.path": os_path,
    "random": random,
    "sys": sys,
    "time": time,
    "tqdm": tqdm,
    "tqdm.auto": tqdm,
    "tqdm.notebook": tqdm,
}
"""Each module that programs import, by its dotted path, with the file that stands in."""


@cache
def standins() -> Mapping[str, ModuleType]:
    """Return what a program gets for each dotted path: a module with its public names and nothing else.

    >>> sorted(name for name in vars(standins()["os"]) if not name.startswith("_"))
    ['cpu_count', 'environ', 'getenv', 'linesep', 'path', 'sep']
    """
    made = {path: _public(path, file) for path, file in STANDINS.items()}
    for path, module in made.items():
        parent, _, name = path.rpartition(".")
        if parent in made:
            setattr(made[parent], name, module)
    return made


def _public(path: str, file: ModuleType) -> ModuleType:
    module = ModuleType(path)
    for name in file.__all__:
        setattr(module, name, getattr(file, name))
    return module


@contextmanager
def renewed() -> Iterator[None]:
    """Let each stand-in begin anew, and again afterwards: a run finds nothing of the one before."""
    renews = [file.renew for file in set(STANDINS.values()) if hasattr(file, "renew")]
    for renew in renews:
        renew()
    try:
        yield
    finally:
        for renew in renews:
            renew()
