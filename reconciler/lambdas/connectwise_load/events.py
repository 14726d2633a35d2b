"""The events: `{"run"}` of the state machine, `{}` and `{"tenant_id", "table_name"}` by hand, `{"migrate": true}`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.lambdas.connectwise.clock import slot_of
from reconciler.lambdas.connectwise.failures import WrongEvent

KEYS = frozenset({"run", "tenant_id", "table_name", "migrate"})


@dataclass(frozen=True)
class Event:
    """`run`: "" by hand. `tenant` and `table`: "" for all; a table is a canonical one, such as tickets."""

    run: str = ""
    tenant: str = ""
    table: str = ""
    is_migration: bool = False


def read_event(event: Any) -> Event:
    """Returns the event. Raises `WrongEvent`."""
    if not isinstance(event, Mapping):
        raise WrongEvent("the event must be an object")
    if unknown := sorted(str(key) for key in event if key not in KEYS):
        raise WrongEvent(f"unknown: {', '.join(unknown)}; known are {', '.join(sorted(KEYS))}")
    texts = {key: event.get(key) or "" for key in ("run", "tenant_id", "table_name")}
    if wrong := [key for key, value in texts.items() if not isinstance(value, str)]:
        raise WrongEvent(f"{wrong[0]} must be a text")
    is_migration = event.get("migrate", False)
    if not isinstance(is_migration, bool):
        raise WrongEvent("migrate must be true or false")
    if is_migration and len(event) > 1:
        raise WrongEvent("migrate stands alone: it is about all tenants and tables")
    if texts["run"]:
        try:
            slot_of(texts["run"])
        except ValueError as wrong_run:
            raise WrongEvent(str(wrong_run)) from None
    return Event(texts["run"], texts["tenant_id"], texts["table_name"], is_migration)
