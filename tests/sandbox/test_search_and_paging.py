"""SearchDataTables, and pages of every list."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox import INSTANCE_ARN, Control

from .calls import INVALID, Table, cell, keyed, make, refused


def found(client: Any, **asked: Any) -> list[str]:
    answer = client.search_data_tables(InstanceId=INSTANCE_ARN, **asked)
    assert answer["ApproximateTotalCount"] == len(answer["DataTables"])
    return [table["Name"] for table in answer["DataTables"]]


def text(field: str, comparison: str, value: str) -> dict[str, Any]:
    return {"StringCondition": {"FieldName": field, "Value": value, "ComparisonType": comparison}}


def tag(key: str, value: str | None = None) -> dict[str, str]:
    return {"TagKey": key} | ({"TagValue": value} if value is not None else {})


def filtered(client: Any, **condition: Any) -> list[str]:
    return found(client, SearchFilter={"AttributeFilter": condition})


@pytest.fixture
def three(connect: Any) -> Any:
    make(connect, "Tiers", Description="of customers", Tags={"team": "care", "stack": "x"})
    make(connect, "Tier rules", Description="for agents", Tags={"team": "care"})
    make(connect, "Holidays", Tags={"team": "planning"})
    return connect


def test_search_shows_everything_but_locks_and_versions(three: Any) -> None:
    """Service model; tags and lock level in one call for all tables."""
    (table,) = three.search_data_tables(InstanceId=INSTANCE_ARN, SearchCriteria=text("name", "EXACT", "Tiers"))[
        "DataTables"
    ]

    assert table["Tags"] == {"team": "care", "stack": "x"}
    assert (table["Description"], table["TimeZone"], table["ValueLockLevel"]) == ("of customers", "UTC", "NONE")
    assert not {"LockVersion", "Version", "VersionDescription"} & set(table)


def test_search_without_criteria_finds_all(three: Any) -> None:
    assert found(three) == ["Holidays", "Tier rules", "Tiers"]


@pytest.mark.parametrize(
    ("field", "comparison", "value", "names"),
    [
        ("name", "EXACT", "Tiers", ["Tiers"]),
        ("name", "STARTS_WITH", "Tier", ["Tier rules", "Tiers"]),
        ("name", "CONTAINS", "day", ["Holidays"]),
        ("name", "CONTAINS", "ier", ["Tier rules", "Tiers"]),
        ("description", "CONTAINS", "agents", ["Tier rules"]),
        ("description", "STARTS_WITH", "customers", []),
    ],
)
def test_texts_are_compared_in_three_ways(
    three: Any, field: str, comparison: str, value: str, names: list[str]
) -> None:
    assert found(three, SearchCriteria=text(field, comparison, value)) == names


def test_search_by_resource_id(three: Any) -> None:
    id = three.list_data_tables(InstanceId=INSTANCE_ARN)["DataTableSummaryList"][0]["Id"]

    assert found(three, SearchCriteria=text("resourceID", "EXACT", id)) == ["Holidays"]


def test_criteria_nest(three: Any) -> None:
    care = {"OrConditions": [text("name", "EXACT", "Tiers"), text("description", "CONTAINS", "agents")]}

    assert found(three, SearchCriteria=care) == ["Tier rules", "Tiers"]
    assert found(three, SearchCriteria={"AndConditions": [care, text("name", "CONTAINS", "rules")]}) == ["Tier rules"]


@pytest.mark.parametrize(
    "condition",
    [
        {"FieldName": "colour", "Value": "x", "ComparisonType": "EXACT"},
        {"FieldName": "name", "Value": "x"},
        {"Value": "x"},
    ],
)
def test_an_unknown_field_or_half_a_condition_is_refused(three: Any, condition: dict[str, str]) -> None:
    """Inferred."""
    criteria = {"StringCondition": condition}

    assert refused(lambda: found(three, SearchCriteria=criteria)) == INVALID


def test_an_unknown_comparison_is_refused(three: Any) -> None:
    assert refused(lambda: found(three, SearchCriteria=text("name", "LIKE", "x"))) == INVALID


def test_case_is_ignored_unless_switched(sandbox: Control, three: Any) -> None:
    """Unstated."""
    assert found(three, SearchCriteria=text("name", "EXACT", "TIERS")) == ["Tiers"]

    sandbox.set_faults({"switches": {"searchCase": "exact"}})
    assert found(three, SearchCriteria=text("name", "EXACT", "TIERS")) == []


def test_tags_filter_by_one_by_all_and_by_any(three: Any) -> None:
    assert filtered(three, TagCondition=tag("team", "care")) == ["Tier rules", "Tiers"]
    assert filtered(three, TagCondition=tag("stack")) == ["Tiers"]
    assert filtered(three, AndCondition={"TagConditions": [tag("team", "care"), tag("stack", "x")]}) == ["Tiers"]
    either = [{"TagConditions": [tag("stack", "x")]}, {"TagConditions": [tag("team", "planning")]}]
    assert filtered(three, OrConditions=either) == ["Holidays", "Tiers"]


def test_filter_and_criteria_hold_together(three: Any) -> None:
    care = {"AttributeFilter": {"TagCondition": tag("team", "care")}}

    assert found(three, SearchFilter=care, SearchCriteria=text("name", "CONTAINS", "rules")) == ["Tier rules"]


def pages(call: Any, **params: Any) -> list[Any]:
    """Every page until there is no token."""
    answers = [call(**params)]
    while token := answers[-1].get("NextToken"):
        answers.append(call(**params, NextToken=token))
        assert len(answers) < 100, "the listing does not end"
    return answers


@pytest.fixture
def table(connect: Any) -> Table:
    made = keyed(connect)
    for number in range(9):
        made.attribute(f"c{number}")
    made.create(*(cell(name, "v", {"k": f"{n:02}"}) for n in range(12) for name in ("a", "b")))
    return made


LISTS = {
    "list_data_table_attributes": ("Attributes", 12),
    "list_data_table_values": ("Values", 24),
    "list_data_table_primary_values": ("PrimaryValuesList", 12),
}


@pytest.mark.parametrize("operation", sorted(LISTS))
@pytest.mark.parametrize("size", [1, 5, 12, 1000])
def test_every_page_but_the_last_is_full_and_nothing_comes_twice(
    connect: Any, table: Table, operation: str, size: int
) -> None:
    key, count = LISTS[operation]

    answers = pages(getattr(connect, operation), **table.ids, MaxResults=size)

    rows = [str(row) for answer in answers for row in answer[key]]
    assert len(rows) == len(set(rows)) == count
    assert all(len(answer[key]) == size for answer in answers[:-1])


def test_boto3s_paginators_walk_the_lists(connect: Any, table: Table) -> None:
    """Service model: all lists have one but EvaluateDataTableValues."""
    walked = connect.get_paginator("list_data_table_values").paginate(**table.ids, PaginationConfig={"PageSize": 7})

    assert len(list(walked.search("Values[]"))) == 24
    assert not connect.can_paginate("evaluate_data_table_values")


def test_evaluate_pages_by_value(connect: Any, table: Table) -> None:
    wanted = [{"PrimaryValues": [{"AttributeName": "k", "Value": "01"}], "AttributeNames": ["a", "b", "c1"]}]

    answers = pages(connect.evaluate_data_table_values, **table.ids, Values=wanted, MaxResults=2)

    assert [[value["AttributeName"] for value in answer["Values"]] for answer in answers] == [["a", "b"], ["c1"]]
    call = {"Values": wanted, "MaxResults": 101}
    assert refused(lambda: connect.evaluate_data_table_values(**table.ids, **call)) == INVALID


def test_a_page_has_100_items_when_no_size_is_asked(sandbox: Control, connect: Any) -> None:
    """Inferred; a switch."""
    table = keyed(connect)
    for start in range(0, 120, 24):
        table.create(*(cell("a", "v", {"k": f"{n:03}"}) for n in range(start, start + 24)))

    assert len(connect.list_data_table_values(**table.ids)["Values"]) == 100
    sandbox.set_faults({"switches": {"defaultPage": 7}})
    assert len(connect.list_data_table_values(**table.ids)["Values"]) == 7


def test_primary_values_come_100_a_page_whatever_is_asked(connect: Any) -> None:
    """The service model's text says up to 100, its shape allows asking for 1000."""
    table = keyed(connect)
    for start in range(0, 120, 24):
        table.create(*(cell("a", "v", {"k": f"{n:03}"}) for n in range(start, start + 24)))

    first, second = pages(connect.list_data_table_primary_values, **table.ids, MaxResults=1000)
    assert (len(first["PrimaryValuesList"]), len(second["PrimaryValuesList"])) == (100, 20)


