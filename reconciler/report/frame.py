"""Fits a report into the place that shows it: its limit, the lines above it, and the link to the full report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from reconciler.report.markdown_tables import joined

REST = "the details are in the plan's JSON and page"


@dataclass(frozen=True)
class Frame:
    """The place that shows a report.

    - `limit`: the largest size, as `size` measures it (by default in characters). 0 means no limit.

    - `above`: Markdown lines below the title.

    - `rest`: Markdown that says where the full report is.

    - `full`: no value is shortened.
    """

    limit: int = 0
    size: Callable[[str], int] = len
    above: Sequence[str] = ()
    rest: str = REST
    full: bool = False

    def first_that_fits(self, forms: Iterable[Callable[[], Iterable[str]]], brief: Iterable[str]) -> str:
        """Returns the most detailed form that fits.

        If none does, it returns as much of `brief` as fits. The size of `brief` does not depend on the plan's.
        """
        for at, form in enumerate(forms):
            note = ["", f"Shortened to fit: {self.rest}."] if at else []
            if (text := self._text_if_it_fits(chain(form(), note))) is not None:
                return text
        text = joined([*brief, "", f"Too long to show here: {self.rest}."])
        over = max(0, self.size(text) - self.limit)
        return text[: max(0, len(text) - over)]

    def _text_if_it_fits(self, lines: Iterable[str]) -> str | None:
        """Returns the text, or `None` as soon as it exceeds the limit. The remaining lines are then never rendered."""
        kept, used = [], 0
        for line in lines:
            kept.append(line)
            used += self.size(line) + 1 if line else 0
            if self.limit and used > self.limit:
                return None
        text = joined(kept)
        return text if not self.limit or self.size(text) <= self.limit else None
