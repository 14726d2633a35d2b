"""Typed records: the same rows, counts and errors as from JSON values, whatever a page holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.lambdas.connectwise.tables import TABLES, SourceTable, parse_table, read_table
from reconciler.lambdas.connectwise.tenants import Privacy
from reconciler.lambdas.connectwise_ingest.bodies import read_json
from reconciler.lambdas.connectwise_ingest.failures import PairFailed
from reconciler.lambdas.connectwise_ingest.flatten import Flattener
from reconciler.lambdas.connectwise_ingest.hiding import Hider
from reconciler.lambdas.connectwise_ingest.recent import Recent
from reconciler.lambdas.connectwise_ingest.records import TypedRecord
from tests.lambdas.connectwise_ingest.canned import pages_of

AT = datetime(2026, 11, 28, 19, 40, tzinfo=UTC)
NOON = 1_767_268_800_000_000  # 2026-01-01T12:00:00Z
FIELDS = {
    **{"id": "bigint", "count": "bigint", "hours": "decimal", "ref": "text", "flag": "boolean", "at": "timestamp"},
    **{"tags": "json", "gender": "text", "firstName": "text", "board.id": "bigint", "board.name": "text"},
    **{"board.tags": "json", "site.country.name": "text", "contact.name": "text", "_info.lastUpdated": "timestamp"},
}
TABLE = parse_table(
    {
        "table": "company/contacts",
        "fields": [{"path": path.split("."), "type": type, "returned": True} for path, type in FIELDS.items()],
    }
)
PRIVACIES = [
    *(Privacy(), Privacy("hash"), Privacy("drop"), Privacy(allow=("gender",))),
    Privacy("hash", deny=("ref", "board.name", "site", "tags.a", "other")),
]


def flattener(table: SourceTable = TABLE, privacy: Privacy = Privacy()) -> Flattener:  # noqa: B008
    return Flattener(table, "harbor-dental", Hider(table.name, privacy, b"0123456789abcdef"))


def outcome(bodies: list[bytes], privacy: Privacy, *, is_typed: bool) -> list[Any]:
    """Returns all that a pass makes of these pages, and the error that ends it."""
    flat = flattener(privacy=privacy)
    read: Callable[[bytes], Any] = flat.records.read if is_typed else read_json
    recent, made = Recent((), NOON), list[Any]()
    try:
        for page in pages_of(TABLE.name, bodies, read):
            new, known = recent.new(page)
            rows = flat.page(new.records, AT, 5)
            made += [new.ids, page.stamps, page.rejected, known, rows.table.to_pylist(), rows.drifted, rows.unknown]
    except PairFailed as wrong:
        made.append(str(wrong))
    return [*made, recent.entries(NOON)]


FITTING = {
    "bigint": ["7", "0", "-0", "9223372036854775807", "-9223372036854775808"],
    "decimal": [
        "7",
        "-0.0",
        "7.0",
        "0.1",
        "0.00005",
        "2.5e-3",
        "0.30000000000000004",
        "123456789012.5",
        "99999999999999",
    ],
    "boolean": ["true", "false"],
    "timestamp": ['"2026-01-01T12:00:00Z"', '"2026-01-01T11:59:59Z"', '"2026-01-01T13:00:00.25+01:00"'],
    "text": ['"x"', '""', '"\\u00e9"', '"é"', '"\\ud83d\\ude00 \\u0000 \\/"', '"Dana"'],
    "json": [
        *(
            "[]",
            "{}",
            "[1, 2.0, -0.0, 18446744073709551616, 1e5]",
            '{"firstName": "Dana", "a": null, "a": {"token": 1}}',
        ),
        '[{"caption": "Wi-Fi password", "value": "hunter2"}, {"caption": "Cause", "value": "x", "y_href": "z"}]',
    ],
}
STRANGE = [
    *(
        "7",
        "7.0",
        "1e5",
        "7.5",
        "-0.0",
        "1e400",
        "9223372036854775808",
        "18446744073709551616",
        "1" + "0" * 30,
        "1e-400",
    ),
    *("true", "NaN", "01", "[", '"soon"', '"7"', '"\\ud800"', '"\\q"', '"a\nb"', "[]", "{}", "[[1], {}]", "null"),
    *('{"password": "hunter2", "id": 1}', '[{"id": 1}]', '"2026-01-01T12:00:00"', '"2026-01-01T12:00:00Z"'),
]
UNKNOWN = ["other", "self_href", "secretNote", 'a\\"b_href', "_info", "tags", "i\\u0064", "é_href"]


@st.composite
def members(draw: st.DrawFn, path: tuple[str, ...], is_strange: bool) -> list[str]:
    """Returns members of the object at a path of the table, in any order, as JSON; of a record without its id."""
    within = [field.path for field in TABLE.fields if field.path[: len(path)] == path]
    names = sorted({inner[len(path)] for inner in within} - {"id" if not path else ""})
    chosen = draw(st.lists(st.sampled_from(names), max_size=9, unique=not is_strange))
    made = [f'"{name}": {draw(value((*path, name), is_strange))}' for name in chosen]
    if path:
        made += draw(st.sampled_from([[], ['"_info": {"board_href": "https://cw.example.com/boards/7"}']]))
    if is_strange:
        for name in draw(st.lists(st.sampled_from(UNKNOWN), max_size=2)):
            made.append(f'"{name}": {draw(st.sampled_from(STRANGE))}')
    return made


@st.composite
def value(draw: st.DrawFn, path: tuple[str, ...], is_strange: bool) -> str:
    if is_strange and draw(st.integers(0, 3)) == 0:
        return draw(st.sampled_from(STRANGE))
    field = TABLE.field("__".join(path))
    if field and draw(st.integers(0, 5)):
        return draw(st.sampled_from(FITTING[field.type]))
    return "null" if field else as_object(draw(members(path, is_strange)))


@st.composite
def bodies(draw: st.DrawFn) -> list[bytes]:
    """Returns up to three pages with increasing ids. Most of them are as the schema says."""
    made, id = list[bytes](), 0
    for _ in range(draw(st.integers(1, 3))):
        is_strange, records = draw(st.sampled_from([False, False, True])), list[str]()
        for _ in range(draw(st.integers(0, 3))):
            id += 1
            right = f'"id": {id}'
            ids = [right] * 9 + ['"id": "x", ' + right, f'"id": {id}.0', f'"id": "{id}"', '"id": null', '"id": []']
            key = draw(st.sampled_from(ids)) if is_strange else right
            records.append(as_object([key, *draw(members((), is_strange))]))
        made.append(f"[{', '.join(records)}]".encode())
    return made


def as_object(members: list[str]) -> str:
    return "{" + ", ".join(members) + "}"


@given(bodies(), st.sampled_from(PRIVACIES))
def test_typed_records_give_the_rows_and_counts_and_errors_of_json_values(
    bodies: list[bytes], privacy: Privacy
) -> None:
    assert outcome(bodies, privacy, is_typed=True) == outcome(bodies, privacy, is_typed=False)


def read_twice(body: bytes, flat: Flattener) -> Any:
    """Reads a page after one with the same links."""
    flat.page([record for record in flat.records.read(body) if isinstance(record, dict)], AT, 1)
    return flat.records.read(body)


@pytest.mark.parametrize("name", TABLES)
def test_a_page_as_the_schema_says_needs_no_json_values(name: str) -> None:
    """With every field of the table, and with the links that the vendor adds to records and references."""
    table, record = read_table(name), dict[str, Any]()
    objects = {field.path[:depth] for field in table.fields for depth in range(1, len(field.path))}
    for field in table.fields:
        inner = record
        for part in field.path[:-1]:
            inner = inner.setdefault(part, {"link_href": "https://cw.example.com/1", "_info": {"board_href": "x"}})
        inner[field.path[-1]] = orjson.loads(FITTING[field.type][0])
    body = orjson.dumps([record, {"id": 8}])

    flat = flattener(table)
    records = read_twice(body, flat)

    assert all(isinstance(record, TypedRecord) for record in records)
    assert not objects & {field.path for field in table.fields}
    typed, plain = flat.page(records, AT, 1), flattener(table).page(orjson.loads(body), AT, 1)
    assert typed == plain
    assert (typed.drifted, typed.unknown) == (0, 0)


@pytest.mark.parametrize(
    "record",
    [
        b'{"id": 1, "board": []}',
        b'{"id": 1, "count": 7.0}',
        b'{"id": 1, "count": true}',
        b'{"id": 1, "hours": 18446744073709551616}',
        b'{"id": 1, "ref": 7}',
        b'{"id": 1, "flag": 1}',
        b'{"id": 1, "at": 5}',
        b'{"id": 1, "tags": ["\\ud800"]}',
        b'{"id": 1, "other": "\\ud800"}',
        b'{"id": 1, "a\\"b_href": 1}',
        b'{"id": "1"}',
        b'{"ref": "x"}',
        b"[]",
    ],
)
def test_a_page_with_anything_else_is_read_as_json_values(record: bytes) -> None:
    body = b'[{"id": 0}, ' + record + b"]"

    assert read_twice(body, flattener()) == read_json(body)


def test_an_unknown_field_of_an_earlier_page_needs_no_json_values() -> None:
    """A vendor may have fields that no document of it names."""
    flat, plain = flattener(privacy=Privacy("hash")), flattener(privacy=Privacy("hash"))
    body = orjson.dumps(
        [
            {"id": 1, "other": {"firstName": "Dana", "token": "hunter2", "tags": [1]}, "board": {"colour": "red"}},
            {"id": 2, "other": [], "board": None},
            {"id": 3, "other": 2**64 - 1, "email": "dana@example.com"},
        ]
    )

    records = read_twice(body, flat)

    assert all(isinstance(record, TypedRecord) for record in records)
    typed = flat.page(records, AT, 1)
    assert typed == plain.page(orjson.loads(body), AT, 1)
    assert typed.unknown == 4
    assert isinstance(flat.records.read(b'[{"id": 4, "another": 1}]')[0], dict)


def test_endless_new_fields_are_not_allowed() -> None:
    """Else each page would need a new decoder, which is larger than the last one."""
    flat = flattener()
    flat.page([{"id": 1, **{f"field{number}": 1 for number in range(1000)}}], AT, 1)

    allowed = [number for number in range(1000) if is_typed(flat, f'[{{"id": 2, "field{number}": 1}}]')]

    assert len(allowed) == 200


@pytest.mark.parametrize("record", ['{"id": 1, "other": 1}', '{"id": 1, "board": {"other": 1}}'])
def test_a_new_unknown_field_is_noticed(record: str) -> None:
    assert not is_typed(flattener(), f"[{record}]")


def test_numbers_in_lists_are_as_in_json_values() -> None:
    body = b'[{"id": 1, "tags": [18446744073709551616, 1e5, -0.0, 7]}]'

    flat = flattener()

    assert is_typed(flat, body.decode())
    assert flat.page(flat.records.read(body), AT, 1) == flattener().page(read_json(body), AT, 1)


def test_unknown_fields_are_with_their_records_in_a_long_page() -> None:
    flat = flattener()
    body = orjson.dumps([{"id": id, "other": id} if id % 7 == 0 else {"id": id, "count": id} for id in range(1, 200)])

    typed = flat.page(read_twice(body, flat), AT, 1)

    assert typed == flattener().page(orjson.loads(body), AT, 1)
    assert typed.unknown == 28


def is_typed(flat: Flattener, body: str) -> bool:
    return isinstance(flat.records.read(body.encode())[0], TypedRecord)


@pytest.mark.parametrize("body", [b"null", b'{"id": 1}', b'{"message": "no"}'])
def test_a_body_that_is_no_list_is_read_as_it_is(body: bytes) -> None:
    assert flattener().records.read(body) == read_json(body)


@pytest.mark.parametrize("body", [b"", b"<html>", b'[{"id": 1}', b'[{"id": 1, "tags": ' + b"[" * 100_000])
def test_a_cut_body_is_an_error(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        flattener().records.read(body)
