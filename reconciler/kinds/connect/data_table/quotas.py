"""The quotas of data tables, alone because the kind and the rules of its rows share them.

Source: Amazon Connect service quotas, "Data tables", and their codes in Service Quotas.
"""

from __future__ import annotations

from reconciler.model.environment import Counted, Quota

CELLS = Quota(
    "cell",
    "table",
    Counted.ITEMS,
    field="values",
    service="connect",
    code="L-735CD262",
    key="cellsPerTable",
    default=1000,
    description="The most cells of one data table.",
    sandbox="cells",
)
ATTRIBUTES = Quota(
    "attribute",
    "table",
    Counted.ITEMS,
    field="attributes",
    service="connect",
    code="L-BF789E19",
    key="attributesPerTable",
    default=100,
    description="The most attributes of one data table.",
    sandbox="attributes",
)
TABLES = Quota(
    "table",
    "instance",
    service="connect",
    code="L-D492D362",
    key="tablesPerInstance",
    default=100,
    description="The most data tables of the instance.",
    sandbox="tables",
)
# Four unrelated clients stop at 25 items; the service model has no maximum.
BATCH_ITEMS = Quota(
    "item",
    "batch",
    Counted.BATCH,
    key="batchItems",
    default=25,
    description="The most items of one batch call.",
    sandbox="batchItems",
)
