"""Each alternative of what the documentation leaves open; the defaults are tested where they belong."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest

from reconciler.sandbox import Control
from reconciler.sandbox.errors import WrongSetting
from reconciler.sandbox.switches import Quotas, Switches, read_switches

from .calls import CONFLICT, DUPLICATE, INVALID, MISSING, cell, keyed, make, refused

R = {"k": "r"}


def switch(sandbox: Control, **switches: Any) -> None:
    sandbox.set_faults({"switches": switches})


def test_every_switch_and_quota_says_its_question_and_its_source() -> None:
    for kind in (Switches, Quotas):
        for field in dataclasses.fields(kind):
            assert re.search(rf"\b{field.name}\b", kind.__doc__ or ""), f"{field.name} is not explained"
    lines = [line for line in (Switches.__doc__ or "").splitlines() if re.match(r"\s+\w+: ", line)]
    assert len(lines) == len(dataclasses.fields(Switches))
    assert [line for line in lines if "[" not in line] == []


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"compareLock": "item"}, "compareLocks"),
        ({"compareLocks": "never"}, "request"),
        ({"primaryValuesAsItems": "yes"}, "true or false"),
        ({"defaultPage": 0}, "whole number"),
        ({"defaultPage": True}, "whole number"),
    ],
)
def test_wrong_switches_say_what_would_be_right(given: dict[str, Any], word: str) -> None:
    with pytest.raises(WrongSetting, match=word):
        read_switches(given)


def test_existing_and_missing_cells_fail_the_request_and_leave_nothing(sandbox: Control, connect: Any) -> None:
    switch(sandbox, existingOrMissingCell="request")
    table = keyed(connect)
    table.create(cell("a", "1", R))
    lock = table.lock("a", R)

    assert refused(lambda: table.create(cell("b", "2", R), cell("a", "2", R))) == DUPLICATE
    assert refused(lambda: table.update(cell("a", "2", R), cell("b", "2", R))) == MISSING
    assert refused(lambda: table.delete(cell("a", "", R), cell("b", "", R))) == MISSING
    assert refused(lambda: table.describe_values(cell("b", "", R))) == MISSING
    assert [value["Value"] for value in table.values()] == ["1"]
    assert table.lock("a", R) == lock


def test_invalid_items_fail_the_request(sandbox: Control, connect: Any) -> None:
    switch(sandbox, invalidItem="request")
    table = keyed(connect)

    assert refused(lambda: table.create(cell("a", "1", R), cell("nope", "1", R))) == INVALID
    assert refused(lambda: table.create(cell("a", "1", {"k": "=A()"}))) == INVALID
    assert table.values() == []


def test_stale_locks_fail_the_request(sandbox: Control, connect: Any) -> None:
    switch(sandbox, staleLock="request")
    table = keyed(connect, level="VALUE")
    table.create(cell("a", "1", R), cell("b", "1", R))

    stale = {"Value": "old"}
    assert refused(lambda: table.update(cell("b", "2", R, table.lock("b", R)), cell("a", "2", R, stale))) == CONFLICT
    assert [value["Value"] for value in table.values()] == ["1", "1"]


def test_lock_versions_may_be_counters(sandbox: Control, connect: Any) -> None:
    switch(sandbox, lockVersions="numeric")
    table = keyed(connect)
    before = table.create(cell("a", "1", R))["Successful"][0]["LockVersion"]

    after = table.update(cell("a", "2", R))["Successful"][0]["LockVersion"]

    assert int(after["Value"]) == int(before["Value"]) + 1


def test_a_records_lock_may_move_at_its_level_only(sandbox: Control, connect: Any) -> None:
    switch(sandbox, primaryValuesLock="level")
    table = keyed(connect, level="VALUE")
    before = table.create(cell("a", "1", R))["Successful"][0]["LockVersion"]

    after = table.update(cell("a", "2", R, before))["Successful"][0]["LockVersion"]

    assert after["PrimaryValues"] == before["PrimaryValues"]


@pytest.mark.parametrize(("choice", "shown"), [("empty", [[], [], []]), ("absent", [None, None, None])])
def test_primary_values_of_the_default_record_may_be_empty_or_absent(
    sandbox: Control, connect: Any, choice: str, shown: list[Any]
) -> None:
    switch(sandbox, defaultPrimaryValues=choice)
    table = keyed(connect)

    created = table.create(cell("a", "1"), cell("nope", "1"))

    replies = (created["Successful"][0], created["Failed"][0], table.values()[0])
    assert [reply.get("PrimaryValues") for reply in replies] == shown


def test_the_default_record_may_be_called_default(sandbox: Control, connect: Any) -> None:
    switch(sandbox, defaultRecordId="DEFAULT")
    table = keyed(connect)

    table.create(cell("a", "1"), cell("a", "1", R))

    assert [value["RecordId"] == "DEFAULT" for value in table.values()] == [True, False]


@pytest.mark.parametrize(
    ("value_type", "written", "read"),
    [
        ("NUMBER", "168.0", "168"),
        ("NUMBER", "1e3", "1000"),
        ("NUMBER_LIST", "[ 0.50, 2 ]", "[0.5,2]"),
        ("TEXT_LIST", '["a",  "ü"]', '["a","ü"]'),
        ("TEXT_LIST", "[ ]", "[]"),
        ("TEXT", " x ", " x "),
        ("BOOLEAN", "true", "true"),
        ("NUMBER", "=1", "=1"),
    ],
)
def test_values_may_read_back_in_canonical_form(
    sandbox: Control, connect: Any, value_type: str, written: str, read: str
) -> None:
    switch(sandbox, valuesReadBack="canonical")
    table = make(connect)
    table.attribute("a", value_type)

    table.create(cell("a", written))

    assert table.values()[0]["Value"] == read


def test_emptied_records_may_stay(sandbox: Control, connect: Any) -> None:
    switch(sandbox, emptiedRecord="stays")
    table = keyed(connect)
    table.create(cell("a", "1", R))

    table.delete(cell("a", "", R))

    assert len(table.records()) == 1
    assert table.values() == []


def test_primary_values_may_be_items_and_cells(sandbox: Control, connect: Any) -> None:
    sandbox.set_faults({"switches": {"primaryValuesAsItems": True}, "quotas": {"cells": 3}})
    table = keyed(connect)

    table.create(cell("a", "1", R))

    assert [(value["AttributeName"], value["Value"]) for value in table.values()] == [("a", "1"), ("k", "r")]
    assert table.create(cell("b", "1", R))["Successful"]
    assert refused(lambda: table.create(cell("a", "1", {"k": "s"})))[0] == "ServiceQuotaExceededException"


def test_a_sixth_primary_by_update_may_be_a_limit_exceeded_429(sandbox: Control, connect: Any) -> None:
    sandbox.set_faults({"switches": {"sixthPrimaryOnUpdate": "LimitExceededException"}, "quotas": {"primaries": 1}})
    table = keyed(connect)

    assert refused(lambda: table.change_attribute("a", Primary=True)) == ("LimitExceededException", 429)


def test_unset_members_may_be_echoed_as_defaults(sandbox: Control, connect: Any) -> None:
    switch(sandbox, unsetMembers="defaults")
    table = keyed(connect)

    found = table.described_attribute("a")
    assert found["Description"] == ""
    assert found["Validation"] == {"IgnoreCase": False, "Enum": {"Strict": False, "Values": []}}
    assert table.described()["Description"] == ""


def test_the_page_of_primary_values_may_be_larger(sandbox: Control, connect: Any) -> None:
    switch(sandbox, primaryValuesPage=2)
    table = keyed(connect)
    table.create(*(cell("a", "1", {"k": key}) for key in "xyz"))

    assert len(table.records(MaxResults=1000)) == 2


@pytest.mark.parametrize(
    ("quota", "call"),
    [
        ("tables", lambda table: make(table.client, "second")),
        ("attributes", lambda table: table.attribute("c")),
        ("primaries", lambda table: table.attribute("k2", Primary=True)),
    ],
)
def test_quotas_can_be_set(sandbox: Control, connect: Any, quota: str, call: Any) -> None:
    table = keyed(connect)

    sandbox.set_faults({"quotas": {quota: 1}})

    assert refused(lambda: call(table)) == ("ServiceQuotaExceededException", 402)


def test_batch_size_and_enumeration_size_can_be_set(sandbox: Control, connect: Any) -> None:
    sandbox.set_faults({"quotas": {"batchItems": 1, "enumValues": 100}})
    table = keyed(connect)

    table.attribute("e", Validation={"Enum": {"Values": [str(n) for n in range(50)]}})

    assert refused(lambda: table.create(cell("a", "1", R), cell("b", "1", R))) == INVALID


def test_rules_may_not_exceed_a_lowered_service_limit(sandbox: Control, connect: Any) -> None:
    """Customer limits in excess of the service's are not permitted [service model]."""
    sandbox.set_faults({"quotas": {"text": 30, "primaryText": 20, "listText": 10}})
    table = make(connect)

    table.attribute("a", Validation={"MaxLength": 30})
    assert refused(lambda: table.attribute("k", Primary=True, Validation={"MaxLength": 30})) == INVALID
    assert refused(lambda: table.attribute("l", "TEXT_LIST", Validation={"MaxLength": 20})) == INVALID
