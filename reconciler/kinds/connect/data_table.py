"""Data table: attributes (columns), their rules, and records of values that contact flows look up."""

from __future__ import annotations

from typing import ClassVar

from reconciler.kinds.base import Cells, Kind, Listing, Parts, Update
from reconciler.kinds.connect.table_spec import Attribute, DataTable, Enum, Moved, Validation, Values

__all__ = ["Attribute", "DataTable", "DataTableKind", "Enum", "Moved", "Validation", "Values"]


class DataTableKind(Kind[DataTable]):
    spec = DataTable
    id_param = "DataTableId"
    search = Listing("SearchDataTables", "DataTables")
    lookup = Listing("ListDataTables", "DataTableSummaryList")
    describe = ("DescribeDataTable", "DataTable")
    create = "CreateDataTable"
    delete = "DeleteDataTable"
    folds_case = True
    irreversible = "its values and its audit history are gone, and what refers to its id is left dangling"
    updates = (Update("UpdateDataTableMetadata", ("name", "description", "time_zone", "value_lock_level")),)
    parts = Parts(
        field="attributes",
        listing=Listing("ListDataTableAttributes", "Attributes"),
        create="CreateDataTableAttribute",
        update="UpdateDataTableAttribute",
        delete="DeleteDataTableAttribute",
        id_param="AttributeName",
    )
    cells = Cells(
        listing=Listing("ListDataTableValues", "Values"),
        create="BatchCreateDataTableValue",
        update="BatchUpdateDataTableValue",
        delete="BatchDeleteDataTableValue",
        rename="UpdateDataTablePrimaryValues",
    )
    # Both members are required; the one status there is, is PUBLISHED (service model, CreateDataTableRequest).
    born_with: ClassVar = {"ValueLockLevel": "NONE", "Status": "PUBLISHED"}
