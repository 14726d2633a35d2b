"""Rules for the tags that a manifest declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from unicodedata import category

from reconciler import ownership
from reconciler.kinds.wording import quoted
from reconciler.model import Problem

# Limits of tags (service model, TagMap), and the number of tags that this tool writes.
MOST_TAGS, LONGEST_KEY, LONGEST_VALUE = 50, 128, 256
OWN_TAGS = len({ownership.STACK, ownership.ADDRESS, ownership.PROTECT})
_TAG_SIGNS = "_.:/=+-@"


def tag_problems(tags: Any) -> Iterator[Problem]:
    if not isinstance(tags, Mapping):
        return
    room = MOST_TAGS - OWN_TAGS
    if len(tags) > room:
        message = (
            f"{len(tags)} tags; AWS allows {MOST_TAGS} and reconcile writes {OWN_TAGS} of them; declare at most {room}"
        )
        yield Problem("error", ("tags",), message)
    for key, value in tags.items():
        if isinstance(key, str):
            yield from (Problem("error", ("tags", key), fault) for fault in _key_faults(key))
        if isinstance(value, str) and len(value) > LONGEST_VALUE:
            message = f"the value of tag {quoted(key)} has {len(value)} characters; AWS allows {LONGEST_VALUE}"
            yield Problem("error", ("tags", key), message)


def _key_faults(key: str) -> Iterator[str]:
    if not 1 <= len(key) <= LONGEST_KEY:
        yield f"tag key {quoted(key)} has {len(key)} characters; AWS allows 1 to {LONGEST_KEY}"
    if odd := [letter for letter in key if letter not in _TAG_SIGNS and category(letter)[0] not in "LNZ"]:
        yield f"tag key {quoted(key)} has {quoted(odd[0])}; AWS allows letters, numbers, spaces and {_TAG_SIGNS}"
    if key.casefold().startswith("aws:"):
        yield f'tag key {quoted(key)} begins with "aws:", which AWS reserves; rename it'
    if key.casefold().startswith(ownership.PREFIX):
        yield f'tag key {quoted(key)} begins with "{ownership.PREFIX}", which marks managed resources; rename it'
