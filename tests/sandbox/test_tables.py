"""Data tables: identity, names, versions, tags (service model unless a test says otherwise)."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox import INSTANCE_ARN, INSTANCE_ID

from .calls import DUPLICATE, INVALID, MISSING, QUOTA, make, refused


def test_a_table_without_attributes_and_values_is_valid(connect: Any) -> None:
    table = make(connect)

    assert table.described()["Status"] == "PUBLISHED"
    assert table.values() == []


def test_create_answers_id_arn_and_the_tables_lock_alone(connect: Any) -> None:
    made = connect.create_data_table(
        InstanceId=INSTANCE_ID, Name="T", TimeZone="UTC", ValueLockLevel="NONE", Status="PUBLISHED"
    )

    assert made["Arn"] == f"{INSTANCE_ARN}/data-table/{made['Id']}"
    assert set(made["LockVersion"]) == {"DataTable"}


@pytest.mark.parametrize("member", ["Name", "TimeZone", "ValueLockLevel", "Status"])
def test_create_requires_each_required_member(connect: Any, member: str) -> None:
    params = {"Name": "T", "TimeZone": "UTC", "ValueLockLevel": "NONE", "Status": "PUBLISHED"}
    del params[member]

    assert refused(lambda: connect.create_data_table(InstanceId=INSTANCE_ARN, **params)) == INVALID


def test_status_saved_is_refused_because_the_enumeration_has_only_published(connect: Any) -> None:
    call = {"Name": "T", "TimeZone": "UTC", "ValueLockLevel": "NONE", "Status": "SAVED"}

    assert refused(lambda: connect.create_data_table(InstanceId=INSTANCE_ARN, **call)) == INVALID


def test_an_unknown_lock_level_is_refused(connect: Any) -> None:
    assert refused(lambda: make(connect, level="ROW")) == INVALID


def test_table_names_are_unique_ignoring_case(connect: Any) -> None:
    make(connect, "Tiers")

    assert refused(lambda: make(connect, "tIERS")) == DUPLICATE


def test_names_and_descriptions_are_trimmed(connect: Any) -> None:
    table = make(connect, "  Tiers ", Description="  of customers\n")

    assert table.described()["Name"] == "Tiers"
    assert table.described()["Description"] == "of customers"


def test_a_name_of_whitespace_alone_is_refused(connect: Any) -> None:
    assert refused(lambda: make(connect, "   ")) == INVALID


@pytest.mark.parametrize("name", ["connect:x", "Connect:x", "aws:x", "AWS:x", "  aws:x"])
def test_reserved_prefixes_are_refused_in_any_case(connect: Any, name: str) -> None:
    assert refused(lambda: make(connect, name)) == INVALID


@pytest.mark.parametrize("name", ["a/b", "a(b)", "a&b", "a,b", "a+b", "a#b", "a\tb", "x" * 128])
def test_names_outside_the_pattern_or_too_long_are_refused(connect: Any, name: str) -> None:
    assert refused(lambda: make(connect, name)) == INVALID


@pytest.mark.parametrize("name", ["Größe", "顧客", "عملاء", "٣", "a-b_c.d:e=f@g'h|i", "x" * 127, "ab"])
def test_letters_digits_and_spaces_of_every_script_are_names(connect: Any, name: str) -> None:
    assert make(connect, name).described()["Name"] == name


def test_description_may_be_empty_although_the_published_pattern_says_otherwise(connect: Any) -> None:
    assert make(connect, Description="").described().get("Description", "") == ""


@pytest.mark.parametrize("text", ["x" * 251, "bell \a"])
def test_long_descriptions_and_control_characters_are_refused(connect: Any, text: str) -> None:
    assert refused(lambda: make(connect, Description=text)) == INVALID


def test_descriptions_may_hold_line_breaks_and_tabs(connect: Any) -> None:
    assert make(connect, Description="a\r\n\tb").described()["Description"] == "a\r\n\tb"


def test_time_zone_is_a_plain_string_kept_as_it_is(connect: Any) -> None:
    """Published programs send US/Eastern."""
    made = connect.create_data_table(
        InstanceId=INSTANCE_ARN, Name="T", TimeZone="US/Eastern", ValueLockLevel="NONE", Status="PUBLISHED"
    )

    found = connect.describe_data_table(InstanceId=INSTANCE_ARN, DataTableId=made["Id"])["DataTable"]
    assert found["TimeZone"] == "US/Eastern"


def test_the_101st_table_exceeds_the_quota_with_status_402(connect: Any) -> None:
    for number in range(100):
        make(connect, f"T{number}")

    assert refused(lambda: make(connect, "one more")) == QUOTA


def test_an_unknown_instance_is_not_found(connect: Any) -> None:
    assert refused(lambda: connect.list_data_tables(InstanceId="00000000-0000-4000-8000-000000000000")) == MISSING


def test_list_shows_neither_description_nor_zone_nor_level_nor_tags_nor_locks(connect: Any) -> None:
    make(connect, Description="d", Tags={"a": "b"})

    (summary,) = connect.list_data_tables(InstanceId=INSTANCE_ARN)["DataTableSummaryList"]
    assert set(summary) == {"Name", "Id", "Arn", "LastModifiedTime", "LastModifiedRegion"}


def test_update_replaces_everything_and_what_is_left_out_falls_to_its_default(connect: Any) -> None:
    table = make(connect, Description="will go")

    connect.update_data_table_metadata(**table.ids, Name="New", TimeZone="Asia/Tokyo", ValueLockLevel="VALUE")

    found = table.described()
    assert (found["Name"], found["TimeZone"], found["ValueLockLevel"]) == ("New", "Asia/Tokyo", "VALUE")
    assert not found.get("Description")


def test_update_leaves_tags_alone(connect: Any) -> None:
    table = make(connect, Tags={"a": "b"})

    connect.update_data_table_metadata(**table.ids, Name="T", TimeZone="UTC", ValueLockLevel="NONE")

    assert table.described()["Tags"] == {"a": "b"}


def test_update_may_change_the_case_of_its_own_name_but_not_take_anothers(connect: Any) -> None:
    table = make(connect, "one")
    make(connect, "two")
    rest = {"TimeZone": "UTC", "ValueLockLevel": "NONE"}

    connect.update_data_table_metadata(**table.ids, Name="ONE", **rest)

    assert refused(lambda: connect.update_data_table_metadata(**table.ids, Name="Two", **rest)) == DUPLICATE
    assert table.described()["Name"] == "ONE"


@pytest.mark.parametrize("member", ["Name", "ValueLockLevel", "TimeZone"])
def test_update_requires_name_level_and_zone(connect: Any, member: str) -> None:
    table = make(connect)
    params = {"Name": "T", "ValueLockLevel": "NONE", "TimeZone": "UTC"}
    del params[member]

    assert refused(lambda: connect.update_data_table_metadata(**table.ids, **params)) == INVALID


def test_a_deleted_table_is_gone_and_its_name_is_free(connect: Any) -> None:
    table = make(connect)

    connect.delete_data_table(**table.ids)

    assert refused(table.described) == MISSING
    assert refused(lambda: connect.delete_data_table(**table.ids)) == MISSING
    make(connect)


def test_ids_and_arns_with_and_without_managed_aliases_name_the_same_table(connect: Any) -> None:
    table = make(connect)
    arn = table.described()["Arn"]

    for name in (table.id, arn, f"{table.id}:$LATEST", f"{arn}:$LATEST", f"{arn}:$SAVED"):
        found = connect.describe_data_table(InstanceId=INSTANCE_ID, DataTableId=name)["DataTable"]
        assert (found["Id"], found["Arn"]) == (table.id, arn)


def test_other_aliases_are_refused(connect: Any) -> None:
    table = make(connect)

    call = {"InstanceId": INSTANCE_ARN, "DataTableId": f"{table.id}:v1"}
    assert refused(lambda: connect.describe_data_table(**call)) == INVALID


@pytest.mark.parametrize("alias", ["$SAVED", "v1"])
def test_metadata_update_and_delete_take_no_version_but_latest(connect: Any, alias: str) -> None:
    table = make(connect)
    ids = {"InstanceId": INSTANCE_ARN, "DataTableId": f"{table.id}:{alias}"}
    rest = {"Name": "T", "TimeZone": "UTC", "ValueLockLevel": "NONE"}

    assert refused(lambda: connect.update_data_table_metadata(**ids, **rest)) == INVALID
    assert refused(lambda: connect.delete_data_table(**ids)) == INVALID
    connect.delete_data_table(InstanceId=INSTANCE_ARN, DataTableId=f"{table.id}:$LATEST")


def test_an_arn_of_another_instance_is_not_found(connect: Any) -> None:
    arn = make(connect).described()["Arn"].replace(INSTANCE_ID, "another-instance")

    assert refused(lambda: connect.describe_data_table(InstanceId=INSTANCE_ARN, DataTableId=arn)) == MISSING


def test_tags_come_with_create_and_change_by_tag_and_untag(connect: Any) -> None:
    table = make(connect, Tags={"a": "1", "b": "2"})
    arn = table.described()["Arn"]

    connect.tag_resource(resourceArn=arn, tags={"b": "3", "c": "4"})
    connect.untag_resource(resourceArn=arn, tagKeys=["a", "not there"])

    assert connect.list_tags_for_resource(resourceArn=arn)["tags"] == {"b": "3", "c": "4"}
    assert table.described()["Tags"] == {"b": "3", "c": "4"}


@pytest.mark.parametrize("tags", [{"aws:x": "y"}, {"k" * 129: "v"}, {"k": "v" * 257}, {"k#": "v"}])
def test_tags_outside_the_models_bounds_are_refused(connect: Any, tags: dict[str, str]) -> None:
    arn = make(connect).described()["Arn"]

    assert refused(lambda: connect.tag_resource(resourceArn=arn, tags=tags)) == INVALID


def test_a_table_may_have_50_tags(connect: Any) -> None:
    arn = make(connect, Tags={f"k{n}": "v" for n in range(50)}).described()["Arn"]

    assert refused(lambda: connect.tag_resource(resourceArn=arn, tags={"k50": "v"})) == INVALID


def test_create_without_any_tag_in_its_tags_is_let_through(connect: Any) -> None:
    """Published programs send {} although the shape asks for one."""
    assert "Tags" not in make(connect, Tags={}).described()


def test_tags_of_an_unknown_table_are_not_found(connect: Any) -> None:
    arn = f"{INSTANCE_ARN}/data-table/00000000-0000-4000-8000-000000000000"

    assert refused(lambda: connect.list_tags_for_resource(resourceArn=arn)) == MISSING
    assert refused(lambda: connect.tag_resource(resourceArn=arn, tags={"a": "b"})) == MISSING


def test_the_seeded_instance_is_described_listed_and_tagged_by_moto(connect: Any) -> None:
    described = connect.describe_instance(InstanceId=INSTANCE_ID)["Instance"]
    listed = connect.list_instances()["InstanceSummaryList"]
    connect.tag_resource(resourceArn=INSTANCE_ARN, tags={"a": "b"})

    assert described["Arn"] == INSTANCE_ARN
    assert [one["Arn"] for one in listed] == [INSTANCE_ARN]
    assert connect.list_tags_for_resource(resourceArn=INSTANCE_ARN)["tags"] == {"a": "b"}
