"""Mappings: an author's file, its mistakes, the lock of columns, and what transform reads."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.lambdas.connectwise.column_lock import lock_faults, locked, read_lock
from reconciler.lambdas.connectwise.mapping import (
    AS_IS,
    AsIs,
    Column,
    Fault,
    TableMapping,
    compiled,
    read_mapping,
)

COLUMNS = {"ticket_number": "id", "status": "status__name", "budget_hours": "budgetHours", "urgency": None}


def mapping(columns: dict[str, Any] = COLUMNS, table: str = "service/tickets", **more: Any) -> dict[str, Any]:
    sources = {"connectwise": {table: {"key": "id", "columns": columns}}}
    return {"canonicalTable": "tickets", "sources": sources, **more}


def good(content: dict[str, Any], choice: AsIs = AS_IS) -> TableMapping:
    read = read_mapping(content, choice)
    assert isinstance(read, TableMapping), read
    return read


def faults(content: Any, choice: AsIs = AS_IS) -> list[tuple[str, str]]:
    read = read_mapping(content, choice)
    assert not isinstance(read, TableMapping)
    return [(".".join(map(str, fault.path)), fault.message) for fault in read]


def test_columns_have_the_types_of_the_vendor_and_null_is_a_text() -> None:
    assert good(mapping()).columns == (
        Column("ticket_number", "bigint"),
        Column("status", "text"),
        Column("budget_hours", "decimal(18,4)"),
        Column("urgency", "text"),
    )


def test_a_type_that_the_value_fits_replaces_the_vendors() -> None:
    read = good(mapping(types={"ticket_number": "text", "budget_hours": "decimal(9,2)", "urgency": "bigint"}))

    assert [column.type for column in read.columns] == ["text", "text", "decimal(9,2)", "bigint"]


@pytest.mark.parametrize(
    ("content", "path", "message"),
    [
        ([], "", "a mapping is a map with canonicalTable and sources"),
        (mapping(canonicalTable="Tickets!"), "canonicalTable", "canonicalTable must be a name"),
        (mapping(history="type9"), "history", "history must be type1 or type2"),
        (mapping(histroy="type1"), "histroy", "did you mean history?"),
        ({"canonicalTable": "tickets"}, "sources", "needs a source"),
        (mapping(sources={"jira": {}}), "sources", "needs a source"),
        (mapping(table="service/ticket"), "sources.connectwise.service/ticket", "did you mean service/tickets?"),
        (
            mapping({"status": "statusName"}),
            "sources.connectwise.service/tickets.columns.status",
            "did you mean status__name",
        ),
        (mapping({}), "sources.connectwise.service/tickets.columns", "at least one column"),
        (mapping({"Status": "status__name"}), "sources.connectwise.service/tickets.columns.Status", "must be a name"),
        (
            mapping({"is_current": "closedFlag"}),
            "sources.connectwise.service/tickets.columns.is_current",
            "is a column of every canonical table",
        ),
        (
            mapping({"text": "initialDescription"}),
            "sources.connectwise.service/tickets.columns.text",
            "ConnectWise never returns initialDescription",
        ),
        (
            mapping({"portal": "portalPassword"}, "company/contacts"),
            "sources.connectwise.company/contacts.columns.portal",
            "is a secret",
        ),
        (
            mapping({"gender": "gender"}, "company/contacts"),
            "sources.connectwise.company/contacts.columns.gender",
            "is personal and is dropped",
        ),
        (mapping(types={"status": "bigint"}), "types.status", "status__name is text, which does not fit bigint"),
        (mapping(types={"status": "varchar"}), "types.status", "varchar is not a type"),
        (mapping(types={"state": "text"}), "types.state", "no source has the column state"),
    ],
)
def test_a_mistake_has_its_place_and_a_remedy(content: Any, path: str, message: str) -> None:
    ((place, text),) = faults(content)

    assert place == path
    assert message in text


def test_a_source_without_its_key_is_a_mistake() -> None:
    content = mapping()
    del content["sources"]["connectwise"]["service/tickets"]["key"]

    assert faults(content) == [("sources.connectwise.service/tickets", "key must be id, the id of a record")]


def test_a_tenant_may_allow_a_personal_field_and_deny_any() -> None:
    gender = mapping({"gender": "gender", "title": "title"}, "company/contacts")

    assert good(gender, AsIs(allow=("contact.gender",))).columns[0] == Column("gender", "text")
    ((place, message),) = faults(gender, AsIs(allow=("gender",), deny=("title",)))
    assert place.endswith("columns.title")
    assert "privacy.deny has title" in message


def test_two_sources_must_agree_on_the_type_of_a_column() -> None:
    content = mapping({"number": "id", "text": "summary"})
    content["sources"]["connectwise"]["time/entries"] = {"key": "id", "columns": {"number": "notes", "text": None}}

    ((place, message),) = faults(content)
    assert place == "sources.connectwise.time/entries.columns.number"
    assert message == "number is bigint in another source and text here; write it into types"


# The lock.


def test_the_lock_only_grows_at_its_end() -> None:
    known = (Column("old", "text"), Column("status", "text"))

    assert locked(known, good(mapping({"id_": "id", "status": "status__name"}))) == (*known, Column("id_", "bigint"))


def test_a_column_that_the_lock_lacks_and_another_type_are_mistakes() -> None:
    read = good(mapping({"number": "id", "status": "status__name", "urgency": None}))

    found = list(lock_faults((Column("status", "bigint"), Column("urgency", "bigint")), read))

    assert [fault.path[-1] for fault in found] == ["number", "status"]
    assert "reconcile validate --write" in found[0].message
    assert "status is text, and columns.lock.json has bigint" in found[1].message


def test_transform_reads_every_column_of_the_lock_in_its_order() -> None:
    columns = (Column("gone", "bigint"), Column("status", "text"), Column("ticket_number", "bigint"))
    read = good(mapping({"ticket_number": "id", "status": "status__name"}))

    assert compiled(read, columns) == {
        "canonical_table": "tickets",
        "history": "type2",
        "schema_version": 3,
        "sources": {
            "connectwise": {
                "service/tickets": {
                    "key": "id",
                    "columns": [
                        {"name": "gone", "type": "bigint", "source": None},
                        {"name": "status", "type": "text", "source": "status__name"},
                        {"name": "ticket_number", "type": "bigint", "source": "id"},
                    ],
                }
            }
        },
    }


@given(
    st.lists(st.lists(st.sampled_from(["id", "summary", "recordType", "severity", "impact"]), min_size=1), min_size=1)
)
def test_no_sequence_of_mappings_moves_a_column_of_the_lock(mappings: list[list[str]]) -> None:
    known: tuple[Column, ...] = ()
    for sources in mappings:
        following = locked(known, good(mapping({f"c_{source.lower()}": source for source in sources})))

        assert following[: len(known)] == known
        assert len({column.name for column in following}) == len(following)
        known = following


@pytest.mark.parametrize("content", [[], {"tickets": {}}, {"tickets": [{"name": "a"}]}])
def test_a_lock_of_another_form_is_a_mistake(content: Any) -> None:
    assert isinstance(read_lock(content), Fault)


# The mappings that this tool ships.


@pytest.mark.parametrize(
    ("table", "columns"), [("tickets", 35), ("time_entries", 26), ("companies", 46), ("contacts", 46)]
)
def test_a_shipped_mapping_is_valid_and_locked_and_stores_no_personal_field(table: str, columns: int) -> None:
    """S2-5, S2-13: personal fields are denied by default."""
    folder = files("reconciler.kinds.pipelines") / "mappings"
    read = good(json.loads((folder / f"{table}.json").read_text(encoding="utf-8")))
    lock = read_lock(json.loads((folder / "columns.lock.json").read_text(encoding="utf-8")))

    assert isinstance(lock, dict)
    assert len(read.columns) == columns
    assert list(lock_faults(lock[table], read)) == []
    assert locked(lock[table], read) == lock[table]
