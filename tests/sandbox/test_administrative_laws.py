"""Laws for every type of administrative resource."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox import Control

from .administrative import HERE, MAKERS, Maker, rows
from .calls import DUPLICATE, INVALID, MISSING, refused

every_type = pytest.mark.parametrize("maker", MAKERS, ids=lambda maker: maker.name)
every_deletable = pytest.mark.parametrize("maker", [m for m in MAKERS if m.deletes], ids=lambda maker: maker.name)
every_tagged = pytest.mark.parametrize("maker", [m for m in MAKERS if m.tagged], ids=lambda maker: maker.name)
every_renamable = pytest.mark.parametrize("maker", [m for m in MAKERS if m.rename], ids=lambda maker: maker.name)
STAMPS = {"LastModifiedTime", "LastModifiedRegion"}
LIMIT = ("LimitExceededException", 429)


def by_name(maker: Maker, comparison: str, value: str) -> dict[str, Any]:
    return {"StringCondition": {"FieldName": "name", "Value": value, "ComparisonType": comparison}}


def found(maker: Maker, client: Any, name: str) -> dict[str, Any]:
    (row,) = maker.searched(client, SearchCriteria=by_name(maker, "EXACT", name))
    return row


@every_type
def test_describe_shows_the_members_of_the_creation(connect: Any, maker: Maker) -> None:
    fields = {**maker.says(connect), maker.name_member: "First"}

    described = maker.described(connect, maker.make(connect, "First"))

    assert {name: described[name] for name in fields} == fields


@every_type
def test_search_shows_the_same_but_for_what_it_is_documented_to_leave_out(connect: Any, maker: Maker) -> None:
    described = maker.described(connect, maker.make(connect, "First"))

    searched = found(maker, connect, "First")

    shown = {name: value for name, value in searched.items() if name not in maker.hidden}
    assert shown == {name: value for name, value in described.items() if name not in maker.unsearched}


@every_type
def test_a_list_shows_its_name_and_id(connect: Any, maker: Maker) -> None:
    id = maker.make(connect, "First")

    (row,) = [row for row in maker.listed(connect) if row["Name"] == "First"]

    assert maker.id_of(row) == id


@every_type
def test_an_update_changes_what_it_says_and_nothing_else(connect: Any, maker: Maker) -> None:
    assert maker.update
    operation, members = maker.update
    id = maker.make(connect, "First")
    before = maker.described(connect, id)

    maker.change(connect, id, operation, **members)

    after = maker.described(connect, id)
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert changed - STAMPS - {"HierarchyPath"} == set(members)
    assert {name: after[name] for name in members} == members
    if "LastModifiedTime" in before:
        assert after["LastModifiedTime"] >= before["LastModifiedTime"]


@every_deletable
def test_what_is_deleted_is_nowhere(connect: Any, maker: Maker) -> None:
    id = maker.make(connect, "First")

    maker.delete(connect, id)

    assert refused(lambda: maker.described(connect, id)) == MISSING
    assert refused(lambda: maker.delete(connect, id)) == MISSING
    assert "First" not in {row["Name"] for row in maker.listed(connect)}
    assert maker.searched(connect, SearchCriteria=by_name(maker, "EXACT", "First")) == []
    maker.make(connect, "First")


@every_type
def test_a_name_is_taken_whatever_its_case(sandbox: Control, connect: Any, maker: Maker) -> None:
    """Names ignore case [inferred]; a switch."""
    maker.make(connect, "First")

    assert refused(lambda: maker.make(connect, "First")) == DUPLICATE
    assert refused(lambda: maker.make(connect, "FIRST")) == DUPLICATE
    sandbox.set_faults({"switches": {"nameCase": "exact"}})
    assert refused(lambda: maker.make(connect, "First")) == DUPLICATE
    maker.make(connect, "FIRST")


@every_renamable
def test_a_rename_to_a_taken_name_is_refused(connect: Any, maker: Maker) -> None:
    """UpdateQuickConnectName and UpdatePrompt do not model the duplicate: that it is an invalid request is inferred."""
    maker.make(connect, "First")
    id = maker.make(connect, "Second")

    code = refused(lambda: maker.change(connect, id, maker.rename, Name="first"))

    expected = ("InvalidRequestException", 400) if maker.name in ("quick_connect", "prompt") else DUPLICATE
    assert code == expected
    maker.change(connect, id, maker.rename, Name="SECOND")
    assert maker.described(connect, id)["Name"] == "SECOND"


@every_type
def test_an_id_that_leads_nowhere_is_not_found(connect: Any, maker: Maker) -> None:
    assert maker.update
    operation, members = maker.update

    assert refused(lambda: maker.described(connect, "nowhere")) == MISSING
    assert refused(lambda: maker.change(connect, "nowhere", operation, **members)) == MISSING


@every_type
def test_another_instance_has_none_of_it(connect: Any, maker: Maker) -> None:
    id = maker.make(connect, "First")
    describe = getattr(connect, f"describe_{maker.name}")

    there = {**maker.where(connect), "InstanceId": "11111111-0000-4000-8000-000000000000"}

    assert refused(lambda: describe(**there, **{maker.key: id})) == MISSING


@every_tagged
def test_tags_are_set_at_creation_added_and_removed(connect: Any, maker: Maker) -> None:
    """Neither moves LastModifiedTime [inferred]."""
    before = maker.described(connect, id := maker.make(connect, "First", Tags={"a": "1", "b": "2"}))
    arn = maker.arn_of(before)

    connect.tag_resource(resourceArn=arn, tags={"b": "3", "c": "4"})
    connect.untag_resource(resourceArn=arn, tagKeys=["a", "nowhere"])

    after = maker.described(connect, id)
    assert before["Tags"] == {"a": "1", "b": "2"}
    assert after["Tags"] == found(maker, connect, "First")["Tags"] == {"b": "3", "c": "4"}
    assert connect.list_tags_for_resource(resourceArn=arn)["tags"] == {"b": "3", "c": "4"}
    assert {name: value for name, value in before.items() if name != "Tags"} == {
        name: value for name, value in after.items() if name != "Tags"
    }


@every_tagged
def test_search_filters_by_tag(connect: Any, maker: Maker) -> None:
    maker.make(connect, "First", Tags={"team": "a", "x": "y"})
    maker.make(connect, "Second", Tags={"team": "b"})
    nested = maker.name in ("agent_status", "user_hierarchy_group")
    arm = "AttributeFilter" if nested else "TagFilter"
    both = [{"TagKey": "team", "TagValue": "a"}, {"TagKey": "x"}]
    either = [[{"TagKey": "team", "TagValue": "b"}], [{"TagKey": "nowhere"}]]

    conditions: list[dict[str, Any]] = [
        {"TagCondition": {"TagKey": "team", "TagValue": "a"}},
        {"AndCondition": {"TagConditions": both}} if nested else {"AndConditions": both},
        {"OrConditions": [{"TagConditions": each} for each in either] if nested else either},
    ]

    names = [
        [row[maker.name_member] for row in maker.searched(connect, SearchFilter={arm: condition})]
        for condition in conditions
    ]
    assert names == [["First"], ["First"], ["Second"]]


@every_tagged
def test_the_51st_tag_is_refused(connect: Any, maker: Maker) -> None:
    id = maker.make(connect, "First", Tags={str(n): "v" for n in range(50)})
    arn = maker.arn_of(maker.described(connect, id))

    assert refused(lambda: connect.tag_resource(resourceArn=arn, tags={"more": "v"})) == INVALID


@every_type
@pytest.mark.parametrize("size", [1, 3])
def test_pages_are_full_and_nothing_comes_twice(connect: Any, maker: Maker, size: int) -> None:
    for number in range(5):
        maker.make(connect, f"R{number}")
    everything = {
        "list": [maker.id_of(row) for row in maker.listed(connect)],
        "search": [maker.id_of(row) for row in maker.searched(connect)],
    }

    for verb, ids in everything.items():
        where = maker.where(connect) if verb == "list" else HERE
        walked = connect.get_paginator(f"{verb}_{maker.plural}").paginate(**where, PaginationConfig={"PageSize": size})
        pages = [
            [maker.id_of(row) for row in next(value for value in page.values() if isinstance(value, list))]
            for page in walked
        ]
        assert [id for page in pages for id in page] == ids
        assert {len(page) for page in pages[:-1]} == {size}


@every_type
def test_criteria_compare_names_and_nest(connect: Any, maker: Maker) -> None:
    for name in ("Tier one", "Tier two", "Other"):
        maker.make(connect, name)
    one = {"OrConditions": [by_name(maker, "EXACT", "other"), by_name(maker, "CONTAINS", "one")]}
    both = {"AndConditions": [by_name(maker, "STARTS_WITH", "tier"), by_name(maker, "CONTAINS", "two")]}

    names = [
        [row[maker.name_member] for row in maker.searched(connect, SearchCriteria=criteria)] for criteria in (one, both)
    ]

    assert names == [["Other", "Tier one"], ["Tier two"]]
    unknown = {"StringCondition": {"FieldName": "colour", "Value": "x", "ComparisonType": "EXACT"}}
    assert refused(lambda: maker.searched(connect, SearchCriteria=unknown)) == INVALID


@every_type
def test_search_lags_behind_creations_and_changes(sandbox: Control, connect: Any, maker: Maker) -> None:
    assert maker.update
    operation, members = maker.update
    id = maker.make(connect, "First")
    old = found(maker, connect, "First")
    where = maker.where(connect)

    sandbox.set_faults({"searchLag": {"calls": 2}})
    getattr(connect, operation)(**where, **{maker.key: id}, **members)
    seen = [maker.searched(connect, MaxResults=100) for _ in range(3)]

    assert [old in rows for rows in seen] == [True, True, False]
    assert sandbox.stats()["faults"]["searchLag"] >= 2


@every_type
def test_what_was_just_created_may_not_be_found_yet(sandbox: Control, connect: Any, maker: Maker) -> None:
    """Eventual consistency [admin guide]; that lists are current is inferred."""
    fields, where = maker.says(connect), maker.where(connect)
    sandbox.set_faults({"consistency": {"calls": 3}})
    create = getattr(connect, f"create_{maker.name}")

    create(**where, **{**fields, **maker.write_only, maker.name_member: "First"})
    (id,) = [
        maker.id_of(row) for row in rows(getattr(connect, f"list_{maker.plural}")(**where)) if row["Name"] == "First"
    ]

    describe = getattr(connect, f"describe_{maker.name}")
    calls = [lambda: describe(**where, **{maker.key: id})] * 2
    assert [refused(call) for call in calls] == [MISSING, MISSING]
    assert describe(**where, **{maker.key: id})
    assert sandbox.stats()["faults"]["consistency"] == 2


@every_type
def test_a_quota_is_a_limit_exceeded_429(sandbox: Control, connect: Any, maker: Maker) -> None:
    """A full quota, not throttling: only the code differs [service model]."""
    there = len(maker.listed(connect))
    quota = maker.plural if maker.plural != "hours_of_operations" else "hours_of_operation"
    head, *rest = quota.split("_")
    sandbox.set_faults({"quotas": {head + "".join(word.capitalize() for word in rest): there + 1}})

    maker.make(connect, "First")

    assert refused(lambda: maker.make(connect, "Second")) == LIMIT


@every_type
def test_reset_empties_everything(sandbox: Control, connect: Any, maker: Maker) -> None:
    built_in = [row["Name"] for row in maker.listed(connect)]
    id = maker.make(connect, "First")

    sandbox.reset()

    assert [row["Name"] for row in maker.listed(connect)] == built_in
    assert refused(lambda: maker.described(connect, id)) == MISSING


@every_type
def test_unset_members_are_absent_or_empty(sandbox: Control, connect: Any, maker: Maker) -> None:
    """Inferred; a switch."""
    optional = {"Description", "Values", "Purposes", "AllowedAccessControlTags", "DisplayOrder", "MaxContacts"}
    fields = {name: value for name, value in maker.says(connect).items() if name not in optional - {"Description"}}
    if maker.name != "routing_profile":
        fields.pop("Description", None)
    create = getattr(connect, f"create_{maker.name}")
    answer = create(**maker.where(connect), **fields, **maker.write_only, **{maker.name_member: "First"})
    id = "First" if maker.key == "Name" else next(v for k, v in answer.items() if k.lower().endswith("id"))

    absent = maker.described(connect, id)
    sandbox.set_faults({"switches": {"unsetMembers": "defaults"}})
    echoed = maker.described(connect, id)

    assert all(value not in ("", [], {}) for value in absent.values())
    new = {name: value for name, value in echoed.items() if name not in absent}
    assert all(value in ("", [], {}) for value in new.values())
    assert maker.name in ("routing_profile",) or new or not maker.tagged
