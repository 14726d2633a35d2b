"""What is around a report where it is shown: how much room there is, what stands above, where the rest can be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from reconciler.report.markdown_tables import joined

REST = "the details are in the plan's JSON and page"


@dataclass(frozen=True)
class Frame:
    """`limit`: the most that there is room for, as `size` counts it (characters, where nothing else is said); 0 is no
    limit. `above`: Markdown below the title. `rest`: Markdown that says where the whole can be read.
    `full`: no value is shortened."""

    limit: int = 0
    size: Callable[[str], int] = len
    above: Sequence[str] = ()
    rest: str = REST
    full: bool = False

    def first_that_fits(self, tellings: Iterable[Callable[[], Iterable[str]]], brief: Iterable[str]) -> str:
        """The most detailed telling that there is room for; of `brief`, which never grows with what is told, as much
        as there is room for."""
        for at, telling in enumerate(tellings):
            note = ["", f"Shortened to fit: {self.rest}."] if at else []
            if (text := self._told(chain(telling(), note))) is not None:
                return text
        text = joined([*brief, "", f"Too long to be told here: {self.rest}."])
        over = max(0, self.size(text) - self.limit)
        return text[: max(0, len(text) - over)]

    def _told(self, lines: Iterable[str]) -> str | None:
        """`None` as soon as it is known that there is no room: nobody waits for the rest to be told."""
        told, used = [], 0
        for line in lines:
            told.append(line)
            used += self.size(line) + 1 if line else 0
            if self.limit and used > self.limit:
                return None
        text = joined(told)
        return text if not self.limit or self.size(text) <= self.limit else None
