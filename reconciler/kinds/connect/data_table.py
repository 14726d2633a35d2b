"""The DataTable kind: attributes (columns), their rules, and rows of values that contact flows look up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from reconciler.environment import Quotas
from reconciler.kinds.base import Kind
from reconciler.kinds.connect import cell_rules, table_rules
from reconciler.kinds.connect.table_spec import Attribute, DataTable, Enum, Moved, Validation, Values
from reconciler.kinds.verbs import Cells, Listing, Parts, Update
from reconciler.model import Problem, Records, Spec, WrittenRecords

__all__ = ["Attribute", "DataTable", "DataTableKind", "Enum", "Moved", "Validation", "Values"]

PAGE = {"MaxResults": 1000}  # the limit of the service model; the service may return smaller pages


class DataTableKind(Kind[DataTable]):
    spec = DataTable
    id_param = "DataTableId"
    search = Listing("SearchDataTables", "DataTables", PAGE)
    lookup = Listing("ListDataTables", "DataTableSummaryList", PAGE)
    describe = ("DescribeDataTable", "DataTable")
    create = "CreateDataTable"
    delete = "DeleteDataTable"
    folds_case = True
    irreversible = "its values and its audit history are lost, and references to its id no longer work"
    updates = (Update("UpdateDataTableMetadata", ("name", "description", "time_zone", "value_lock_level")),)
    parts = Parts(
        field="attributes",
        listing=Listing("ListDataTableAttributes", "Attributes", PAGE),
        create="CreateDataTableAttribute",
        update="UpdateDataTableAttribute",
        delete="DeleteDataTableAttribute",
        id_param="AttributeName",
    )
    cells = Cells(
        listing=Listing("ListDataTableValues", "Values", PAGE),
        create="BatchCreateDataTableValue",
        update="BatchUpdateDataTableValue",
        delete="BatchDeleteDataTableValue",
        rename="UpdateDataTablePrimaryValues",
        level="value_lock_level",
    )
    # AWS requires both members, and PUBLISHED is the only status. Source: service model, CreateDataTableRequest.
    born_with: ClassVar = {"ValueLockLevel": "NONE", "Status": "PUBLISHED"}

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        return table_rules.problems(declared, written, quotas)

    def records(self, declared: DataTable, written: WrittenRecords) -> Records:
        return table_rules.records(declared, written)

    def violations(self, part: Spec, text: str) -> tuple[str, ...]:
        return cell_rules.violations(part, text) if isinstance(part, Attribute) else ()
