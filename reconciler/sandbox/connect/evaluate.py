"""Values as a flow reads them: the record's own, the default record's, or the default of the type."""

from __future__ import annotations

from reconciler.sandbox import paging
from reconciler.sandbox.connect.data_tables.cell_rules import EMPTY, EXPRESSIONS_ALLOWED, parse
from reconciler.sandbox.connect.data_tables.state import Attribute, Cell, Record, Table
from reconciler.sandbox.connect.reads import Reads
from reconciler.sandbox.connect.room import Answer, Params
from reconciler.sandbox.errors import ItemRefused, invalid

# The answer requires a RecordId even without a record; what the service answers is unknown.
NO_RECORD = "DEFAULT"


class Evaluation(Reads):
    def evaluate_data_table_values(self, params: Params) -> Answer:
        """Evaluates values, but no expressions: those answer Error.

        The service remembers who read a value [service model], but no operation shows it.
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
        key = {"PrimaryValues": wanted.get("PrimaryValues") or []} if primary else self.default_key_shown()
        source, is_own, value, error = self._resolved(attribute, record, default)
        return {
            "RecordId": source.id if source else NO_RECORD,
            **key,
            "AttributeName": name,
            "ValueType": attribute.value_type,
            "Found": is_own,
            "Error": error,
            "EvaluatedValue": value,
        }

    def _resolved(
        self, attribute: Attribute, record: Record | None, default: Record | None
    ) -> tuple[Record | None, bool, str, bool]:
        """Returns the record's value, or else the default record's, or else the default of the type [admin guide].

        The guide speaks of records that do not match. A missing cell of a matching record is treated alike [inferred].
        Found means that the record had the value itself [inferred].
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
        """Returns the value; one that no longer fits the type of its attribute reads as the default [service model]."""
        empty = EMPTY[attribute.value_type]
        if cell.value.startswith("=") and attribute.value_type in EXPRESSIONS_ALLOWED:
            return empty, True
        return (empty if parse(attribute.value_type, cell.value) is None else cell.value), False
