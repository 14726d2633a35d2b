"""The differences of two JSON values by path, in words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from reconciler.flows.normal import key_text
from reconciler.flows.parsing import Steps
from reconciler.model.meaning import common_ends
from reconciler.model.names import Linked, in_words

ABSENT = object()  # no value: another thing than null
_BARE = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)


class ValueChange(NamedTuple):
    """One difference. A side that is `ABSENT` has no value at that path."""

    steps: Steps
    before: Any
    after: Any

    @property
    def first(self) -> str:
        return str(self.steps[0]) if self.steps else ""

    def __str__(self) -> str:
        path = f"{steps_text(self.steps)}: " if self.steps else ""
        if self.before is ABSENT:
            return f"{path}+ {value_text(self.after)}"
        if self.after is ABSENT:
            return f"{path}- {value_text(self.before)}"
        return f"{path}{value_text(self.before)} → {value_text(self.after)}"


def changes(before: Any, after: Any, steps: Steps = ()) -> Iterator[ValueChange]:
    """Yields the differences of two values: by key in objects, by position between what two lists have in common."""
    match before, after:
        case _ if not differ(before, after):
            return
        case dict(), dict():
            for key in [*before, *(key for key in after if key not in before)]:
                yield from changes(before.get(key, ABSENT), after.get(key, ABSENT), (*steps, key))
        case list(), list() if len(before) == len(after):
            first, last = common_ends(before, after)
            for at in range(first, len(after) - last):
                yield from changes(before[at], after[at], (*steps, at))
        case _:
            yield ValueChange(steps, before, after)


def differ(before: Any, after: Any) -> bool:
    if before is ABSENT or after is ABSENT:
        return before is not after
    return key_text(before) != key_text(after)


def value_text(value: Any) -> str:
    """Returns a value as JSON on one line, with references as an author writes them."""
    return json.dumps(_in_words(value), ensure_ascii=False)


def steps_text(steps: Steps) -> str:
    """Returns steps as a path: `Media.Uri`, `Messages[0]`."""
    text = ""
    for step in steps:
        is_bare = isinstance(step, str) and _BARE.fullmatch(step)
        text += f".{step}" if is_bare else f"[{value_text(step)}]"
    return text.removeprefix(".")


def _in_words(value: Any) -> Any:
    match value:
        case Linked():
            return str(value)
        case str():
            return in_words(value)
        case dict():
            return {_in_words(key): _in_words(item) for key, item in value.items()}
        case list():
            return [_in_words(item) for item in value]
        case _:
            return value
