"""Values as they are stored: lists them, lists the keys, describes some."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.sandbox import paging
from reconciler.sandbox.connect.data_tables import locks
from reconciler.sandbox.connect.data_tables.state import Attribute, Cell, Record, Table
from reconciler.sandbox.connect.keys import Keys
from reconciler.sandbox.connect.other_writer import OtherWriter
from reconciler.sandbox.connect.room import Answer, Params, record_order
from reconciler.sandbox.connect.writes import MISSING
from reconciler.sandbox.errors import ItemRefused, Refused, Why, invalid

Stored = tuple[Record, Attribute, Cell]


class Reads(Keys):
    def list_data_table_values(self, params: Params) -> Answer:
        """Lists values. Pages count values, not records [service model]."""
        table = self.table(params)
        filters = [params.get("RecordIds"), params.get("PrimaryAttributeValues")]
        listing = paging.open_listing(
            "ListDataTableValues", params, fixed=[table.id, filters], size=self.page_size(params)
        )
        records = self._matching(table, params.get("RecordIds"), params.get("PrimaryAttributeValues"))
        page, token = paging.cut(self.world, listing, list(self._places(table, records)))
        answer = {"Values": self._values_shown(table, page), **token}
        self._let_other_writer(table, "ListDataTableValues")
        return answer

    def list_data_table_primary_values(self, params: Params) -> Answer:
        """Lists keys without the default record [seen] and without locks, at most 100 a page [service model]."""
        table = self.table(params)
        size = min(self.page_size(params), self.world.switches.primary_values_page)
        listing = paging.open_listing(
            "ListDataTablePrimaryValues",
            params,
            fixed=[table.id, params.get("PrimaryAttributeValues")],
            remembered=params.get("RecordIds") or None,
            size=size,
        )
        records = self._matching(table, listing.remembered, params.get("PrimaryAttributeValues"))
        order = record_order(table)
        rows = [(f"{order(record)}\x1f", record) for record in records if record.primary]
        page, token = paging.cut(self.world, listing, rows)
        keys = [{"RecordId": r.id} | self.key_shown(table, r) | self.stamp(r.modified) for r in page]
        return {"PrimaryValuesList": keys, **token}

    def batch_describe_data_table_value(self, params: Params) -> Answer:
        """Describes raw values; expressions are not evaluated [service model]."""
        table = self.table(params)
        self.refuse_long_batch(params)
        answer: Answer = {"Successful": [], "Failed": []}
        for item in params["Values"]:
            try:
                if self.world.injection.fails_item("BatchDescribeDataTableValue"):
                    raise ItemRefused(Why.INJECTED, "The value could not be read; try again.")
                answer["Successful"].append(self._described_value(table, item))
            except ItemRefused as refused:
                if self.takes_request_down(refused.why):
                    raise Refused(refused.why.value, refused.message) from refused
                failure = {"AttributeName": item["AttributeName"], "Message": refused.message}
                answer["Failed"].append(failure | self._key_echoed(item))
        self._let_other_writer(table, "BatchDescribeDataTableValue")
        return answer

    def _described_value(self, table: Table, item: Params) -> Answer:
        _, attribute, record, cell = self.place(table, item)
        if record is None or cell is None:
            raise ItemRefused(Why.MISSING, MISSING)
        return {
            "RecordId": record.id,
            "AttributeId": attribute.id,
            **self.key_shown(table, record),
            "AttributeName": attribute.name,
            "Value": cell.value,
            "LockVersion": locks.of_cell(table, attribute, record, cell),
            **self.stamp(cell.modified),
        }

    def _places(self, table: Table, records: list[Record]) -> Iterator[tuple[str, Stored]]:
        """Yields the stored cells by primary values, then attribute name. A switch includes primary values as items."""
        with_keys = self.world.switches.primary_values_as_items
        order = record_order(table)
        for record in records:
            prefix = order(record)
            cells = record.cells | record.key_cells if with_keys else record.cells
            for id, cell in cells.items():
                attribute = table.attributes[id]
                yield f"{prefix}\x1f\x1f{attribute.name}", (record, attribute, cell)

    def _values_shown(self, table: Table, places: list[Stored]) -> list[Answer]:
        keys: dict[str, Answer] = {}
        key = []
        for record, attribute, cell in places:
            if record.id not in keys:
                keys[record.id] = {"RecordId": record.id} | self.key_shown(table, record)
            key.append(
                {
                    **keys[record.id],
                    "AttributeId": attribute.id,
                    "AttributeName": attribute.name,
                    "ValueType": attribute.value_type,
                    "Value": cell.value,
                    "LockVersion": locks.of_cell(table, attribute, record, cell),
                    "LastModifiedTime": cell.modified,
                    "LastModifiedRegion": self.region,
                }
            )
        return key

    def _matching(self, table: Table, ids: list[str] | None, filters: list[Params] | None) -> list[Record]:
        """Returns the records that match both filters, ids and primary values; the combination is inferred."""
        records: list[Record] = list(table.records.values())
        if ids:
            records = [record for record in records if record.id in ids]
        for wanted in filters or ():
            attribute = table.attribute(wanted["AttributeName"])
            if attribute is None or not attribute.primary:
                raise invalid(f"PrimaryAttributeValues: {wanted['AttributeName']!r} is not a primary attribute")
            values: set[Any] = {attribute.folded(text) for text in wanted["Values"]}
            records = [r for r in records if r.primary and attribute.folded(r.primary[attribute.id]) in values]
        return records

    def _let_other_writer(self, table: Table, operation: str) -> None:
        if self.world.injection.other_writer_comes(operation, "read"):
            OtherWriter(self, table).act()
