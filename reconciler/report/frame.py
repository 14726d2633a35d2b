"""What is around a report where it is shown: how much room there is, what stands above, where the rest can be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from urllib.parse import quote

from reconciler.report.markdown_tables import joined

_OF_ADDRESSES = "/:?#=&%+,;~-._@"  # signs that an address may hold and Markdown leaves alone
REST = "the details are in the plan's JSON and page"


@dataclass(frozen=True)
class Frame:
    """`limit`: the most that there is room for, as `size` counts it (characters, where nothing else is said); 0 is no
    limit. `above`: Markdown below the title. `rest`: Markdown that says where the whole can be read. `page_url`: where
    the complete page is. `full`: no value is shortened."""

    limit: int = 0
    size: Callable[[str], int] = len
    above: Sequence[str] = ()
    rest: str = REST
    page_url: str = ""
    full: bool = False

    @property
    def link(self) -> list[str]:
        """The way to the complete page, as Markdown."""
        if not self.page_url:
            return []
        # Nothing in the address can end the link.
        return ["", f"Every value is on [the complete page]({quote(self.page_url, safe=_OF_ADDRESSES)})."]

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
