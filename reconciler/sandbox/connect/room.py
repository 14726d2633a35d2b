"""The base of the sandbox's Connect: finds what a request names, and shows it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from moto.connect.models import ConnectBackend, Instance

from reconciler.sandbox.connect.admin.creation import Creation
from reconciler.sandbox.connect.admin.types import Resource
from reconciler.sandbox.connect.data_tables.state import Attribute, Record, Shelf, Table
from reconciler.sandbox.errors import Refused, invalid, not_found
from reconciler.sandbox.world import World

Params = dict[str, Any]
Answer = dict[str, Any]
TABLE_ID = re.compile(r"(?:(?P<owner>arn:.+)/data-table/)?(?P<id>[^:/]+)(?::(?P<alias>.*))?", re.DOTALL)
MANAGED_ALIASES = ("$LATEST", "$SAVED")


class Room:
    """The base class. State belongs to moto's backend: its reset empties it, and accounts and Regions are separate."""

    def __init__(self, world: World, backend: ConnectBackend) -> None:
        self.world = world
        self.backend = backend
        self._shelves: dict[str, Shelf] = backend.__dict__.setdefault("data_table_shelves", {})

    @property
    def region(self) -> str:
        return str(self.backend.region_name)

    def instance(self, params: Params) -> Instance:
        """Returns the instance of a request. Nothing can be done to one that is not active [inferred]."""
        instance = self.present(params["InstanceId"])
        status, _ = self.status_of(instance)
        if status != "ACTIVE":
            raise Refused("InvalidRequestException", f"instance {instance.id} is {status}")
        return instance

    def present(self, given: str) -> Instance:
        """Returns an instance of any status, by id or ARN [seen: published programs use both]."""
        instance = self.backend.instances.get(given.rpartition("instance/")[2])
        if instance is None or given not in (instance.id, instance.arn) or self.is_gone(instance.id):
            raise not_found(f"no instance {given} here")
        return instance

    @property
    def creations(self) -> dict[str, Creation]:
        """Returns the instances that were created here, by id, without the seeded one."""
        creations: dict[str, Creation] = self.backend.__dict__.setdefault("creations", {})
        return creations

    def status_of(self, instance: Instance) -> tuple[str, str]:
        """Returns the status of an instance, and the reason if its creation failed."""
        creation = self.creations.get(instance.id)
        if creation is None:
            return "ACTIVE", ""
        status = creation.status(self.world.accepted)
        if creation.is_fault and status != "ACTIVE":
            self.world.counts.served("creation")
        return status, creation.fails if status == "CREATION_FAILED" else ""

    def is_gone(self, instance: str) -> bool:
        creation = self.creations.get(instance)
        return creation is not None and creation.is_gone(self.world.accepted, self.world.clock())

    def way_to_sign_in(self, params: Params) -> str:
        """Returns how the users of an instance sign in. A switch decides for the instance that is always there."""
        instance = self.present(params["InstanceId"])
        is_created = instance.id in self.creations
        return str(instance.identity_management_type) if is_created else self.world.switches.sign_in

    def shelf(self, params: Params) -> Shelf:
        return self._shelves.setdefault(self.instance(params).id, Shelf())

    def table(self, params: Params, aliases: tuple[str, ...] = MANAGED_ALIASES) -> Table:
        """Returns a table by id or ARN, with or without an alias [service model], such as `<id>:$LATEST` [inferred].

        For the three lists of values and attributes and for DeleteDataTableAttribute the model mentions neither. The
        sandbox treats them alike.
        """
        given = params["DataTableId"]
        named = TABLE_ID.fullmatch(given)
        if not named:
            raise invalid(f"DataTableId: {given!r} is neither an id nor an ARN of a data table")
        if named["alias"] is not None and named["alias"] not in aliases:
            raise invalid(f"DataTableId: the version must be {' or '.join(aliases)}, not {named['alias']!r}")
        table = self.shelf(params).tables.get(named["id"])
        if table is None or (named["owner"] and not table.arn.startswith(named["owner"] + "/")):
            raise not_found(f"no data table {given}")
        return table

    def attribute(self, table: Table, name: str) -> Attribute:
        attribute = table.attribute(name)
        if attribute is None:
            raise not_found(f"no attribute {name!r} in data table {table.name!r}")
        return attribute

    def instance_arn(self, params: Params) -> str:
        return str(self.instance(params).arn)

    def stamp(self, modified: float) -> Answer:
        return {"LastModifiedTime": modified, "LastModifiedRegion": self.region}

    def page_size(self, params: Params) -> int:
        return int(params.get("MaxResults") or self.world.switches.default_page)

    def leave_search_behind(self, thing: Table | Resource, view: Answer | None) -> None:
        """Keeps the older view in searches for some calls. Further changes in that time only prolong it."""
        lag, now = self.world.faults.search_lag, self.world.accepted
        if lag:
            is_behind = thing.lagging is not None and thing.lagging[0] >= now
            thing.lagging = (now + lag, thing.lagging[1] if is_behind and thing.lagging else view)

    def is_behind(self, thing: Table | Resource) -> bool:
        """Returns whether a search still answers the older view; asked once per answer."""
        behind = thing.lagging is not None and self.world.accepted <= thing.lagging[0]
        if behind:
            self.world.counts.served("searchLag")
        return behind

    def described(self, table: Table) -> Answer:
        """Returns a table without its locks, as search shows it. Blanks are left out unless a switch says otherwise."""
        members = {
            "Name": table.name,
            "Id": table.id,
            "Arn": table.arn,
            "TimeZone": table.time_zone,
            "ValueLockLevel": table.lock_level,
            "Status": "PUBLISHED",
            "CreatedTime": table.created,
        } | self.stamp(table.modified)
        if table.description or self.world.switches.unset_members == "defaults":
            members["Description"] = table.description
        if table.tags:
            members["Tags"] = dict(table.tags)
        return members

    def key_shown(self, table: Table, record: Record) -> Answer:
        """Returns a record's primary values with their attribute ids. Those of the default record are null [seen]."""
        if not record.primary:
            return self.default_key_shown()
        attributes = table.attributes
        return {
            "PrimaryValues": [
                {"AttributeName": attributes[id].name, "AttributeId": id, "Value": text}
                for id, text in sorted(record.primary.items(), key=lambda item: attributes[item[0]].name)
            ]
        }

    def default_key_shown(self) -> Answer:
        match self.world.switches.default_primary_values:
            case "null":
                return {"PrimaryValues": None}
            case "empty":
                return {"PrimaryValues": []}
            case _:
                return {}


def new_id() -> str:
    return str(uuid4())


def record_order(table: Table) -> Callable[[Record], str]:
    """Returns a sort key: records sort by primary values [admin guide, of the console], the default record first."""
    ids = [attribute.id for attribute in table.primaries()]

    def key(record: Record) -> str:
        texts = [record.primary[id] for id in ids] if record.primary else []
        return "\x1f".join(f"{text.casefold()}\x1e{text}" for text in texts)

    return key
