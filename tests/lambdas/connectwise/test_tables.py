"""The generated source tables: names, types, and no two fields in one column."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.lambdas.connectwise import tables
from reconciler.lambdas.connectwise.tables import TABLES, Collision, Field, parse_table, read_table
from scripts.connectwise_tables import classified, written

FOLDER = Path(tables.__file__).parent / "tables"


def content(*fields: tuple[str, str]) -> dict[str, Any]:
    listed = [{"path": path.split("."), "type": type, "returned": True} for path, type in fields]
    return {"table": "x/y", "fields": listed}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_has_its_id_and_its_stamp(name: str) -> None:
    table = read_table(name)

    assert table.field("id") == Field(("id",), "bigint", True, "")
    assert table.field("_info__lastUpdated") == Field(("_info", "lastUpdated"), "timestamp", True, "")
    assert table.field("absent") is None


def test_there_is_a_file_for_each_table_and_no_other() -> None:
    assert {path.stem.replace(".", "/", 1) for path in FOLDER.iterdir()} == set(TABLES)


def test_types_and_directions_are_those_of_the_vendor() -> None:
    tickets = read_table("service/tickets")

    types = {
        name: field.type
        for name in ("actualHours", "closedFlag", "requiredDate", "customFields", "board__id")
        if (field := tickets.field(name))
    }
    assert types == {
        **{"actualHours": "decimal", "closedFlag": "boolean", "requiredDate": "timestamp"},
        **{"customFields": "json", "board__id": "bigint"},
    }
    assert [field.column for field in tickets.fields if not field.is_returned] == [
        *("initialDescription", "initialInternalAnalysis", "initialResolution")
    ]


def test_each_file_names_where_its_types_come_from() -> None:
    for path in FOLDER.iterdir():
        source = json.loads(path.read_text())["source"]

        assert (source["licence"], len(source["commit"])) == ("MIT", 40)


def test_the_privacy_classes_in_the_files_are_those_of_the_rules() -> None:
    for path, text in classified():
        assert path.read_text() == text


def test_an_unknown_table_is_an_error() -> None:
    with pytest.raises(KeyError):
        read_table("service/ticket")


@pytest.mark.parametrize(
    "fields",
    [
        [("a__b", "text"), ("a.b", "text")],
        [("Name", "text"), ("name", "text")],
        [("_unknown", "text")],
    ],
)
def test_columns_that_collide_are_an_error(fields: list[tuple[str, str]]) -> None:
    """S2-3."""
    with pytest.raises(Collision):
        parse_table(content(*fields))


TYPES = """
    Ticket: {
      /** Format: int32 */
      id?: number;
      board?: components["schemas"]["BoardReference"];
      tags?: string[];
      /** @description Only available for POST, will not be returned in the response */
      initialDescription?: string;
      dateResolved?: string;
      _info?: { [key: string]: string };
    };
    BoardReference: {
      /** Format: int32 */
      id?: number | null;
      name?: string;
      _info?: { [key: string]: string };
    };
    TimeEntry: {
      hours?: number | null;
    };
    Company: {
      /** Format: uuid */
      guid?: string | null;
    };
    Contact: {
      gender?: ("Male" | "Female") | null;
      flag?: boolean | null;
    };
"""


def test_a_table_is_read_from_the_types_of_a_generated_client() -> None:
    files = {path.name: json.loads(text)["fields"] for path, text in written(TYPES).items()}

    ticket = {".".join(field["path"]): (field["type"], field["returned"]) for field in files["service.tickets.json"]}
    assert ticket == {
        "id": ("bigint", True),
        "board.id": ("bigint", True),
        "board.name": ("text", True),
        "tags": ("json", True),
        "initialDescription": ("text", False),
        "dateResolved": ("timestamp", True),
        "_info.lastUpdated": ("timestamp", True),
        "_info.updatedBy": ("text", True),
        "_info.dateEntered": ("timestamp", True),
        "_info.enteredBy": ("text", True),
    }
    assert files["time.entries.json"] == [{"path": ["hours"], "type": "decimal", "returned": True}]
    assert files["company.companies.json"][0]["type"] == "text"
    assert [field.get("class") for field in files["company.contacts.json"]] == ["personal", None]
