"""Groups equal mistakes into one line with their number, the first one, and the fix."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from reconciler.errors import Alike, Mistake, Source

FEW = 3  # up to this many equal mistakes are listed one by one
_VALUES, _RANGES = 3, 5  # the most that one line lists


@dataclass(frozen=True)
class MistakeGroup:
    """Equal mistakes of one file, in its order. A unique mistake is a group of its own."""

    mistakes: Sequence[Mistake]

    @property
    def source(self) -> Source:
        return self.mistakes[0].source

    @property
    def count(self) -> int:
        return len(self.mistakes)

    @property
    def lines(self) -> list[int]:
        return sorted({mistake.source.line for mistake in self.mistakes})

    @property
    def message(self) -> str:
        first = self.mistakes[0]
        if self.count == 1:
            return first.message
        alike = first.alike
        if alike == Alike():
            return f"{first.message} (and {self.count - 1:,} more: {_ranges(self.lines)})"
        subject = f"{alike.subject}: " if alike.subject else ""
        remedy = f"; {alike.remedy}" if alike.remedy else ""
        return f"{subject}{self.count:,} {alike.many} (first: line {first.source.line}{self._values()}){remedy}"

    def __str__(self) -> str:
        return f"{self.source}: {self.message}"

    def _values(self) -> str:
        values = list(dict.fromkeys(mistake.alike.value for mistake in self.mistakes if mistake.alike.value))
        if not values:
            return f"; {_ranges(self.lines)}"
        others = f"; also {', '.join(values[1:_VALUES])}" if len(values) > 1 else ""
        return f" {values[0]}{others}{' …' if len(values) > _VALUES else ''}"


def grouped(mistakes: Iterable[Mistake], *, most_alone: int = FEW) -> list[MistakeGroup]:
    """Returns groups, ordered by the place of their first mistake. Mistakes in rows, which may be many, come last."""
    alike: dict[tuple[str, Alike | str], list[Mistake]] = {}
    for mistake in sorted(mistakes):
        alike.setdefault((mistake.source.file, _cause(mistake)), []).append(mistake)
    groups: list[MistakeGroup] = []
    for members in alike.values():
        groups += [MistakeGroup(members)] if len(members) > most_alone else singly(members)
    return sorted(groups, key=_order)


def singly(mistakes: Iterable[Mistake]) -> list[MistakeGroup]:
    """Returns one group per mistake."""
    return sorted((MistakeGroup([mistake]) for mistake in mistakes), key=_order)


def _cause(mistake: Mistake) -> Alike | str:
    alike = mistake.alike
    return mistake.message if alike == Alike() else alike._replace(value="")


def _order(group: MistakeGroup) -> tuple[bool, Source, str]:
    return group.source.file.lower().endswith(".csv"), group.source, group.message


def _ranges(lines: Sequence[int]) -> str:
    """Returns `lines 2, 5–9 …`."""
    starts = [lines[0], *(after for before, after in pairwise(lines) if after > before + 1)]
    ends = [*(before for before, after in pairwise(lines) if after > before + 1), lines[-1]]
    texts = [str(start) if start == end else f"{start}–{end}" for start, end in zip(starts, ends, strict=True)]
    more = " …" if len(texts) > _RANGES else ""
    return f"{'line' if len(lines) == 1 else 'lines'} {', '.join(texts[:_RANGES])}{more}"
