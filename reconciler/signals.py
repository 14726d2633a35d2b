"""Handles SIGINT and SIGTERM.

A run ends at once before its first write. After that, it finishes the calls in flight.
"""

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
_SHOW_CURSOR = "\x1b[?25h\n"  # shows the cursor that a progress bar has hidden


def end_at_once() -> None:
    """Ends the process without waiting for reading workers. At two calls a second, they could take minutes."""
    for number in ASKED:
        signal.signal(number, _leave)


@contextmanager
def finishing(stop: Stop, format_line: Callable[[str], str]) -> Iterator[Callable[[], None]]:
    """Handles signals within the context.

    Before the yielded function is called, a signal ends the process. After it, the first signal asks the run to stop,
    and a second SIGINT ends the process.

    `format_line` formats a message as a log line.
    """
    before: dict[signal.Signals, object] = {}

    def begin() -> None:
        if threading.current_thread() is threading.main_thread():
            for number in ASKED:
                before[number] = signal.signal(number, ask)

    def ask(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            if number == signal.SIGINT:
                _exit(number, format_line("ended at once; the next run reports what was done"))
            return
        stop.signal = number
        stop.set()
        _say(format_line("finishing the calls in flight; press Ctrl-C again to end at once"))

    try:
        yield begin
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)  # type: ignore[arg-type]  # what signal.signal itself returned


@contextmanager
def cleaning_up() -> Iterator[None]:
    """Raises the first signal as an exception within the context, and ends the process at the second.

    The exception lets the run remove temporary files and end its child processes.
    """

    def raised(number: int, frame: FrameType | None) -> None:
        end_at_once()
        raise _Ended(number)

    is_interrupted = threading.current_thread() is threading.main_thread()
    before = {number: signal.signal(number, raised) for number in ASKED} if is_interrupted else {}
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
    """Writes to stderr without Python's buffers, because a signal may interrupt another thread that writes to them."""
    line = f"{message}\n" if message else ""
    try:
        os.write(2, f"{_SHOW_CURSOR if os.isatty(2) else ''}{line}".encode())
    except OSError:  # stderr is closed
        return
