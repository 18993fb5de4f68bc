"""`logging`: levels, loggers and the usual layouts; every line goes to the console, and none to a file."""

import sys
import traceback
from typing import Any

from chainrule.run.standins import time as clock

__all__ = ["CRITICAL", "DEBUG", "ERROR", "INFO", "NOTSET", "WARN", "WARNING", "Formatter", "Logger", "StreamHandler"]
__all__ += ["basicConfig", "critical", "debug", "disable", "error", "exception", "getLevelName", "getLogger", "info"]
__all__ += ["log", "warn", "warning"]

NOTSET, DEBUG, INFO, WARNING, ERROR, CRITICAL = 0, 10, 20, 30, 40, 50
WARN = WARNING
NAMES = {0: "NOTSET", 10: "DEBUG", 20: "INFO", 30: "WARNING", 40: "ERROR", 50: "CRITICAL"}
BASIC = "%(levelname)s:%(name)s:%(message)s"
"""The layout that `basicConfig` sets where none is given."""


def _number(level: int | str) -> int:
    if isinstance(level, int):
        return level
    for number, name in NAMES.items():
        if name == level:
            return number
    raise ValueError(f"Unknown level: {level!r}")


def getLevelName(level: int) -> str:  # noqa: N802
    """Return what a level is called."""
    return NAMES.get(level, f"Level {level}")


class Formatter:
    """The layout of a line: ``%(asctime)s``, ``%(levelname)s``, ``%(levelno)s``, ``%(name)s``, ``%(message)s``."""

    def __init__(self, fmt: str | None = None, datefmt: str | None = None) -> None:
        self._layout = "%(message)s" if fmt is None else str(fmt)
        self._date = "%Y-%m-%d %H:%M:%S,000" if datefmt is None else datefmt

    def _line(self, name: str, level: int, message: str) -> str:
        values = {"levelname": getLevelName(level), "levelno": level, "name": name, "message": message}
        values |= {"asctime": clock.strftime(self._date), "lineno": 0, "module": "program", "filename": "program.py"}
        values |= {"funcName": "<module>", "process": 1, "thread": 1, "threadName": "MainThread", "created": 0.0}
        return self._layout % values


class StreamHandler:
    """Takes the lines of a logger to the console."""

    def __init__(self, stream: object = None) -> None:
        self._stream = "stderr"
        self._layout = Formatter()
        self._level = NOTSET
        if stream is not None and getattr(stream, "_name", None) == "stdout":
            self._stream = "stdout"

    def setFormatter(self, fmt: Formatter) -> None:  # noqa: N802  # as the real one is called
        """Set the layout of lines."""
        self._layout = fmt

    def setLevel(self, level: int | str) -> None:  # noqa: N802
        """Leave out what is less important."""
        self._level = _number(level)

    def _take(self, name: str, level: int, message: str) -> None:
        if level >= self._level:
            getattr(sys, self._stream).write(self._layout._line(name, level, message) + "\n")


class Logger:
    """Writes what is important enough."""

    name: str
    level: int
    propagate: bool
    handlers: list[StreamHandler]

    def __init__(self, name: str, level: int | str = NOTSET) -> None:
        self.name = name
        self.level = _number(level)
        self.propagate = True
        self.handlers = []

    def setLevel(self, level: int | str) -> None:  # noqa: N802
        """Leave out what is less important."""
        self.level = _number(level)

    def getEffectiveLevel(self) -> int:  # noqa: N802
        """Return the level of the nearest logger that has one."""
        return next((logger.level for logger in self._upwards() if logger.level), WARNING)

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802
        """Return whether something so important is written."""
        return level > _disabled and level >= self.getEffectiveLevel()

    def addHandler(self, handler: StreamHandler) -> None:  # noqa: N802
        """Let a handler take the lines too."""
        self.handlers.append(handler)

    def hasHandlers(self) -> bool:  # noqa: N802
        """Return whether a handler takes the lines."""
        return any(logger.handlers for logger in self._upwards())

    def log(self, level: int, message: object, *args: object, exc_info: object = None, **_: object) -> None:
        """Write a message, with the values for its places."""
        if not self.isEnabledFor(level):
            return
        given = args[0] if len(args) == 1 and isinstance(args[0], dict) and args[0] else args
        text = str(message) % given if args else str(message)
        if exc_info and sys.exc_info()[1] is not None:
            text += "\n" + "".join(traceback.format_exception_only(sys.exc_info()[1])).rstrip("\n")
        handlers = [handler for logger in self._upwards() for handler in logger.handlers]
        for handler in handlers or [StreamHandler()]:  # without one, the message alone goes to the console
            handler._take(self.name, level, text)

    def debug(self, message: object, *args: object, **options: Any) -> None:
        """Write a message of level DEBUG."""
        self.log(DEBUG, message, *args, **options)

    def info(self, message: object, *args: object, **options: Any) -> None:
        """Write a message of level INFO."""
        self.log(INFO, message, *args, **options)

    def warning(self, message: object, *args: object, **options: Any) -> None:
        """Write a message of level WARNING."""
        self.log(WARNING, message, *args, **options)

    warn = warning

    def error(self, message: object, *args: object, **options: Any) -> None:
        """Write a message of level ERROR."""
        self.log(ERROR, message, *args, **options)

    def critical(self, message: object, *args: object, **options: Any) -> None:
        """Write a message of level CRITICAL."""
        self.log(CRITICAL, message, *args, **options)

    def exception(self, message: object, *args: object, **options: Any) -> None:
        """Write a message of level ERROR, and the exception that is being handled."""
        self.log(ERROR, message, *args, **{"exc_info": True, **options})

    def _upwards(self) -> list["Logger"]:
        """Return this logger and those whose handlers take its lines too."""
        found = [self]
        while found[-1].propagate and found[-1] is not _root:
            parent = found[-1].name.rpartition(".")[0]
            while parent and parent not in _loggers:
                parent = parent.rpartition(".")[0]
            found.append(_loggers[parent] if parent else _root)
        return found


_root = Logger("root", WARNING)
_loggers: dict[str, Logger] = {}
_disabled = NOTSET


def renew() -> None:
    """Forget every logger."""
    global _disabled
    _disabled = NOTSET
    _loggers.clear()
    _root.handlers.clear()
    _root.level = WARNING


def getLogger(name: str | None = None) -> Logger:  # noqa: N802
    """Return the logger of a name, the same one each time."""
    if not name or name == "root":
        return _root
    return _loggers.setdefault(name, Logger(name))


def basicConfig(  # noqa: N802
    *,
    level: int | str | None = None,
    format: str = BASIC,
    datefmt: str | None = None,
    stream: object = None,
    force: bool = False,
    handlers: list[StreamHandler] | None = None,
    **_: object,
) -> None:
    """Let lines go to the console in a layout, where nothing was set before."""
    if force:
        _root.handlers.clear()
    if _root.handlers:
        return
    for handler in handlers or [StreamHandler(stream)]:
        handler.setFormatter(Formatter(format, datefmt))
        _root.addHandler(handler)
    if level is not None:
        _root.setLevel(level)


def disable(level: int = CRITICAL) -> None:
    """Write nothing up to a level."""
    global _disabled
    _disabled = level


log = _root.log
debug, info, warning, warn = _root.debug, _root.info, _root.warning, _root.warning
error, critical, exception = _root.error, _root.critical, _root.exception
