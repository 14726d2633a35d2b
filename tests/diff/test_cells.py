"""Two sides of rows in, the cells and keys that differ out; no AWS and no files."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from reconciler.diff.cells import contents, diff_rows, last_changed, renamed, size
from reconciler.model import Action, Linked, Live, LiveRecord, Mode, Records, Ref, Size
from tests.builders.records import columns, live_cell, live_row, row, shown
from tests.builders.shelves import shelf
from tests.builders.tables import attribute, key

WHEN = datetime(2026, 3, 4, tzinfo=UTC)


# One cell.


@pytest.mark.parametrize(
    ("live", "declared", "expected"),
    [
        ({}, {"A": "x"}, ("create", "a", "A", None, "x")),
        ({"A": "x"}, {"A": "y"}, ("update", "a", "A", "x", "y")),
        ({"A": "x"}, {"A": ""}, ("update", "a", "A", "x", "")),
        ({"A": "x"}, {"A": None}, ("delete", "a", "A", "x", None)),
        ({"A": "2"}, {"A": "2.0"}, ("update", "a", "A", "2", "2.0")),
        ({"N": "2"}, {"N": "2.5"}, ("update", "a", "N", "2", "2.5")),
        ({"N": "2"}, {"N": "=1 + 1"}, ("update", "a", "N", "2", "=1 + 1")),
    ],
)
def test_a_cell_has_one_action(
    live: dict[str, str], declared: dict[str, str | None], expected: tuple[str | None, ...]
) -> None:
    (change,) = diff_rows(Records((row("a", **declared),)), [live_row("a", **live)], columns()).cells

    assert shown(change) == expected


@pytest.mark.parametrize(
    ("live", "declared"),
    [
        ({"A": "x"}, {"A": "x"}),
        ({"N": "2"}, {"N": "2.0"}),
        ({"N": "0.10"}, {"N": "1e-1"}),
        ({}, {"A": None}),
        ({"A": ""}, {"A": ""}),
    ],
)
def test_a_cell_that_matches_is_counted_and_not_changed(live: dict[str, str], declared: dict[str, str | None]) -> None:
    found = diff_rows(Records((row("a", **declared),)), [live_row("a", **live)], columns())

    assert (found.cells, found.unchanged) == ((), 1)


def test_an_undeclared_cell_stays_and_is_not_counted() -> None:
    found = diff_rows(Records((row("a", A="x"),)), [live_row("a", A="x", N="1")], columns())

    assert (found.cells, found.unchanged, found.undeclared) == ((), 1, 0)


def test_a_change_carries_the_type_and_the_last_edit_of_its_cell() -> None:
    live = [LiveRecord({"K": "a"}, {"N": live_cell("1", WHEN, "us-east-1")})]

    (update,) = diff_rows(Records((row("a", N="2"),)), live, columns()).cells
    (create,) = diff_rows(Records((row("b", N="2"),)), live, columns()).cells

    assert (update.value_type, update.modified, update.region) == ("NUMBER", WHEN, "us-east-1")
    assert (create.value_type, create.modified, create.region) == ("NUMBER", None, "")


def test_ids_in_a_declared_text_are_compared_as_references() -> None:
    def named(text: str) -> str:
        return Linked("${Queue/q.id}") if text == "id-1" else text

    declared = Records((row("a", A="id-1"), row("b", A=None)))
    live = [LiveRecord({"K": "a"}, {"A": live_cell(Linked("${Queue/q.id}"))})]

    assert diff_rows(declared, live, columns(named=named)).cells == ()
    (change,) = diff_rows(declared, [], columns(named=named)).cells
    assert change.after == Linked("${Queue/q.id}")


# Who owns the values.


@pytest.mark.parametrize(
    ("live", "declared", "actions"),
    [({}, "x", ["create"]), ({"A": "theirs"}, "x", []), ({"A": "theirs"}, None, []), ({}, None, [])],
)
def test_a_seeded_cell_is_only_created(live: dict[str, str], declared: str | None, actions: list[str]) -> None:
    seeded = columns(key(), attribute("A", ownership=Mode.SEED))

    found = diff_rows(Records((row("a", A=declared),)), [live_row("a", **live)], seeded)

    assert [change.action.value for change in found.cells] == actions
    assert found.unchanged == 1 - len(actions)


@pytest.mark.parametrize(("live", "declared"), [({}, "x"), ({"A": "theirs"}, "x"), ({"A": "theirs"}, None)])
def test_an_attribute_left_alone_never_changes(live: dict[str, str], declared: str | None) -> None:
    found = diff_rows(Records((row("a", A=declared),)), [live_row("a", **live)], columns(left_alone={"A"}))

    assert (found.cells, found.unchanged) == ((), 1)


def test_an_attribute_that_is_left_alone_need_not_exist() -> None:
    assert diff_rows(Records((row("a", New="x"),)), [], columns(left_alone={"New"})).unchanged == 1


# Rows.


def test_changes_are_in_the_order_of_keys_and_the_default_record_is_first() -> None:
    declared = Records((row("b", A="1"), row("a", A="2")), row({}, A="3"))

    found = diff_rows(declared, [], columns())

    assert [change.key for change in found.cells] == [{}, {"K": "a"}, {"K": "b"}]


@pytest.mark.parametrize(
    ("live", "declared", "fates"),
    [
        ([], {"A": "1", "N": "1"}, ["create", "create"]),
        ([live_row("a", A="0")], {"A": "1", "N": "1"}, ["update", "update"]),
        ([live_row("a", A="0", N="0")], {"A": None}, ["update"]),
        ([live_row("a", A="0", N="0")], {"A": None, "N": None}, ["delete", "delete"]),
        ([live_row("a", A="0")], {"A": None, "N": "1"}, ["update", "update"]),
    ],
    ids=["new", "known", "keeps a cell", "keeps none", "gets another"],
)
def test_a_row_has_a_fate(live: list[LiveRecord], declared: dict[str, str | None], fates: list[str]) -> None:
    found = diff_rows(Records((row("a", **declared),)), live, columns())

    assert [change.row and change.row.value for change in found.cells] == fates
    assert found.size.gone == (1 if "delete" in fates else 0)


def test_the_default_record_is_not_a_row() -> None:
    found = diff_rows(Records(default=row({}, A=None)), [live_row({}, A="1")], columns())

    (change,) = found.cells
    assert (change.action, change.row, change.identity) == (Action.DELETE, None, ())
    assert found.size == Size(0, {"A": 1}, gone=0)


def test_a_key_is_written_as_it_is_live() -> None:
    folded = columns(key(validation={"ignoreCase": True}), attribute("A"))

    (change,) = diff_rows(Records((row("VIP", A="2"),)), [live_row("vip", A="1")], folded).cells

    assert (change.key, change.identity, change.action) == ({"K": "vip"}, ("vip",), Action.UPDATE)


def test_keys_are_compared_by_their_typed_values() -> None:
    numbered = columns(key("K", "NUMBER"), attribute("A"))

    found = diff_rows(Records((row("7.0", A="1"),)), [live_row("7", A="1")], numbered)

    assert (found.cells, found.undeclared) == ((), 0)


def test_a_stored_row_without_a_later_key_has_an_empty_text_there() -> None:
    two = columns(key("K"), key("L"), attribute("A"))

    found = diff_rows(Records((row({"K": "a", "L": ""}, A="2"),)), [live_row("a", A="1")], two)

    assert [(change.key, change.action) for change in found.cells] == [({"K": "a", "L": ""}, Action.UPDATE)]


# Renamed attributes.


def test_live_cells_are_compared_under_the_new_name_of_their_attribute() -> None:
    new = columns(key(), attribute("New"), renamed={"Old": "New"})

    found = diff_rows(Records((row("a", New="1"),)), [live_row("a", Old="1")], new)

    assert (found.cells, found.unchanged, found.size) == ((), 1, Size(1, {"New": 1}))


def test_a_renamed_key_is_the_same_key() -> None:
    new = columns(key("Id"), attribute("A"), renamed={"K": "Id"})

    found = diff_rows(Records((row({"Id": "a"}, A="2"),)), [live_row("a", A="1")], new)

    assert [(change.key, change.action) for change in found.cells] == [({"Id": "a"}, Action.UPDATE)]


def test_a_row_is_renamed_in_its_key_and_its_cells() -> None:
    assert renamed(live_row("a", A="1", N="2"), {"K": "Id", "A": "B"}) == live_row({"Id": "a"}, B="1", N="2")


# Stored rows.


def test_the_size_counts_rows_and_cells_but_not_the_default_record_as_a_row() -> None:
    live = [live_row({}, A="0"), live_row("a", A="1", N="2"), live_row("b", A="3")]

    assert size(live) == Size(2, {"A": 3, "N": 1})
    assert diff_rows(Records(), live, columns()).size == size(live)


def test_contents_are_sorted_rows_of_plain_values() -> None:
    live = [live_row("b", N="2"), live_row("a", N="3", A="1"), live_row({}, A="0")]

    assert contents(live) == [{"A": "0"}, {"A": "1", "K": "a", "N": "3"}, {"K": "b", "N": "2"}]
    assert contents(live, "A") == [{"A": "0"}, {"A": "1", "K": "a"}]


def test_the_table_was_changed_last_unless_a_cell_is_newer() -> None:
    def cell(modified: datetime | None) -> LiveRecord:
        return LiveRecord({"K": "a"}, {"A": live_cell("1", modified)})

    declared = Records((row("a", A="2"),))
    live = Live(Ref("DataTable", "T"), "id", "arn", shelf(), modified=WHEN)
    (older,), (newer,), (unknown,) = (
        diff_rows(declared, [cell(at)], columns()).cells for at in (WHEN, WHEN.replace(hour=1), None)
    )

    assert last_changed(live, [older, unknown]) is live
    assert last_changed(live, [older, newer, unknown]) is newer
    assert last_changed(Live(live.ref, "id", "arn", shelf()), [older]) is older
