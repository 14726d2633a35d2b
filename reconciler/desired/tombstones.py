"""Reads tombstones, `kind: Removed`: the addresses to delete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.desired.checked import Checked, elsewhere
from reconciler.documents.hints import brief, did_you_mean
from reconciler.documents.nodes import ListNode, MapNode, find, text_of
from reconciler.documents.schema_check import against
from reconciler.errors import Mistake, Source
from reconciler.kinds.base import Declarable
from reconciler.kinds.composite import Composite
from reconciler.schemas.kind import removed_schema


def read_tombstone(node: MapNode, kinds: Mapping[str, Declarable]) -> Checked[Mapping[str, Source]]:
    """Returns each address with its position. The texts of the document must be resolved."""
    wrong = against(removed_schema(), node)
    addresses = find(node, ["spec", "addresses"])
    items = addresses.items if isinstance(addresses, ListNode) else ()
    places: dict[str, Source] = {}
    for item in items:
        if (text := text_of(item)) is not None:
            places.setdefault(text, item.source)
    faults: list[Mistake] = []
    for text, source in places.items():
        faults += (Mistake(source, fault) for fault in _faults(text, kinds))
    return Checked(places, (*wrong, *elsewhere(faults, wrong)))


def still_declared(removed: Mapping[str, Source], declared: Mapping[str, Source]) -> Iterator[Mistake]:
    """Yields addresses that a tombstone removes and a manifest declares."""
    for address in removed.keys() & declared.keys():
        message = f"{address} is still declared at {declared[address]}; delete one of them"
        yield Mistake(removed[address], message)


def _faults(address: str, kinds: Mapping[str, Declarable]) -> Iterator[str]:
    kind, _, name = address.partition("/")
    if kind not in kinds:
        yield f"{brief(address)} has no known kind{did_you_mean(kind, kinds)}; write Kind/name, or Kind/name/part"
    elif isinstance(kinds[kind], Composite):
        yield f"{brief(address)} only stands for other resources; write the addresses of those to delete"
    # A log group's name may begin with a slash.
    parts = name.removeprefix("/").split("/")
    if any(part != part.strip() or not part for part in parts):
        yield f"{brief(address)} has an empty name, or spaces around one; write Kind/name, or Kind/name/part"
