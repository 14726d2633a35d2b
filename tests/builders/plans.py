"""Small plans and outcomes with everything that a report can show."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from reconciler.errors import Source
from reconciler.model import (
    Action,
    Call,
    CellChange,
    Change,
    Does,
    Estimate,
    FieldChange,
    Finding,
    Item,
    Key,
    Origin,
    Outcome,
    Plan,
    Reach,
    Read,
    Ref,
    Replacement,
    Resource,
    Result,
    RowChange,
    Scope,
    Size,
    Status,
    Step,
    TableChange,
    items,
)

ADOPT = "reconcile -e prod adopt DataTable/Blocked"
SCOPE = Scope.at(
    "contact-centre", "prod", "arn:aws:connect:ca-central-1:111122223333:instance/00000000-0000-4000-8000-000000000000"
)
ATTRIBUTES = Read("connect", "ListDataTableAttributes", "Attributes", ("attributes",), Reach.ONE)
MOMENT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
HOSTILE = (
    "::warning::owned",
    "##[error]owned",
    "\x1b[31mred\x1b[0m\r\x07",
    "two\nlines",
    "@octocat #123 GH-7 https://example.com www.example.com",
    "<!-- reconcile --><script>alert(1)</script></details>",
    "a | b `code` **bold** [link](https://example.com) \\| ~x~ $e$",
    "right\u202eleft\u200b",
    "",
    " blank ",
    "(absent)",
    "a → b",
    "“quoted” é 日本語",
    "x" * 700,
)


def cell(attribute: str, before: str | None, after: str | None, value_type: str = "TEXT", **key: str) -> CellChange:
    action = Action.CREATE if before is None else Action.DELETE if after is None else Action.UPDATE
    when: Any = () if before is None else (MOMENT, "ca-central-1")
    return CellChange(action, key, attribute, before, after, value_type, tuple(key.values()), *when)


def texts(*names: str) -> tuple[Key, ...]:
    return tuple(Key(name, "TEXT", False) for name in names)


def calls(*operations: str) -> tuple[Step, ...]:
    return tuple(Step(Call("connect", operation, {}), Does.CELLS) for operation in operations)


def table(name: str) -> Ref:
    return Ref("DataTable", name)


ENUM = {"strict": True, "values": ["Basic", "Gold"]}


def _updated() -> Change:
    spec = Resource(name="CustomerTypes")
    attribute = Step(
        Call("connect", "UpdateDataTableAttribute", {}),
        Does.PART_UPDATE,
        fields=(1, 2),
        replaces=Replacement(spec, spec, (ATTRIBUTES,), "Tier"),
    )
    long = "Greets every caller in the language that their number suggests, then looks up their tier. "
    return Change(
        Action.UPDATE,
        table("CustomerTypes"),
        reason="4 fields, 9 cells and 1 key differ",
        source=Source("manifests/base/customer-types.yaml", 3, 1),
        fields=(
            FieldChange("description", long * 3 + "v1", long * 3 + "v2"),
            FieldChange("attributes", 20, 40, item="Tier", inner="validation.maxLength"),
            FieldChange("attributes", None, ENUM, item="Tier", inner="validation.enum"),
            FieldChange("tags", "Care", None, item="Team"),
        ),
        table=TableChange(
            cells=(
                cell("Tier", "Basic", "Standard"),
                cell("Tier", "Basic", "Premium", CustomerID="CUST001"),
                cell("Points", "2", "3.50", "NUMBER", CustomerID="CUST001"),
                cell("Active", None, "true", "BOOLEAN", CustomerID="CUST002"),
                cell("Skills", '["en", "fr"]', '["en"]', "TEXT_LIST", CustomerID="CUST002"),
                cell("Scores", "[1, 2.5]", "[1, 2.50, 3]", "NUMBER_LIST", CustomerID="CUST002"),
                cell("Note", "", "=$.Channel", CustomerID="CUST002"),
                replace(cell("Note", "gone", None, CustomerID="CUST003"), row=Action.DELETE),
                replace(cell("Note", None, "", CustomerID="CUST004"), row=Action.CREATE),
            ),
            rows=(RowChange({"CustomerID": "A, B"}, {"CustomerID": "C-001"}),),
            unchanged=12,
            keys=texts("CustomerID"),
        ),
        steps=(attribute, *calls("UpdateDataTablePrimaryValues", "BatchUpdateDataTableValue")),
        modified=MOMENT,
        region="ca-central-1",
    )


def _created() -> Change:
    rows = [f"{number:03}" for number in range(250)]
    return Change(
        Action.CREATE,
        table("Branches"),
        reason="declared, not live",
        source=Source("manifests/base/branches.yaml", 1),
        fields=(
            FieldChange("timeZone", None, "America/Toronto"),
            FieldChange("attributes", None, {"valueType": "TEXT", "primary": True}, item="Branch"),
            FieldChange("metadata", None, True, inner="protect"),
        ),
        table=TableChange(
            cells=(
                cell("City", None, "Toronto"),
                *(
                    cell(name, None, text, Branch=row, Region="CA")
                    for row in rows
                    for name, text in (("City", f"City {row}"), ("Phone", "+15550100"))
                ),
            ),
            keys=texts("Branch", "Region"),
        ),
        steps=calls("CreateDataTable", *["BatchCreateDataTableValue"] * 21),
    )


def _hostile() -> Change:
    return Change(
        Action.UPDATE,
        table("Ho|stile\n::error::x"),
        reason="14 cells @octocat <!-- differ -->",
        fields=(FieldChange("description", HOSTILE[5], "\n".join(HOSTILE)),),
        table=TableChange(cells=tuple(cell("Va|lue", "tame", text, Key=text) for text in HOSTILE), keys=texts("Key")),
        steps=calls("BatchUpdateDataTableValue"),
    )


def _wide() -> Change:
    return Change(
        Action.UPDATE,
        table("Wide"),
        reason="30 cells differ",
        table=TableChange(
            cells=tuple(
                cell(f"Attribute number {column}", f"before {row}", f"after {row}", Row=f"row {row}")
                for row in range(3)
                for column in range(10)
            ),
            keys=texts("Row"),
        ),
        steps=calls("BatchUpdateDataTableValue", "BatchUpdateDataTableValue"),
    )


def _replaced() -> Change:
    return Change(
        Action.REPLACE,
        table("Rekeyed"),
        reason="its primary attributes change; deleted and recreated, as --allow-delete or a tombstone allows",
        irreversible=True,
        source=Source("manifests/base/rekeyed.yaml", 1),
        fields=(FieldChange("timeZone", None, "UTC"), FieldChange("values", [{"Old": "a", "Value": "1"}], None)),
        table=TableChange(cells=(cell("Value", None, "1", Key="a"),), size=Size(1, {"Value": 1}), keys=texts("Key")),
        steps=calls("DeleteDataTable", "CreateDataTable", "BatchCreateDataTableValue"),
    )


def _deleted() -> Change:
    stored = [{"Value": "0"}, {"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    gone = (
        FieldChange("timeZone", "UTC", None),
        FieldChange("attributes", {"valueType": "TEXT"}, None, item="Key"),
        FieldChange("values", stored, None),
    )
    return Change(
        Action.DELETE,
        table("Retired"),
        reason="removed by manifests/base/removed.yaml:2",
        irreversible=True,
        source=Source("manifests/base/removed.yaml", 2),
        fields=gone,
        steps=calls("DeleteDataTable"),
        modified=MOMENT,
        region="us-east-1",
        table=TableChange(size=Size(2, {"Value": 3})),
    )


def full_plan() -> Plan:
    changes = (
        Change(
            Action.ADOPT, table("Adopted"), "live, and will be managed", fields=(_address("Adopted"),), steps=_tagged()
        ),
        Change(
            Action.BLOCKED,
            table("Blocked"),
            "exists, not managed; adopt it with: reconcile -e prod adopt DataTable/Blocked",
        ),
        _created(),
        _updated(),
        _hostile(),
        _replaced(),
        _deleted(),
        _wide(),
    )
    findings = (
        Finding("info", "DataTable/Branches", "3 live rows are not declared and stay (values.prune is false)"),
        Finding(
            "warning",
            "DataTable/CustomerTypes/Tier",
            "1 stored value breaks the new rules, the first at CustomerID=@octocat: longer than\n40 <b>",
            Source("manifests/base/customer-types.yaml", 12, 7),
        ),
    )
    operations = {"connect:BatchUpdateDataTableValue": 4, "connect:BatchCreateDataTableValue": 22}
    return Plan(SCOPE, changes, (table("Old"), table("Older/Colour")), findings, Estimate(123.456, operations), 12)


def _address(name: str) -> FieldChange:
    return FieldChange("metadata", None, f"DataTable/{name}", inner="address")


def _tagged() -> tuple[Step, ...]:
    return calls("TagResource")


def small_plan() -> Plan:
    """One changed cell, as most pull requests have."""
    change = Change(
        Action.UPDATE,
        table("CustomerTypes"),
        reason="1 cell differs",
        source=Source("manifests/base/customer-types.csv", 2),
        table=TableChange(cells=(cell("Tier", "Basic", "Premium", CustomerID="CUST001"),), keys=texts("CustomerID")),
        steps=calls("BatchUpdateDataTableValue"),
        modified=MOMENT,
        region="ca-central-1",
    )
    return Plan(SCOPE, (change,), estimate=Estimate(0.05, {"connect:BatchUpdateDataTableValue": 1}), unchanged=11)


def expanded_plan() -> Plan:
    """Resources that come from documents of other ones, and one that has a document of its own."""
    main, evil = Ref("UserHierarchy", "main"), Ref("Pipeline", "@octocat <b>*x*</b> | `y`")
    line = Source("manifests/base/hierarchy.yaml", 6, 12)
    groups = [Ref("UserHierarchyGroup", name) for name in ("Berlin", "North", "South")]
    berlin = Change(
        Action.CREATE, groups[0], "declared, not live", source=line, steps=calls("TagResource"), origin=main
    )
    north = Change(Action.BLOCKED, groups[1], "refers to UserHierarchyGroup/Top", source=line, origin=evil)
    alone = replace(berlin, ref=groups[2], origin=None)
    table, gone = Ref("DynamoDBTable", "calls"), Ref("Pipeline", "contact-calls")
    origins = (Origin(main, 3), Origin(evil, 1), Origin(gone, 16, (table,), is_deleted=True))
    return Plan(
        *(SCOPE, (berlin, north, alone), (table,)),
        unchanged=3,
        origins=origins,
        holds={table: "about 212 items, 40 KB"},
    )


def empty_plan() -> Plan:
    return Plan(SCOPE, unchanged=1234)


def crowd() -> Plan:
    """More resources than a comment has lines for."""
    updated = (Change(Action.UPDATE, table(f"Table {at:04}"), "1 field differs") for at in range(900))
    deleted = (Change(Action.DELETE, Ref("Queue", f"Queue {at}"), irreversible=True) for at in range(12))
    return Plan(SCOPE, (*updated, *deleted))


def full_outcome() -> Outcome:
    """One item of each status, and a change that the run did not reach."""
    plan = full_plan()
    results = {item: Result(Status.DONE, request_id="r-1") for item in items(plan) if item.change != 7}
    for item in list(results):
        if plan.changes[item.change].action is Action.BLOCKED:
            results[item] = Result(Status.SKIPPED, "blocked")
        if plan.changes[item.change].action is Action.REPLACE:
            results[item] = Result(Status.SKIPPED, "DataTable/CustomerTypes failed, and this needs it")
    results[Item(3, "cell", 1)] = Result(
        Status.CONFLICT, "another writer changed it after the plan", "", "r-2", found="Gold", looked=True
    )
    results[Item(3, "cell", 2)] = Result(
        Status.FAILED, "3.50 is not a whole\n::error::number", "ValidationException", "r-3"
    )
    results[Item(3, "field", 1)] = Result(Status.FAILED, "maxLength is too small", "InvalidParameterException", "r-4")
    results[Item(3, "row", 0)] = Result(Status.CONFLICT, "the row is not there", "ResourceNotFoundException", "r-5")
    results[Item(4, "cell", 2)] = Result(
        Status.FAILED, "no", "InternalServiceException", "r-6", found=HOSTILE[2], looked=True
    )
    return Outcome(
        plan,
        "partial",
        5,
        MOMENT,
        MOMENT + timedelta(seconds=3, milliseconds=417),
        results,
        {"connect:BatchUpdateDataTableValue": 5, "connect:BatchCreateDataTableValue": 22},
        retries=2,
        conflicts_resolved=1,
        message="some items failed, some were changed by another writer",
    )


def done_outcome() -> Outcome:
    plan = small_plan()
    results = {item: Result(Status.DONE, request_id="r-1") for item in items(plan)}
    return Outcome(
        plan, "done", 0, MOMENT, MOMENT + timedelta(seconds=1), results, {"connect:BatchUpdateDataTableValue": 1}
    )


def declined_outcome() -> Outcome:
    plan = small_plan()
    results = dict.fromkeys(items(plan), Result(Status.SKIPPED, "declined: nothing was written"))
    reads = {"connect:SearchDataTables": 1}
    return Outcome(
        plan, "declined", 1, MOMENT, MOMENT, results, reads, message="declined at the prompt", calls_to_plan=1
    )