def test_rows_that_come_and_go_between_pages_shift_nothing(connect: Any, table: Table) -> None:
    first = connect.list_data_table_values(**table.ids, MaxResults=4)
    table.delete(cell("a", "", {"k": "00"}), cell("b", "", {"k": "00"}))
    table.create(cell("c1", "v", {"k": "00"}))

    second = connect.list_data_table_values(**table.ids, MaxResults=4, NextToken=first["NextToken"])

    assert [value["PrimaryValues"][0]["Value"] for value in second["Values"]] == ["02", "02", "03", "03"]


@pytest.mark.parametrize("token", ["x", "AAAA", "e30=", "ü", "A" * 200])
def test_forged_tokens_are_refused(connect: Any, table: Table, token: str) -> None:
    """The class is inferred."""
    assert refused(lambda: connect.list_data_table_values(**table.ids, NextToken=token)) == INVALID


def test_a_token_of_another_listing_is_refused(connect: Any, table: Table) -> None:
    token = connect.list_data_table_values(**table.ids, MaxResults=1)["NextToken"]
    other = keyed(connect, "other")
    some = [{"AttributeName": "k", "Values": ["01"]}]

    for call in (
        lambda: connect.list_data_table_values(**other.ids, NextToken=token),
        lambda: connect.list_data_table_primary_values(**table.ids, NextToken=token),
        lambda: connect.list_data_table_values(**table.ids, NextToken=token, PrimaryAttributeValues=some),
        lambda: connect.list_data_tables(InstanceId=INSTANCE_ARN, NextToken=token),
    ):
        assert refused(call) == INVALID


def test_ids_to_filter_by_are_ignored_beside_a_token(connect: Any, table: Table) -> None:
    """Service model, for AttributeIds and for RecordIds of the primary values; the token remembers the first page's."""
    ids = [a["AttributeId"] for a in connect.list_data_table_attributes(**table.ids)["Attributes"]]
    first = connect.list_data_table_attributes(**table.ids, AttributeIds=ids[:4], MaxResults=3)

    rest = connect.list_data_table_attributes(**table.ids, AttributeIds=ids[8:], NextToken=first["NextToken"])

    assert [a["AttributeId"] for a in rest["Attributes"]] == ids[3:4]
