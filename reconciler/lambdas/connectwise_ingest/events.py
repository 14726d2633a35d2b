"""The events of ingest: a lane of the state machine, or a call by hand with `{}` or a tenant and a table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reconciler.lambdas.connectwise.clock import NOW, RUN, read_instant
from reconciler.lambdas.connectwise.failures import WrongEvent
from reconciler.lambdas.connectwise.lanes import MODES, Selection, read_selection

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


def read_event(event: Any) -> Lane | Selection:
    """Returns the event. Raises `WrongEvent` with what is wrong."""
    if not isinstance(event, Mapping):
        raise WrongEvent("the event must be a JSON object")
    return _lane(event) if "pairs" in event else read_selection(event)


def _lane(event: Mapping[str, Any]) -> Lane:
    run, pairs = event.get("run"), event.get("pairs")
    if not isinstance(run, str) or not RUN.fullmatch(run):
        raise WrongEvent("run must be the name of a run, such as 20261128T194000Z")
    if not isinstance(pairs, list) or not all(isinstance(pair, Mapping) for pair in pairs):
        raise WrongEvent("pairs must be a list of objects")
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
