"""Finds texts that a spreadsheet seems to have changed, or would change: one finding per column and kind of damage.

They are findings and not mistakes, because the author may mean each of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from reconciler.kinds.connect.data_table.header import Header
from reconciler.kinds.wording import quoted
from reconciler.model import Problem, Written

_MONTH = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
# A spreadsheet keeps `+49 30 …` and `-5`, but turns `-x` and `@x` into formulas.
_SIGNS = {
    "formula": r"[+-](?![\d.,\s])[^=].*|@.+",
    "scientific": r"\d(\.\d+)?E[+-]\d{2,}",
    "quotes": r".*[“”„‟‘‚].*",
}
_IN_KEYS = {
    "invisible": ".*[\u200b-\u200f\u2060\ufeff\u00ad\u00a0].*",
    "date": rf"\d{{1,2}}-({_MONTH})(-\d{{2,4}})?|({_MONTH})-\d{{2,4}}|\d{{4}}-\d\d-\d\d 00:00(:00)?",
}
_MESSAGES = {
    "formula": "would become a formula in a spreadsheet",
    "scientific": "looks like a number that a spreadsheet has shortened",
    "quotes": "has typographic quotes, which a look-up with plain quotes does not find",
    "invisible": "has an invisible character in a key, so a look-up does not find it; type it again",
    "date": "looks like a key that a spreadsheet has changed to a date",
}


def findings(header: Header, every: Iterable[Written]) -> Iterator[Problem]:
    patterns = {name: _pattern(one.primary) for name, one in header.known.items() if one.value_type == "TEXT"}
    counts: Counter[tuple[str, str]] = Counter()  # by column and kind of damage
    first: dict[tuple[str, str], Written] = {}
    for row in every:
        for name, text in row.texts.items():
            if isinstance(text, str) and name in patterns and (match := patterns[name].fullmatch(text)):
                damage = name, str(match.lastgroup)
                counts[damage] += 1
                first.setdefault(damage, row)
    for (name, sign), row in first.items():
        also = f" (and {counts[name, sign] - 1:,} more in this column)" if counts[name, sign] > 1 else ""
        yield Problem(
            "warning", ("values",), f"{name}: {quoted(row.texts[name])} {_MESSAGES[sign]}{also}", row.place(name)
        )


def _pattern(primary: bool) -> re.Pattern[str]:
    signs = _SIGNS | (_IN_KEYS if primary else {})
    return re.compile("|".join(f"(?P<{sign}>{pattern})" for sign, pattern in signs.items()), re.DOTALL)
