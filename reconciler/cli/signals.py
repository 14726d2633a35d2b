"""SIGINT and SIGTERM: they end a run at once while nothing is written, and after the calls in flight from then on."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.apply.run import Stop

ASKED = (signal.SIGINT, signal.SIGTERM)
_SHOW_CURSOR = "\x1b[?25h\n"  # a progress bar hides it


def end_at_once() -> None:
    """Workers that still read are not waited for: at two calls a second that could take minutes."""
    for number in ASKED:
        signal.signal(number, _leave)


@contextmanager
def finishing(stop: Stop, said: Callable[[str], str]) -> Iterator[Callable[[], None]]:
    """Inside, and once the callable has been called, the first signal asks the run to end; a second SIGINT ends it.

    `said`: a message → the line that is written of it.
    """
    before: dict[signal.Signals, object] = {}

    def begin() -> None:
        if threading.current_thread() is threading.main_thread():
            for number in ASKED:
                before[number] = signal.signal(number, ask)

    def ask(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            if number == signal.SIGINT:
                _exit(number, said("ended at once; the next run tells what had been done"))
            return
        stop.signal = number
        stop.set()
        _say(said("finishing the calls in flight; another Ctrl-C ends at once"))

    try:
        yield begin
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)  # type: ignore[arg-type]  # what signal.signal itself returned


@contextmanager
def cleaning_up() -> Iterator[None]:
    """Inside, the first signal is raised, so that what is half made goes and children end; a second ends it at once."""

    def raised(number: int, frame: FrameType | None) -> None:
        end_at_once()
        raise _Ended(number)

    is_ours = threading.current_thread() is threading.main_thread()
    before = {number: signal.signal(number, raised) for number in ASKED} if is_ours else {}
    try:
        yield
    except _Ended as ended:
        _leave(ended.number, None)
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)


class _Ended(BaseException):
    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def _leave(number: int, frame: FrameType | None) -> None:
    _exit(number, "interrupted")


def _exit(number: int, message: str) -> None:
    _say(message)
    os._exit(128 + number)


def _say(message: str) -> None:
    """Past Python's buffers: a handler may have interrupted somebody who writes to them."""
    line = f"{message}\n" if message else ""
    try:
        os.write(2, f"{_SHOW_CURSOR if os.isatty(2) else ''}{line}".encode())
    except OSError:  # nobody reads
        return
