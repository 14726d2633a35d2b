"""The events of transform: the answer of ingest, or a call by hand with `{}` or a tenant and a table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reconciler.lambdas.connectwise.clock import NOW, RUN, read_instant
from reconciler.lambdas.connectwise.failures import WrongEvent
from reconciler.lambdas.connectwise.lanes import MODES, Selection, read_selection

# The machine calls ingest and transform so many times for one lane.
MOST_ROUNDS = 40
# Seconds that a lane may wait for a server, in all: a run loads nothing before its last lane has ended.
LONGEST_WAITS = 600
_NAME = re.compile(r"[\w./-]{1,255}")


@dataclass(frozen=True)
class Lane:
    """Pairs that are worked on in order. `content` is the event as it came: the answer has all of its members.

    `begin` is the instant at which the function before ended, or the slot of the run.
    """

    run: str
    begin: datetime
    pairs: tuple[Mapping[str, Any], ...]
    content: Mapping[str, Any]

    @property
    def round(self) -> int:
        return int(self.content.get("round", 1))

    @property
    def waited(self) -> int:
        """Returns the seconds that the machine has waited in this lane."""
        return int(self.content.get("waited", 0))


def read_event(event: Any) -> Lane | Selection:
    """Returns the event. Raises `WrongEvent` with what is wrong."""
    if not isinstance(event, Mapping):
        raise WrongEvent("the event must be a JSON object")
    return _lane(event) if "pairs" in event else read_selection(event)


def _lane(event: Mapping[str, Any]) -> Lane:
    run, pairs, number = event.get("run"), event.get("pairs"), event.get("round", 1)
    if not isinstance(run, str) or not RUN.fullmatch(run):
        raise WrongEvent("run must be the name of a run, such as 20261128T194000Z")
    if not isinstance(pairs, list) or not all(isinstance(pair, Mapping) for pair in pairs):
        raise WrongEvent("pairs must be a list of objects")
    for name, count in (("round", number), ("waited", event.get("waited", 0))):
        if not isinstance(count, int) or isinstance(count, bool):
            raise WrongEvent(f"{name} must be a whole number")
    for pair in pairs:
        _must_be_a_pair(pair)
    slot = _instant(event, "slot")
    return Lane(run, _instant(event, NOW) if NOW in event else slot, tuple(pairs), event)


def _instant(event: Mapping[str, Any], name: str) -> datetime:
    try:
        return read_instant(str(event.get(name)))
    except ValueError as wrong:
        raise WrongEvent(f"{name} must be an instant with an offset, such as 2026-11-28T19:40:00Z") from wrong


def _must_be_a_pair(pair: Mapping[str, Any]) -> None:
    for name in ("tenant_id", "table_name"):
        if not isinstance(pair.get(name), str) or not _NAME.fullmatch(pair[name]):
            raise WrongEvent(f"a pair must have a {name}")
    if pair.get("mode", MODES[0]) not in MODES:
        raise WrongEvent(f"mode must be one of {', '.join(MODES)}")
