"""Attributes of data tables: create, describe, list, update, delete."""

from __future__ import annotations

from typing import Any

from reconciler.sandbox import paging
from reconciler.sandbox.connect.data_tables import locks, rules
from reconciler.sandbox.connect.data_tables.cell_rules import EMPTY
from reconciler.sandbox.connect.data_tables.state import Attribute, Cell, Record, Table
from reconciler.sandbox.connect.room import Answer, Params, new_id
from reconciler.sandbox.connect.tables import Tables
from reconciler.sandbox.errors import Refused, conflict


class Attributes(Tables):
    def create_data_table_attribute(self, params: Params) -> Answer:
        """Creates an attribute without values [service model]."""
        table = self.table(params)
        name, primary = rules.name(params["Name"]), bool(params.get("Primary"))
        if rules.is_taken(name, (attribute.name for attribute in table.attributes.values())):
            raise Refused("DuplicateResourceException", f"an attribute named {name!r} exists")
        if len(table.attributes) >= self.world.quotas.attributes:
            limit = self.world.quotas.attributes
            raise Refused("ServiceQuotaExceededException", f"a data table may have {limit} attributes")
        if primary:
            self._refuse_more_primaries(table, "ServiceQuotaExceededException")
            self._refuse_if_filled(table)
        attribute = Attribute(
            id=new_id(),
            name=name,
            value_type=params["ValueType"],
            description=rules.description(params.get("Description")),
            primary=primary,
            validation=self._validation(params),
            lock=locks.fresh(self.world.switches),
            modified=self.world.now(),
        )
        table.attributes[attribute.id] = attribute
        for record in _keyed(table) if primary else ():
            # The new key is empty in every record, so the records stay unique [service model].
            record.primary[attribute.id] = EMPTY[attribute.value_type]
        table.reindex()
        self.touch(table)
        return {
            "Name": name,
            "AttributeId": attribute.id,
            "LockVersion": locks.of_attribute(table, attribute),
        }

    def describe_data_table_attribute(self, params: Params) -> Answer:
        table = self.table(params)
        return {"Attribute": self._shown(table, self.attribute(table, params["AttributeName"]))}

    def list_data_table_attributes(self, params: Params) -> Answer:
        """Lists attributes by name; AWS does not document the order.

        AttributeIds is ignored if there is a token [service model]: the token remembers those of the first page.
        """
        table = self.table(params)
        listing = paging.open_listing(
            "ListDataTableAttributes",
            params,
            fixed=table.id,
            remembered=params.get("AttributeIds") or None,
            size=self.page_size(params),
        )
        wanted = listing.remembered
        rows = [(a.name.casefold(), a) for a in table.attributes.values() if not wanted or a.id in wanted]
        page, token = paging.cut(self.world, listing, rows)
        return {"Attributes": [self._shown(table, attribute) for attribute in page], **token}

    def update_data_table_attribute(self, params: Params) -> Answer:
        """Replaces an attribute; a missing member gets its default. Stored values are not rechecked [service model]."""
        table = self.table(params)
        attribute = self.attribute(table, params["AttributeName"])
        name, primary = rules.name(params["Name"]), bool(params.get("Primary"))
        description, validation = rules.description(params.get("Description")), self._validation(params)
        if rules.is_taken(name, (a.name for a in table.attributes.values() if a is not attribute)):
            # The model of this operation has no DuplicateResourceException; the sandbox answers Conflict [inferred].
            raise conflict(f"an attribute named {name!r} exists")
        if primary != attribute.primary:
            self._change_primary(table, attribute, primary)
        attribute.name, attribute.value_type = name, params["ValueType"]
        attribute.description, attribute.validation = description, validation
        attribute.lock = locks.fresh(self.world.switches, attribute.lock)
        attribute.modified = self.world.now()
        table.reindex()
        self.touch(table)
        return {"Name": name, "LockVersion": locks.of_attribute(table, attribute)}

    def delete_data_table_attribute(self, params: Params) -> Answer:
        """Deletes an attribute with all its values [service model]."""
        table = self.table(params)
        attribute = self.attribute(table, params["AttributeName"])
        if attribute.primary:
            self._refuse_if_filled(table)
            self._rekey(table, {record: _without(record.primary, attribute) for record in _keyed(table)})
        del table.attributes[attribute.id]
        table.reindex()
        for record in list(table.records.values()):
            record.cells.pop(attribute.id, None)
            record.key_cells.pop(attribute.id, None)
            self.drop_if_empty(table, record)
        self.touch(table)
        return {"LockVersion": locks.of_table(table)}

    def drop_if_empty(self, table: Table, record: Record) -> None:
        """Deletes a record that has lost its last value, unless the switch keeps it [inferred]."""
        if not record.cells and not record.key_cells and self.world.switches.emptied_record == "vanishes":
            table.drop(record)

    def _change_primary(self, table: Table, attribute: Attribute, primary: bool) -> None:
        """Turns values into keys, which must be unique [service model], or keys into values."""
        self._refuse_if_filled(table)
        records = _keyed(table)
        if primary:
            self._refuse_more_primaries(table, self.world.switches.sixth_primary_on_update)
            empty = Cell(EMPTY[attribute.value_type], "", 0)
            keys = {r: {**r.primary, attribute.id: r.cells.get(attribute.id, empty).value} for r in records}
            self._rekey(table, keys)
            for record in table.records.values():
                if attribute.id in record.cells:
                    record.key_cells[attribute.id] = record.cells.pop(attribute.id)
        else:
            cells = {r: Cell(r.primary[attribute.id], locks.fresh(self.world.switches), r.modified) for r in records}
            self._rekey(table, {r: _without(r.primary, attribute) for r in records})
            for record, cell in cells.items():
                record.cells[attribute.id] = record.key_cells.pop(attribute.id, cell)
        attribute.primary = primary

    def _rekey(self, table: Table, keys: dict[Record, dict[str, str]]) -> None:
        """Gives all records new keys, or none if two keys would be equal."""
        meets_default = {} in keys.values() and table.record({}) is not None
        if meets_default or len({table.key(primary) for primary in keys.values()}) < len(keys):
            raise conflict("the records' primary values would no longer be unique")
        for record, primary in keys.items():
            record.primary = primary

    def _refuse_if_filled(self, table: Table) -> None:
        """Refuses to change the primary attributes of a filled table [admin guide]; a switch allows it."""
        if table.records and self.world.switches.primary_on_filled_table == "refused":
            raise conflict("primary attributes cannot be added or removed while the data table holds values")

    def _refuse_more_primaries(self, table: Table, code: str) -> None:
        if len(table.primaries()) >= self.world.quotas.primaries:
            raise Refused(code, f"a data table may have {self.world.quotas.primaries} primary attributes")

    def _validation(self, params: Params) -> dict[str, Any]:
        given = {rule: value for rule, value in (params.get("Validation") or {}).items() if value is not None}
        rules.validation(
            given, params["ValueType"], bool(params.get("Primary")), self.world.quotas, self.world.switches
        )
        return given

    def _shown(self, table: Table, attribute: Attribute) -> Answer:
        members: Answer = {
            "AttributeId": attribute.id,
            "Name": attribute.name,
            "ValueType": attribute.value_type,
            "DataTableId": table.id,
            "DataTableArn": table.arn,
            "Primary": attribute.primary,
            "LockVersion": locks.of_attribute(table, attribute),
        } | self.stamp(attribute.modified)
        echo = self.world.switches.unset_members == "defaults"
        if attribute.description or echo:
            members["Description"] = attribute.description
        if attribute.validation or echo:
            defaults: Answer = {"IgnoreCase": False, "Enum": {"Strict": False, "Values": []}} if echo else {}
            members["Validation"] = defaults | attribute.validation
        return members


def _keyed(table: Table) -> list[Record]:
    return [record for record in table.records.values() if record.primary]


def _without(primary: dict[str, str], attribute: Attribute) -> dict[str, str]:
    return {id: text for id, text in primary.items() if id != attribute.id}
