"""Records as rows: every value has its place, and what must be hidden is nowhere."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.lambdas.connectwise.tables import TABLES, SourceTable, parse_table, read_table
from reconciler.lambdas.connectwise.tenants import Privacy
from reconciler.lambdas.connectwise_ingest.flatten import Flattened, Flattener, schema_of
from reconciler.lambdas.connectwise_ingest.hiding import Hider
from reconciler.lambdas.connectwise_ingest.shelf import parquet

AT = datetime(2026, 11, 28, 19, 40, tzinfo=UTC)
FIELDS = {
    **{"id": "bigint", "hours": "decimal", "ref": "text", "board.id": "bigint", "board.name": "text"},
    **{"at": "timestamp", "tags": "json", "flag": "boolean", "gender": "text", "firstName": "text"},
    **{"birthId": "bigint", "contact.name": "text"},
}
TABLE = parse_table(
    {
        "table": "company/contacts",
        "fields": [{"path": path.split("."), "type": type, "returned": True} for path, type in FIELDS.items()],
    }
)


def flat(records: list[Any], privacy: Privacy = Privacy(), table: SourceTable = TABLE) -> Flattened:  # noqa: B008
    hider = Hider(table.name, privacy, b"0123456789abcdef")
    return Flattener(table, "harbor-dental", hider).page(records, AT, 5)


def rows(records: list[Any], privacy: Privacy = Privacy()) -> list[dict[str, Any]]:  # noqa: B008
    found: list[dict[str, Any]] = flat(records, privacy).table.to_pylist()
    return found


def unknown(record: dict[str, Any], privacy: Privacy = Privacy()) -> Any:  # noqa: B008
    return json.loads(rows([record], privacy)[0]["_unknown"] or "{}")


def test_objects_join_and_lists_are_json_text() -> None:
    """S2-3."""
    (row,) = rows([{"id": 1, "board": {"id": 7, "name": "Help Desk"}, "tags": [{"b": 1, "a": [True]}]}])

    assert (row["board__id"], row["board__name"]) == (7, "Help Desk")
    assert row["tags"] == '[{"b":1,"a":[true]}]'


def test_an_empty_list_is_null_and_an_empty_text_is_not() -> None:
    """S2-3."""
    (row,) = rows([{"id": 1, "tags": [], "ref": ""}])

    assert (row["tags"], row["ref"]) == (None, "")


def test_what_was_added_says_where_a_row_comes_from() -> None:
    first, second = rows([{"id": 1}, {"id": 2}])

    assert {name: value for name, value in first.items() if name.startswith("_")} == {
        **{"_tenant_id": "harbor-dental", "_source_system": "connectwise", "_seen_at": AT.replace(tzinfo=None)},
        **{"_seq": 5, "_deleted": False, "_unknown": None},
    }
    assert second["_seq"] == 6


def test_unknown_fields_are_kept_and_counted() -> None:
    record = {"id": 1, "board": {"id": 7, "colour": "red"}, "new": {"x": [1]}, "empty": [], "none": None}

    assert unknown(record) == {"board__colour": "red", "new": {"x": [1]}}
    assert flat([record]).unknown == 2


def test_values_that_do_not_fit_are_kept_under_their_column_and_counted() -> None:
    record = {"id": 9, "hours": "many", "at": "soon", "board": "gone", "flag": 3}

    assert unknown(record) == {"hours": "many", "at": "soon", "board": "gone", "flag": 3}
    assert (flat([record]).drifted, flat([record]).unknown) == (3, 1)


def test_links_are_dropped() -> None:
    assert unknown({"id": 1, "board": {"id": 7, "_info": {"board_href": "https://x"}}, "self_href": "https://y"}) == {}


@pytest.mark.parametrize("name", TABLES)
def test_the_columns_of_a_table_are_always_the_same(name: str) -> None:
    """S2-4: whatever a page holds, and readable as Parquet."""
    table = read_table(name)
    hider = Hider(name, Privacy("drop"))
    pages = [[], [{"id": 1}], [{"id": "2", "summary": 5, "x": {"y": 1}, "_info": {"lastUpdated": "soon"}}]]

    tables = [Flattener(table, "t", hider).page(page, AT, 1).table for page in pages]

    assert [made.schema for made in tables] == [schema_of(table)] * 3
    assert pq.read_table(pa.BufferReader(parquet(tables[2]))).schema == schema_of(table)
    assert not [field for field in schema_of(table) if pa.types.is_floating(field.type)]


def test_equal_rows_make_equal_files() -> None:
    assert parquet(flat([{"id": 1}]).table) == parquet(flat([{"id": 1}]).table)


def test_secrets_and_personal_fields_are_dropped_at_any_depth() -> None:
    hidden = "hunter2"
    record = {
        **{"id": 1, "gender": hidden, "portalPassword": hidden, "ref": {"apiKey": hidden, "kept": 1}},
        "tags": [{"password": hidden, "kept": 2}, [{"token": hidden}]],
        "customFields": [{"caption": "Wi-Fi password", "value": hidden}, {"caption": "Root Cause", "value": "kept 3"}],
        "new": {"deep": [{"birthDay": hidden, "kept": 4}]},
        "board": {"secretNote": hidden},
    }

    text = str(rows([record])[0])

    assert hidden not in text
    assert all(f"{number}" in text for number in ("kept", 2, "kept 3", 4))


def test_a_personal_field_may_be_allowed_and_any_field_denied() -> None:
    (row,) = rows([{"id": 1, "gender": "f", "ref": "x"}], Privacy(allow=("gender",), deny=("ref",)))

    assert (row["gender"], row["ref"]) == ("f", None)


def test_contacts_are_hashed_with_the_key_of_the_tenant() -> None:
    record = {"id": 1, "firstName": "Dana", "contact": {"name": "Dana"}, "new": [{"firstName": "Dana"}]}

    (row,) = rows([record], Privacy("hash"))

    assert "Dana" not in str(row)
    assert row["firstName"] == row["contact__name"]
    assert len(row["firstName"]) == 64
    assert json.loads(row["_unknown"])["new"] == [{"firstName": row["firstName"]}]


def test_contacts_may_be_dropped_and_a_field_without_text_is_dropped_instead_of_hashed() -> None:
    assert rows([{"id": 1, "firstName": "Dana"}], Privacy("drop"))[0]["firstName"] is None
    assert rows([{"id": 1, "birthId": 5}], Privacy("hash"))[0]["birthId"] is None


def test_a_hash_of_nothing_is_nothing() -> None:
    assert rows([{"id": 1, "firstName": None}], Privacy("hash"))[0]["firstName"] is None


def test_a_structure_in_a_plain_column_hides_what_must_be_hidden() -> None:
    (row,) = rows([{"id": 1, "ref": {"password": "hunter2", "kept": 1}, "hours": [{"token": "hunter2"}]}])

    assert row["ref"] == '{"kept":1}'
    assert json.loads(row["_unknown"]) == {"hours": [{}]}


def test_a_tombstone_has_its_id_and_nothing_of_the_record() -> None:
    made = Flattener(TABLE, "harbor-dental", Hider(TABLE.name, Privacy())).tombstones([3, 4], AT, 9).to_pylist()

    assert [(row["id"], row["_deleted"], row["_seq"], row["ref"]) for row in made] == [
        (3, True, 9, None),
        (4, True, 10, None),
    ]


def test_a_record_gives_the_same_row_wherever_it_is_in_a_page() -> None:
    """Also its unknown fields and what does not fit, in a page of several blocks."""
    records: list[dict[str, Any]] = [{"id": at, "board": {"id": at, "name": "Help Desk"}} for at in range(600)]
    for at, record in enumerate(records):
        record |= {"extra": at} if at % 7 == 0 else {}
        record |= {"flag": "perhaps"} if at % 11 == 0 else {}
        record |= {"board": f"board {at}"} if at % 13 == 0 else {}
        record |= {"board": {"id": at, "new": at}} if at % 17 == 0 else {}

    whole = rows(records)

    alone = [rows([record])[0] for record in records]
    assert whole == [{**row, "_seq": 5 + at} for at, row in enumerate(alone)]
    assert json.loads(whole[0]["_unknown"]) == {"board__new": 0, "extra": 0, "flag": "perhaps"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "name", "x", "y"]), inner, max_size=3)
    ),
    max_leaves=6,
)
RECORDS = st.fixed_dictionaries(
    {"id": st.integers(0, 100)},
    optional=dict.fromkeys(("hours", "ref", "board", "at", "tags", "flag", "other"), JSON),
)


@given(st.lists(RECORDS, max_size=3))
def test_flattening_loses_no_value(records: list[dict[str, Any]]) -> None:
    """Each value is in its column, or in `_unknown`."""
    for record, row in zip(records, rows(records), strict=True):
        kept = json.loads(row["_unknown"] or "{}")
        for name, value in record.items():
            for column, inner in _leaves(name, value):
                if inner in (None, [], {}):
                    continue
                place = row.get(column) if row.get(column) is not None else kept.get(column)
                assert place is not None, (column, inner, row)


def _leaves(name: str, value: Any) -> list[tuple[str, Any]]:
    if name == "board" and isinstance(value, dict):
        return [(f"board__{key}", inner) for key, inner in value.items()]
    return [(name, value)]
