"""The phone numbers that a search finds: numbers that regulators keep for fiction, so that none is a subscriber's.

Sources: NANPA (555-01XX), Ofcom (drama numbers), the Bundesnetzagentur (media productions), ARCEP (audio-visual works),
ACMA (fictitious numbers). The sandbox has no numbers of other countries and types.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

# The beginnings of the numbers of a country and type, each with the digits that follow.
STEMS: dict[tuple[str, str], tuple[tuple[str, int], ...]] = {
    ("AU", "DID"): (("+61255501", 3), ("+61355501", 3)),
    ("CA", "DID"): (("+141655501", 2), ("+160455501", 2)),
    ("CA", "TOLL_FREE"): (("+183355501", 2),),
    ("DE", "DID"): (("+493023125", 3), ("+496990009", 3)),
    ("FR", "DID"): (("+331990012", 2),),
    ("GB", "DID"): (("+441134960", 3), ("+441614960", 3), ("+442079460", 3)),
    ("GB", "TOLL_FREE"): (("+448081570", 3),),
    ("US", "DID"): (("+121255501", 2), ("+131255501", 2), ("+150455501", 2)),
    ("US", "TOLL_FREE"): (("+180055501", 2), ("+188855501", 2)),
}


class PoolNumber(NamedTuple):
    number: str
    country: str
    type: str


def numbers_of(country: str, type: str) -> Iterator[PoolNumber]:
    """Yields every number of a country and type in ascending order."""
    for stem, digits in STEMS.get((country, type), ()):
        for at in range(10**digits):
            yield PoolNumber(f"{stem}{at:0{digits}}", country, type)


@cache
def pool_number(number: str) -> PoolNumber | None:
    """Returns what the pool says of a number; `None` if the pool does not have it."""
    for (country, type), stems in STEMS.items():
        for stem, digits in stems:
            rest = number.removeprefix(stem)
            if rest != number and len(rest) == digits and rest.isdigit():
                return PoolNumber(number, country, type)
    return None
