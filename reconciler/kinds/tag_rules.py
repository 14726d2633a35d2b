"""Rules of the tags that a manifest declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from unicodedata import category

from reconciler import ownership
from reconciler.kinds.wording import shown
from reconciler.model import Problem

# Tags of a resource (service model, TagMap), and those that are the tool's own.
MOST_TAGS, LONGEST_KEY, LONGEST_VALUE = 50, 128, 256
OWN_TAGS = len({ownership.STACK, ownership.ADDRESS, ownership.PROTECT})
_TAG_SIGNS = "_.:/=+-@"


def tag_problems(tags: Any) -> Iterator[Problem]:
    if not isinstance(tags, Mapping):
        return
    room = MOST_TAGS - OWN_TAGS
    if len(tags) > room:
        message = (
            f"{len(tags)} tags; AWS allows {MOST_TAGS} and {OWN_TAGS} are the reconciler's own: keep {room} at most"
        )
        yield Problem("error", ("tags",), message)
    for key, value in tags.items():
        if isinstance(key, str):
            yield from (Problem("error", ("tags", key), fault) for fault in _key_faults(key))
        if isinstance(value, str) and len(value) > LONGEST_VALUE:
            message = f"the value of tag {shown(key)} has {len(value)} characters; AWS allows {LONGEST_VALUE}"
            yield Problem("error", ("tags", key), message)


def _key_faults(key: str) -> Iterator[str]:
    if not 1 <= len(key) <= LONGEST_KEY:
        yield f"tag key {shown(key)} has {len(key)} characters; AWS allows 1 to {LONGEST_KEY}"
    if odd := [letter for letter in key if letter not in _TAG_SIGNS and category(letter)[0] not in "LNZ"]:
        yield f"tag key {shown(key)} holds {shown(odd[0])}; AWS allows letters, numbers, spaces and {_TAG_SIGNS}"
    if key.casefold().startswith("aws:"):
        yield f'tag key {shown(key)} begins with "aws:", which is AWS\'s own; give it another name'
    if key.casefold().startswith(ownership.PREFIX):
        yield f'tag key {shown(key)} begins with "{ownership.PREFIX}", which shows what is ours; give it another name'
