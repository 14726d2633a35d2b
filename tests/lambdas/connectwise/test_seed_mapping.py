"""The older form of mappings is read as it is. A column that is not carried as written has a note."""

from __future__ import annotations

from typing import Any

from reconciler.lambdas.connectwise.mapping import TableMapping, read_mapping
from reconciler.lambdas.connectwise.seed_mapping import convert, is_seed_form

SEED: dict[str, Any] = {
    "tickets": {
        "connectwise": {
            "service/tickets": {
                "ticket_number": "id",
                "status": "status__name",
                "urgency": "urgency",
                "entered_by": "enteredBy",
                "description": "initialDescription",
                "is_current": "closedFlag",
                "Site Name": "siteName",
            }
        }
    },
    "contacts": {"connectwise": {"company/contacts": {"portal_password": "portalPassword", "gender": "gender"}}},
}


def columns(table: str) -> Any:
    ((_, source),) = convert(SEED).mappings[table]["sources"]["connectwise"].items()
    return source["columns"]


def test_the_older_form_is_recognised_and_the_newer_is_not() -> None:
    assert is_seed_form(SEED)
    assert not is_seed_form({"canonicalTable": "tickets", "sources": {}})
    assert not is_seed_form({})
    assert not is_seed_form({"tickets": {"jira": {}}})


def test_every_column_is_there_and_null_where_connectwise_has_none() -> None:
    """S2-5: what the vendor lacks, never returns or must not be stored is always null."""
    assert columns("tickets") == {
        "ticket_number": "id",
        "status": "status__name",
        "urgency": None,
        "entered_by": "_info__enteredBy",
        "description": None,
        "source_is_current": "closedFlag",
        "site_name": "siteName",
    }
    assert columns("contacts") == {"portal_password": None, "gender": None}


def test_each_difference_has_a_note_at_its_column() -> None:
    notes = {note.path[-1]: note.message for note in convert(SEED).notes}

    assert notes == {
        "urgency": "service/tickets has no column urgency, so urgency is always null",
        "entered_by": "service/tickets has enteredBy inside _info alone, so entered_by is _info__enteredBy",
        "description": "ConnectWise never returns initialDescription, so description is always null",
        "is_current": "is_current is called source_is_current: it is not a name for a column of Redshift",
        "Site Name": "Site Name is called site_name: it is not a name for a column of Redshift",
        "portal_password": "portalPassword is a secret, so portal_password is always null",
        "gender": "gender is personal, so gender is always null",
    }


def test_what_is_converted_is_a_valid_mapping() -> None:
    assert all(isinstance(read_mapping(it), TableMapping) for it in convert(SEED).mappings.values())


def test_an_unknown_table_is_a_mistake_and_another_system_is_a_note() -> None:
    content = {"tickets": {"connectwise": {"service/ticket": {"a": "id"}}, "jira": {}}}

    converted = convert(content)

    assert [fault.message for fault in converted.faults] == [
        "service/ticket is not a table of ConnectWise; did you mean service/tickets?"
    ]
    assert [note.message for note in converted.notes] == ["jira is not a source system, and is left out"]
