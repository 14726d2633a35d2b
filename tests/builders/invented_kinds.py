"""Invented kinds and their manifests: dependencies must not rely on the existing kinds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from reconciler.errors import Source
from reconciler.kinds.base import Kind
from reconciler.kinds.services import CONNECT
from reconciler.model import Keyed, Linked, Manifest, Record, Records, Ref, RefTo, Resource, Spec


class Step(Spec):
    name: str
    door: Annotated[str, RefTo("Door")] | None = None
    text: str = ""


class Door(Resource):
    """A resource with every sort of reference."""

    text: str = ""
    next_door: Annotated[str, RefTo("Door")] | None = None
    others: tuple[Annotated[str, RefTo("Door")], ...] = ()
    steps: Annotated[tuple[Step, ...], Keyed("name")] = ()
    first: Step | None = None
    notes: dict[str, str] = {}  # noqa: RUF012 (pydantic copies it)


class DoorKind(Kind[Door]):
    spec = Door
    service = CONNECT


class Secretive(Resource):
    document: str = ""


class SecretiveKind(Kind[Secretive]):
    """A kind whose references have no mark on their fields."""

    spec = Secretive
    service = CONNECT

    def references(self, spec: Secretive) -> Iterator[Ref]:
        yield from (Ref("Door", name) for name in spec.document.split())


MADE_UP: Mapping[str, Kind[Any]] = {"Door": DoorKind(), "Secretive": SecretiveKind()}


def declared(*specs: Resource, values: Mapping[str, str] | None = None) -> dict[Ref, Manifest]:
    """Returns manifests of the specs, the first in line 1 of `doors.yaml`, each with a row of the values."""
    source = Source("doors.yaml", 1)
    records = Records((Record({"key": "1"}, dict(values or {}), source),)) if values else Records()
    made = [Manifest(spec, source._replace(line=line), records) for line, spec in enumerate(specs, 1)]
    return {manifest.ref: manifest for manifest in made}


def door(name: str, **fields: Any) -> Door:
    return Door(name=name, **fields)


def link(name: str, kind: str = "Door") -> Linked:
    return Linked(f"say ${{{kind}/{name}.arn}}!")


def chain(*names: str) -> dict[Ref, Manifest]:
    """Returns doors that each lead to the next one."""
    following = [*names[1:], None]
    return declared(*(door(name, next_door=after) for name, after in zip(names, following, strict=True)))
