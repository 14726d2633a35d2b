"""Values as a flow sees them: resolved to the record's own, the default record's or the type's default."""

from __future__ import annotations

from reconciler.sandbox import paging
from reconciler.sandbox.cell_rules import EMPTY, EXPRESSIONS_ALLOWED, parse
from reconciler.sandbox.connect.reads import Reads
from reconciler.sandbox.connect.room import Answer, Params
from reconciler.sandbox.errors import ItemRefused, invalid
from reconciler.sandbox.state import Attribute, Cell, Record, Table

# RecordId is required in the answer even where there is no record; what the service puts there is unknown.
NO_RECORD = "DEFAULT"


class Evaluation(Reads):
    def evaluate_data_table_values(self, params: Params) -> Answer:
        """Expressions are not computed here: they answer Error.

        That a value was read, and by whom, is remembered by the service [service model] but shown by no operation.
        """
        table = self.table(params)
        listing = paging.open_listing(
            "EvaluateDataTableValues",
            params,
            fixed=[table.id, params["Values"], params.get("TimeZone")],
            size=self.page_size(params),
        )
        rows = [
            (f"{place:05} {index:05}", (wanted, name))
            for place, wanted in enumerate(params["Values"])
            for index, name in enumerate(wanted["AttributeNames"])
        ]
        page, token = paging.cut(self.world, listing, rows)
        return {"Values": [self._evaluated(table, wanted, name) for wanted, name in page], **token}

    def _evaluated(self, table: Table, wanted: Params, name: str) -> Answer:
        attribute = table.attribute(name)
        if attribute is None:
            raise invalid(f"AttributeNames: no attribute {name!r} in data table {table.name!r}")
        try:
            primary = self.primary(table, wanted.get("PrimaryValues"))
        except ItemRefused as refused:
            raise invalid(refused.message) from refused
        record, default = table.record(primary), table.record({})
        shown = {"PrimaryValues": wanted.get("PrimaryValues") or []} if primary else self.default_key_shown()
        source, found, value, error = self._resolved(attribute, record, default)
        return {
            "RecordId": source.id if source else NO_RECORD,
            **shown,
            "AttributeName": name,
            "ValueType": attribute.value_type,
            "Found": found,
            "Error": error,
            "EvaluatedValue": value,
        }

    def _resolved(
        self, attribute: Attribute, record: Record | None, default: Record | None
    ) -> tuple[Record | None, bool, str, bool]:
        """Own value, else the default record's, else the type's [admin guide].

        The guide speaks of records that do not match; that a matching record's missing cell falls through as well is
        inferred, and so is that Found says whether the record's own value was there.
        """
        if record and attribute.id in record.primary:
            return record, True, record.primary[attribute.id], False
        for source in (record, default):
            cell = source.cells.get(attribute.id) if source else None
            if source and cell:
                value, error = self._read(attribute, cell)
                return source, source is record, value, error
        return record or default, False, EMPTY[attribute.value_type], False

    def _read(self, attribute: Attribute, cell: Cell) -> tuple[str, bool]:
        """A value that no longer fits its attribute's type reads as the type's default [service model]."""
        empty = EMPTY[attribute.value_type]
        if cell.value.startswith("=") and attribute.value_type in EXPRESSIONS_ALLOWED:
            return empty, True
        return (empty if parse(attribute.value_type, cell.value) is None else cell.value), False
