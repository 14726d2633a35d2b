"""What a schema cannot tell of a data table: rules between its fields, of its attributes, and of its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from unicodedata import category

from reconciler import ownership
from reconciler.environment import Quotas
from reconciler.kinds.connect import attribute_rules, row_rules
from reconciler.kinds.connect.attribute_rules import MOST_PRIMARIES, Column, name_faults
from reconciler.kinds.connect.cell_rules import shown
from reconciler.kinds.connect.row_rules import records
from reconciler.kinds.connect.time_zones import read_zones
from reconciler.model import Problem, WrittenRecords

__all__ = ["problems", "records"]

# Tags of a resource (service model, TagMap), and those that are the tool's own.
MOST_TAGS, LONGEST_KEY, LONGEST_VALUE = 50, 128, 256
OWN_TAGS = len({ownership.STACK, ownership.ADDRESS, ownership.PROTECT})
_TAG_SIGNS = "_.:/=+-@"


def problems(declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
    """Every mistake and finding. What cannot be read is passed over: the schema has said so."""
    every = attribute_rules.columns(declared)
    if isinstance(name := declared.get("name"), str):
        yield from (Problem("error", ("name",), fault) for fault in name_faults(name))
    yield from _time_zone(declared.get("timeZone"))
    yield from _tags(declared.get("tags"))
    yield from attribute_rules.problems(every)
    yield from _sizes(declared, every, quotas)
    yield from _sources(declared.get("values"))
    yield from row_rules.problems(every, written, quotas)


def _time_zone(zone: Any) -> Iterator[Problem]:
    if not isinstance(zone, str):
        return
    zones = read_zones()
    if zone not in zones.names:
        yield Problem("error", ("timeZone",), f"{shown(zone)} is no IANA time zone{zones.suggestion(zone)}")
    elif zone not in zones.current:
        modern = zones.modern(zone)
        remedy = f"; {modern} keeps the same time" if modern else "; name a place, such as America/New_York"
        yield Problem("warning", ("timeZone",), f"{shown(zone)} is a legacy name of a time zone{remedy}")


def _tags(tags: Any) -> Iterator[Problem]:
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


def _sizes(declared: Mapping[str, Any], every: Sequence[Column], quotas: Quotas) -> Iterator[Problem]:
    if len(every) > quotas.attributes_per_table:
        message = (
            f"{len(every)} attributes; the quota is {quotas.attributes_per_table} (quotas.attributesPerTable in "
            "reconcile.yaml, where AWS has raised it)"
        )
        yield Problem("error", ("attributes",), message)
    primaries = [column for column in every if column.written.get("primary") is True]
    if len(primaries) > MOST_PRIMARIES:
        message = f"{len(primaries)} primary attributes; AWS allows {MOST_PRIMARIES}, and raises that for nobody"
        yield Problem("error", (*primaries[MOST_PRIMARIES].place, "primary"), message)


def _sources(values: Any) -> Iterator[Problem]:
    if isinstance(values, Mapping) and values.get("file") is not None and values.get("rows") is not None:
        yield Problem("error", ("values", "rows"), "values.file and values.rows are both given; rows have one place")
