"""Turns one live resource into the contents of a manifest, without AWS's defaults, and with rows sorted by key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from reconciler.kinds.fields import is_derived, is_local, manifest_key, worth_saying
from reconciler.kinds.parts import attributes_of, parts_of
from reconciler.kinds.registry import KINDS
from reconciler.model import Content, Document, Live, LiveRecord, Manifest, Mode, Ref, Spec
from reconciler.model.cells import number
from reconciler.model.ownership import ADDRESS, PROTECT, address

Row = Mapping[str, str | None]


@dataclass(frozen=True)
class Declaration:
    """Contents of a manifest. `rows` and `default` hold the texts that AWS stores; `None` is an absent cell."""

    live: Live
    spec: Mapping[str, Any]
    header: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    default: Row = field(default_factory=dict)
    prune: bool = False

    @property
    def metadata(self) -> Mapping[str, Any]:
        name, tags = self.live.spec.name, self.live.tags
        # A managed resource that was renamed in the console: its tag still has the old name.
        renamed = self.live.ref.name != name and address(self.live.ref._replace(name=name)) != tags.get(ADDRESS)
        return {
            "name": name,
            **({"renamedFrom": self.live.ref.name} if renamed else {}),
            **({"protect": True} if tags.get(PROTECT) == "true" else {}),
        }


def with_live_paths(lives: Iterable[Live]) -> list[Live]:
    """Returns the resources with paths that lead through the live names of those above, as they are exported too."""
    names: dict[Ref, str] = {}
    every = []
    for live in sorted(lives, key=lambda live: live.ref):
        above = KINDS[live.ref.kind].above(live.spec.name)
        if above in names and names[above] != above.name:
            own = live.spec.name.removeprefix(above.name)
            live = replace(live, spec=live.spec.model_copy(update={"name": f"{names[above]}{own}"}))
        names[live.ref] = live.spec.name
        every.append(live)
    return every


def declare(live: Live) -> Declaration:
    kind = KINDS[live.ref.kind]
    # Some kinds declare their ARN, because a name alone does not identify the resource.
    fields = _declared_fields(kind.in_one_form(live.spec))
    spec = ({"arn": live.arn} if "arn" in kind.spec.model_fields else {}) | fields
    spec.pop("name", None)
    # Keys come first, and the other attributes in AWS's order. Parts without values have no order of AWS.
    attributes = sorted(attributes_of(kind, live.spec), key=lambda attribute: not attribute.primary)
    parts = attributes or sorted(parts_of(kind, live.spec), key=lambda part: str(part.name))
    if parts:
        spec[kind.parts_key] = [_declared_fields(part) for part in parts]
    header = tuple(attribute.name for attribute in attributes)
    primaries = tuple((it.name, it.value_type) for it in attributes if it.primary)
    rows = _rows(primaries, header, (record for record in live.records if record.key)) if primaries else ()
    return Declaration(live, spec, header, rows, _default(header, live.records))


def with_manifest_settings(declared: Declaration, manifest: Manifest) -> Declaration:
    """Adds settings that exist only in the manifest: create-only fields, value ownership, pruning."""
    kind = KINDS[declared.live.ref.kind]
    write_only = kind.reading.write_only & manifest.spec.model_fields_set
    added: dict[str, Any] = {manifest_key(kind.spec, f): _plain(getattr(manifest.spec, f)) for f in write_only}
    modes = {
        attribute.name.casefold(): attribute.ownership
        for attribute in attributes_of(kind, manifest.spec)
        if not attribute.primary and attribute.ownership is not Mode.MANAGED
    }
    parts = [_owned(part, modes.get(part["name"].casefold())) for part in declared.spec.get(kind.parts_key, ())]
    if parts:
        added[kind.parts_key] = parts
    gone = {part["name"] for part in parts if part.get("ownership") == Mode.OBSERVED}
    return replace(
        declared,
        spec={**declared.spec, **added},
        header=tuple(name for name in declared.header if name not in gone),
        rows=tuple({name: text for name, text in row.items() if name not in gone} for row in declared.rows),
        default={name: text for name, text in declared.default.items() if name not in gone},
        prune=manifest.records.prune,
    )


def _owned(part: Mapping[str, Any], mode: Mode | None) -> Mapping[str, Any]:
    return {**part, "ownership": mode.value} if mode else part


def _declared_fields(spec: Spec) -> dict[str, Any]:
    inner = type(spec)
    return {
        inner.model_fields[f].alias or f: _plain(value)
        for f, value in spec
        if not is_local(inner, f) and not is_derived(inner, f) and worth_saying(inner, f, value)
    }


def _plain(value: Any) -> Any:
    match value:
        case Spec():
            return _declared_fields(value)
        case Document():
            return value.written
        case Content():
            return value.as_json  # `sayable` leaves it out
        case tuple():
            return [_plain(item) for item in value]
        case Mapping():
            return dict(sorted(value.items()))
        case _:
            return value


def _rows(
    primaries: tuple[tuple[str, str], ...], header: tuple[str, ...], records: Iterable[LiveRecord]
) -> tuple[Row, ...]:
    def row(record: LiveRecord) -> Row:
        # A primary attribute that is new to stored rows is empty in them (API reference, CreateDataTableAttribute).
        key = {name: record.key.get(name, "") for name, _ in primaries}
        texts = {name: cell.text for name, cell in record.cells.items()}
        return {**{name: texts.get(name) for name in header}, **key}

    def rank(row: Row) -> list[tuple[Decimal, str]]:
        return [_rank(value_type, row[name] or "") for name, value_type in primaries]

    return tuple(sorted(map(row, records), key=rank))


def _rank(value_type: str, text: str) -> tuple[Decimal, str]:
    """Returns a sort key: numbers by their value, then texts."""
    if value_type == "NUMBER":
        try:
            return number(text), text
        except ValueError:
            pass  # AWS stores what is not a number here too: sorted among the texts
    return Decimal("Infinity"), text


def _default(header: tuple[str, ...], records: Iterable[LiveRecord]) -> Row:
    stored: dict[str, str] = {}
    for record in records:
        if not record.key:
            stored |= {name: cell.text for name, cell in record.cells.items()}
    return {name: stored[name] for name in header if name in stored}
