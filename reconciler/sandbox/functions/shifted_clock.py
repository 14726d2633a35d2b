"""Moves the clock of a container's Python to the sandbox's. A container imports this file from its runtime.

The time of files, of other programs and of certificates' validity stays the machine's.
"""

from __future__ import annotations

import datetime as real_datetime
import time as real_time
from collections.abc import Callable
from mmap import ACCESS_READ, mmap
from struct import Struct
from typing import Any

SECONDS = Struct("d")


def follow(path: str) -> None:
    """Makes `time` and `datetime` answer a time that is ahead by the seconds in a file, which may change."""
    with open(path, "rb") as file:
        held = mmap(file.fileno(), SECONDS.size, access=ACCESS_READ)
    _shift_time(lambda: float(SECONDS.unpack_from(held)[0]))
    _shift_datetime()


def _shift_time(ahead: Callable[[], float]) -> None:
    time, time_ns, gmtime, localtime = real_time.time, real_time.time_ns, real_time.gmtime, real_time.localtime
    now: dict[str, Callable[..., Any]] = {
        "time": lambda: time() + ahead(),
        "time_ns": lambda: time_ns() + int(ahead() * 1_000_000_000),
        "gmtime": lambda secs=None: gmtime(time() + ahead() if secs is None else secs),
        "localtime": lambda secs=None: localtime(time() + ahead() if secs is None else secs),
    }
    for name, function in now.items():
        setattr(real_time, name, _BuiltIn(function))


class _BuiltIn:
    """A function that a class may have as an attribute without binding it, as `converter = time.gmtime` of loggers."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    def __call__(self, *args: Any) -> Any:
        return self._function(*args)


def _shift_datetime() -> None:
    datetime, date = real_datetime.datetime, real_datetime.date

    class OfEveryDatetime(type):
        """C code and the methods of this class make values of the real one."""

        def __instancecheck__(cls, value: object) -> bool:
            return isinstance(value, datetime)

    class ShiftedDatetime(datetime, metaclass=OfEveryDatetime):  # type: ignore[misc,valid-type]
        __slots__ = ()  # extensions warn of another size

        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.fromtimestamp(real_time.time(), tz)

        @classmethod
        def today(cls) -> Any:
            return datetime.fromtimestamp(real_time.time())

        @classmethod
        def utcnow(cls) -> Any:
            return datetime.fromtimestamp(real_time.time(), real_datetime.UTC).replace(tzinfo=None)

    class OfEveryDate(type):
        def __instancecheck__(cls, value: object) -> bool:
            return isinstance(value, date)

    class ShiftedDate(date, metaclass=OfEveryDate):  # type: ignore[misc,valid-type]
        __slots__ = ()  # extensions warn of another size

        @classmethod
        def today(cls) -> Any:
            return date.fromtimestamp(real_time.time())

    for name, shifted in (("datetime", ShiftedDatetime), ("date", ShiftedDate)):
        shifted.__name__ = shifted.__qualname__ = name
        shifted.__module__ = "datetime"
        setattr(real_datetime, name, shifted)
