"""Shows the progress and the failures of a run: a bar on a terminal, otherwise a line every few seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event as Flag
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

from reconciler.cli.logs import Log, LogLevel, to_stderr
from reconciler.cli.screen import has_colour, is_screen
from reconciler.cli.telling import log_line
from reconciler.messages import counted
from reconciler.model.events import CallMade, Event, Failed, StepBegan, StepEnded
from reconciler.report.summary import about
from reconciler.steps.order import Node

if TYPE_CHECKING:
    from rich.progress import Progress

    from reconciler.cli.choices import Flags
    from reconciler.steps.estimate import Forecast

HEARTBEAT = 5.0


class RunProgress:
    """The progress of one piece of work at a time, from `begin` to `end`. Safe to use from many threads."""

    def __init__(self, log: Log, heartbeat: float = HEARTBEAT) -> None:
        self.log = log
        self._heartbeat, self._lock = heartbeat, Lock()
        self._what, self._calls, self._made, self._items, self._since = "", 0, 0, 0, 0.0
        self._failed, self._told = 0, set[tuple[str, str]]()

    def begin(self, what: str, calls: int = 0, forecast: Forecast | None = None) -> None:
        self.end()
        self._what, self._calls, self._made, self._items, self._since = what, calls, 0, 0, time.monotonic()
        self._forecast, self._failed, self._told = forecast, 0, set()
        self._ended = Flag()
        self._beats = Thread(target=self._beat, args=(self._ended,), daemon=True)
        self._beats.start()

    def tell(self, event: Event) -> None:
        self._follow(event)
        if not (line := log_line(event)):
            return
        level, kind, text, members = line
        if isinstance(event, Failed):
            level = self._level_of(event, level)
            self._moved()
        if isinstance(event, CallMade):
            with self._lock:
                self._made += 1
                self._items += event.done
            self._moved()
        self.log.put(level, kind, text, address=str(event.ref), **members)

    def _level_of(self, event: Failed, level: LogLevel) -> LogLevel:
        """Returns the level of a failure.

        The first one of a resource with its code is always shown, later ones are details.
        """
        with self._lock:
            self._failed += event.items
            known = (str(event.ref), event.code) in self._told
            self._told.add((str(event.ref), event.code))
        return LogLevel.DETAIL if known else level

    def end(self) -> None:
        if self._what:
            self._what = ""
            self._ended.set()
            self._beats.join()

    @contextmanager
    def during(self, what: str) -> Iterator[None]:
        self.begin(what)
        try:
            yield
        finally:
            self.end()

    def left(self) -> float | None:
        """Returns the remaining seconds, or `None` if they are unknown."""
        with self._lock:
            return self._forecast.remaining(time.monotonic()) if self._forecast else None

    def _follow(self, event: Event) -> None:
        with self._lock:
            match event:
                case StepBegan(_, change, step) if self._forecast:
                    self._forecast.begun(Node(change, step), time.monotonic())
                case StepEnded(_, change, step) if self._forecast:
                    self._forecast.ended(Node(change, step))

    def _moved(self) -> None:
        """Counts an API call."""

    def _beat(self, ended: Flag) -> None:
        while not ended.wait(self._heartbeat):
            seconds, calls, calls, items = time.monotonic() - self._since, self._made, self._calls, self._items
            failed = f"{self._failed:,} failed, " if self._failed else ""
            far = (
                f"{calls:,} of about {counted(calls, 'call')}, {counted(items, 'item')} done, {failed}"
                if calls
                else failed
            )
            left = self.left()
            ahead = "" if left is None else f", {about(left)} left"
            members: dict[str, Any] = {"calls": calls, "of": calls, "items": items} if calls else {}
            if self._failed:
                members["failed"] = self._failed
            if left is not None:
                members["left"] = round(left, 1)
            text = f"{self._what}: {far}{seconds:.0f} s{ahead}"
            self.log.put(LogLevel.NOTE, "heartbeat", text, seconds=round(seconds, 1), **members)


class Bar(RunProgress):
    """A progress bar. Log lines appear above it, and it disappears when the work ends."""

    def __init__(self, log: Log) -> None:
        super().__init__(log, heartbeat=3600.0)
        self._bar: Progress | None = None

    def begin(self, what: str, calls: int = 0, forecast: Forecast | None = None) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        super().begin(what, calls, forecast)
        console = Console(stderr=True, no_color=not has_colour(sys.stderr))
        # The forecast gives the remaining time. The measured rate is misleading while a burst is being used up.
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[left]}"))
        self._bar = Progress(*columns, console=console, transient=True)
        self._task = self._bar.add_task(what, total=1.0 if forecast else None, left="")
        self._bar.start()
        self.log.write = self._above

    def end(self) -> None:
        super().end()
        if self._bar:
            self._bar.stop()
            self._bar = None
            self.log.write = to_stderr

    def _above(self, line: str) -> None:
        if self._bar:
            self._bar.console.print(line, markup=False, highlight=False, soft_wrap=True)

    def _moved(self) -> None:
        if self._bar:
            spent, left = time.monotonic() - self._since, self.left()
            if self._failed:
                self._bar.update(self._task, description=f"{self._what}, {self._failed} failed")
            if left is not None:
                self._bar.update(self._task, completed=spent / (spent + left or 1.0), left=f"{about(left)} left")


def work_of(flags: Flags, log: Log) -> RunProgress:
    looked_at = is_screen(sys.stderr) and flags.log_format == "text" and flags.verbosity
    return Bar(log) if looked_at else RunProgress(log)
