"""Values: the three batch writes.

Each item succeeds or fails alone; AWS promises no atomicity. Switches turn a failed item into a failed request, which
then changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from reconciler.sandbox.connect.data_tables import cell_rules, locks
from reconciler.sandbox.connect.data_tables.locks import Turn
from reconciler.sandbox.connect.data_tables.state import Place, Table
from reconciler.sandbox.connect.other_writer import OtherWriter
from reconciler.sandbox.connect.room import Answer, Params
from reconciler.sandbox.connect.stored import Stored, cells_of
from reconciler.sandbox.errors import ItemRefused, Refused, Why, invalid

Write = Callable[[Place, Params, Turn], Answer]
# Seen on BatchDescribe and BatchUpdate.
MISSING = "Value not found."
EXISTS = "Value already exists."


class Writes(Stored):
    def batch_create_data_table_value(self, params: Params) -> Answer:
        return self._batch("BatchCreateDataTableValue", params, self._create)

    def batch_update_data_table_value(self, params: Params) -> Answer:
        return self._batch("BatchUpdateDataTableValue", params, self._update)

    def batch_delete_data_table_value(self, params: Params) -> Answer:
        return self._batch("BatchDeleteDataTableValue", params, self._delete)

    def refuse_long_batch(self, params: Params) -> None:
        """Refuses more than 25 items [seen: four unrelated clients stop there]; the error is inferred."""
        if len(params["Values"]) > self.world.quotas.batch_items:
            raise invalid(f"Values: holds {len(params['Values'])}; {self.world.quotas.batch_items} is the maximum")

    def place(self, table: Table, item: Params) -> Place:
        attribute = table.attribute(item["AttributeName"])
        if attribute is None:
            raise ItemRefused(Why.INVALID, f"Attribute {item['AttributeName']} not found.")
        primary = self.primary(table, item.get("PrimaryValues"))
        record = table.record(primary)
        return Place(primary, attribute, record, cells_of(record, attribute).get(attribute.id) if record else None)

    def primary(self, table: Table, given: list[Params] | None) -> dict[str, str]:
        """Returns the primary values by attribute id: all of them, or none for the default record [service model]."""
        primary: dict[str, str] = {}
        for pair in given or ():
            attribute = table.attribute(pair["AttributeName"])
            if attribute is None or not attribute.primary:
                raise ItemRefused(Why.INVALID, f"{pair['AttributeName']} is not a primary attribute.")
            if attribute.id in primary:
                raise ItemRefused(Why.INVALID, f"Primary value of {attribute.name} is given twice.")
            primary[attribute.id] = pair["Value"]
        if primary:
            for attribute in table.attributes.values():
                if attribute.primary and attribute.id not in primary:
                    raise ItemRefused(Why.INVALID, f"Primary value of {attribute.name} is missing.")
        return primary

    def checked_primary(self, table: Table, primary: dict[str, str]) -> dict[str, str]:
        quotas, switches = self.world.quotas, self.world.switches
        return {id: cell_rules.checked(table.attributes[id], text, quotas, switches) for id, text in primary.items()}

    def _batch(self, operation: str, params: Params, write: Write) -> Answer:
        table = self.table(params)
        self.refuse_long_batch(params)
        if self.world.injection.other_writer_comes(operation, "write"):
            OtherWriter(self, table).act()
        if write == self._create:
            self._refuse_too_many_cells(table, params["Values"])
        turn = Turn(table, self.world.switches)
        before = self._photograph(table)
        identities: set[Any] = set()
        answer: Answer = {"Successful": [], "Failed": []}
        for item in params["Values"]:
            echo = {"AttributeName": item["AttributeName"]} | self._key_echoed(item)
            try:
                place = self.place(table, item)
                self._refuse_repeated(table, place, identities)
                if self.world.injection.fails_item(operation):
                    raise ItemRefused(Why.INJECTED, "The value could not be written; try again.")
                answer["Successful"].append(echo | write(place, item, turn))
            except ItemRefused as refused:
                if self.takes_request_down(refused.why):
                    before()
                    raise Refused(refused.why.value, refused.message) from refused
                answer["Failed"].append(echo | {"Message": refused.message})
        return answer

    def _create(self, place: Place, item: Params, turn: Turn) -> Answer:
        """Creates a value. The first value under new primary values creates the record [seen]."""
        table, (primary, attribute, record, cell) = turn.table, place
        if cell is not None:
            raise ItemRefused(Why.EXISTS, EXISTS)
        turn.compare(item.get("LockVersion"), attribute, record, None)
        if record is None:
            primary = self.checked_primary(table, primary)
        value = cell_rules.checked(attribute, item["Value"], self.world.quotas, self.world.switches)
        if attribute.primary and attribute.folded(value) != attribute.folded(primary.get(attribute.id, "")):
            # A primary attribute may be written with its key's value [inferred from the flow block].
            raise ItemRefused(Why.INVALID, f"{attribute.name} is primary: its value must be that of the key.")
        record = self.new_cell(table, attribute, primary, value, turn)
        cell = cells_of(record, attribute)[attribute.id]
        return {"RecordId": record.id, "LockVersion": locks.of_cell(table, attribute, record, cell)}

    def _update(self, place: Place, item: Params, turn: Turn) -> Answer:
        """Updates a value; never creates one [seen]."""
        table, (_, attribute, record, cell) = turn.table, place
        if record is None or cell is None:
            raise ItemRefused(Why.MISSING, MISSING)
        if attribute.primary:
            raise ItemRefused(Why.INVALID, f"{attribute.name} is primary: use UpdateDataTablePrimaryValues.")
        turn.compare(item.get("LockVersion"), attribute, record, cell)
        cell.value = cell_rules.checked(attribute, item["Value"], self.world.quotas, self.world.switches)
        cell.modified = self.written(table, record)
        turn.move(cell)
        turn.moved(attribute, record)
        return {"LockVersion": locks.of_cell(table, attribute, record, cell)}

    def _delete(self, place: Place, item: Params, turn: Turn) -> Answer:
        """Deletes a value. The reply shows the remaining locks, without the value's own [inferred]."""
        table, (_, attribute, record, cell) = turn.table, place
        if record is None or cell is None:
            raise ItemRefused(Why.MISSING, MISSING)
        turn.compare(item["LockVersion"], attribute, record, cell)
        del cells_of(record, attribute)[attribute.id]
        self.written(table, record)
        turn.moved(attribute, record)
        self.drop_if_empty(table, record)
        return {"LockVersion": locks.of_attribute(table, attribute) | {"PrimaryValues": record.lock}}

    def takes_request_down(self, why: Why) -> bool:
        switches = self.world.switches
        reach = {
            Why.EXISTS: switches.existing_or_missing_cell,
            Why.MISSING: switches.existing_or_missing_cell,
            Why.INVALID: switches.invalid_item,
            Why.STALE: switches.stale_lock,
        }
        return reach.get(why) == "request"

    def _photograph(self, table: Table) -> Callable[[], None]:
        """Returns a function that restores the table. It copies the table only if a switch may need it."""
        if not any(self.takes_request_down(why) for why in Why):
            return lambda: None
        kept = deepcopy(table)

        def restore() -> None:
            table.__dict__.update(kept.__dict__)

        return restore

    def _key_echoed(self, item: Params) -> Answer:
        if not item.get("PrimaryValues"):
            return self.default_key_shown()
        pairs = item["PrimaryValues"]
        return {"PrimaryValues": [{"AttributeName": p["AttributeName"], "Value": p["Value"]} for p in pairs]}

    def _refuse_repeated(self, table: Table, place: Place, identities: set[Any]) -> None:
        """Refuses a second item of one key and attribute [service model]; the later one fails [inferred]."""
        identity = (table.key(place.primary), place.attribute.id)
        if identity in identities:
            raise ItemRefused(Why.INVALID, "The value is named more than once in the request.")
        identities.add(identity)

    def _refuse_too_many_cells(self, table: Table, items: list[Params]) -> None:
        limit, count = self.world.quotas.cells, self.count_cells(table)
        if count + len(items) <= limit:
            return
        new = set()
        for item in items:
            try:
                place = self.place(table, item)
            except ItemRefused:  # The item itself reports it.
                continue
            if place.cell is None:
                new.add((table.key(place.primary), place.attribute.id))
        if count + len(new) > limit:
            raise Refused("ServiceQuotaExceededException", f"a data table may hold {limit} values; {count} are stored")
