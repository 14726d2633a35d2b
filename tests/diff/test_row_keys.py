"""Rows as a whole: pruning, moves, keys that may be one row or two, and the laws of every difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.diff.cells import RowsDiff, diff_rows
from reconciler.model import Action, CellChange, LiveRecord, Records, RowChange, Size
from reconciler.model.cells import same
from tests.builders.records import columns, live_row, move, row, shown
from tests.builders.tables import attribute, key

FOLDED = columns(key(validation={"ignoreCase": True}), attribute("A"))


# Pruning.


def test_undeclared_rows_are_counted_and_stay() -> None:
    found = diff_rows(Records((row("a", A="1"),)), [live_row("a", A="1"), live_row("b", A="1")], columns())

    assert (found.cells, found.undeclared, found.size.gone) == ((), 1, 0)


def test_pruning_deletes_the_cells_of_undeclared_rows_in_order() -> None:
    live = [live_row("c", N="3", A="2"), live_row("a", A="1"), live_row("b", A="1")]

    found = diff_rows(Records((row("a", A="1"),), prune=True), live, columns())

    assert [shown(change) for change in found.cells] == [
        ("delete", "b", "A", "1", None),
        ("delete", "c", "A", "2", None),
        ("delete", "c", "N", "3", None),
    ]
    assert [change.value_type for change in found.cells] == ["TEXT", "TEXT", "NUMBER"]
    assert {change.row for change in found.cells} == {Action.DELETE}
    assert (found.undeclared, found.size.gone) == (0, 2)


def test_pruning_keeps_the_default_record() -> None:
    found = diff_rows(Records((row("a", A="1"),), prune=True), [live_row("a", A="1"), live_row({}, A="0")], columns())

    assert (found.cells, found.undeclared) == ((), 0)


def test_a_pruned_row_stays_if_a_cell_of_it_is_left_alone() -> None:
    found = diff_rows(Records(prune=True), [live_row("a", A="1", N="2")], columns(left_alone={"N"}))

    assert [shown(change) for change in found.cells] == [("delete", "a", "A", "1", None)]
    assert (found.cells[0].row, found.size.gone) == (Action.UPDATE, 0)


def test_pruning_deletes_cells_of_attributes_that_it_does_not_know() -> None:
    (change,) = diff_rows(Records(prune=True), [live_row("a", Odd="1")], columns()).cells

    assert (change.attribute, change.value_type, change.row) == ("Odd", "TEXT", Action.DELETE)


# Moves.


def test_a_moved_row_keeps_its_values_under_the_new_key() -> None:
    declared = Records((row("new", A="1", N="2"),), moved=(move("old", "new"),))

    found = diff_rows(declared, [live_row("old", A="1")], columns())

    assert found.rows == (RowChange({"K": "old"}, {"K": "new"}),)
    assert [shown(change) for change in found.cells] == [("create", "new", "N", None, "2")]
    assert (found.unchanged, found.undeclared, found.both) == (1, 0, ())


@pytest.mark.parametrize("live", [[], [live_row("new", A="1")]], ids=["no row", "moved already"])
def test_a_move_without_its_row_is_not_a_change(live: list[LiveRecord]) -> None:
    found = diff_rows(Records((row("new", A="1"),), moved=(move("old", "new"),)), live, columns())

    assert (found.rows, found.both) == ((), ())


def test_a_move_to_a_key_that_is_live_is_impossible() -> None:
    declared = Records((row("new", A="1"),), moved=(move("old", "new"),))

    found = diff_rows(declared, [live_row("old", A="1"), live_row("new", A="1")], columns())

    assert (found.rows, found.both) == ((), (RowChange({"K": "old"}, {"K": "new"}),))
    assert (found.cells, found.undeclared) == ((), 1)


def test_moves_follow_one_another_in_their_order() -> None:
    moves = (move("b", "c"), move("a", "b"))

    found = diff_rows(Records(moved=moves), [live_row("a", A="1"), live_row("b", A="2")], columns())

    assert [change.after["K"] for change in found.rows] == ["c", "b"]
    assert found.both == ()


def test_a_move_may_change_only_the_case_of_a_key() -> None:
    declared = Records((row("VIP", A="1"),), moved=(move("vip", "VIP"),))

    found = diff_rows(declared, [live_row("vip", A="0")], FOLDED)

    assert found.rows == (RowChange({"K": "vip"}, {"K": "VIP"}),)
    assert [change.key for change in found.cells] == [{"K": "VIP"}]
    assert diff_rows(declared, [live_row("VIP", A="1")], FOLDED).rows == ()


def test_a_move_names_the_key_as_it_is_live() -> None:
    (change,) = diff_rows(Records(moved=(move("VIP", "gone"),)), [live_row("vip", A="0")], FOLDED).rows

    assert change.before == {"K": "vip"}


# Keys that may be one row or two.

TWINS = (live_row("vip", A="1"), live_row("VIP", A="2"))


@pytest.mark.parametrize(
    "declared",
    [Records((row("Vip", A="3"),)), Records(prune=True), Records(moved=(move("x", "vip"),))],
    ids=["declared", "pruned", "moved"],
)
def test_live_twins_stop_every_change_of_rows(declared: Records) -> None:
    found = diff_rows(declared, TWINS, FOLDED)

    assert found == RowsDiff(alike=(({"K": "vip"}, {"K": "VIP"}),), size=Size(2, {"A": 2}))


def test_live_twins_that_concern_no_declared_row_stay() -> None:
    found = diff_rows(Records((row("a", A="1"),)), TWINS, FOLDED)

    assert found.alike == ()
    assert ([shown(change) for change in found.cells], found.undeclared) == ([("create", "a", "A", None, "1")], 2)


def test_twins_are_two_rows_if_case_counts() -> None:
    found = diff_rows(Records((row("vip", A="1"), row("VIP", A="2"))), TWINS, columns())

    assert (found.alike, found.cells, found.unchanged) == ((), (), 2)


@pytest.mark.parametrize(("live", "declared"), [("Straße", "STRASSE"), ("ſo", "so"), ("ǆ", "ǅ")])
def test_a_key_is_alike_if_only_one_way_to_ignore_case_makes_it_equal(live: str, declared: str) -> None:
    found = diff_rows(Records((row(declared, A="1"),)), [live_row(live, A="1")], FOLDED)

    expected = () if live.lower() == declared.lower() else (({"K": declared}, {"K": live}),)
    assert found.alike == expected


def test_two_spellings_of_a_number_are_not_alike() -> None:
    numbered = columns(key("K", "NUMBER", validation={"ignoreCase": True}), attribute("A"))

    found = diff_rows(Records((row("1e1", A="1"),)), [live_row("10", A="1")], numbered)

    assert (found.alike, found.cells) == ((), ())


def test_a_key_that_is_not_live_is_not_alike() -> None:
    assert diff_rows(Records((row("Straße", A="1"),)), [], FOLDED).alike == ()


def test_both_keys_of_a_move_are_compared() -> None:
    for moved in (move("STRASSE", "x"), move("x", "STRASSE")):
        assert diff_rows(Records(moved=(moved,)), [live_row("Straße", A="1")], FOLDED).alike != ()


# Laws.

NUMBERS = st.sampled_from(["0", "1", "1.0", "2", "-0", "1e1", "10"])
TEXTS = st.sampled_from(["", "x", "1", "1.0"])
KEYS = st.sampled_from(["a", "b", "c", "d"])
some = st.fixed_dictionaries({}, optional={"A": TEXTS, "N": NUMBERS, "S": TEXTS, "O": TEXTS})
wanted = st.fixed_dictionaries({}, optional={"A": st.none() | TEXTS, "N": st.none() | NUMBERS, "S": TEXTS, "O": TEXTS})
default = st.none() | wanted.map(lambda cells: row({}, **cells))
stored = st.dictionaries(KEYS, some.filter(bool)).map(lambda rows: [live_row(k, **cells) for k, cells in rows.items()])
written = st.dictionaries(KEYS, wanted).map(lambda rows: tuple(row(k, **cells) for k, cells in rows.items()))
moves = st.lists(st.builds(move, KEYS, st.sampled_from(["x", "y", "a"])), max_size=2).map(tuple)
declarations = st.builds(Records, written, default, st.booleans(), moves)
EVERY = columns(
    key(), attribute("A"), attribute("N", "NUMBER"), attribute("S", ownership="seed"), attribute("O"), left_alone={"O"}
)


@given(stored, some)
def test_live_rows_that_are_declared_as_they_are_differ_in_nothing(
    live: list[LiveRecord], first: dict[str, str]
) -> None:
    live = [*live, live_row({}, **first)] if first else live
    rows = tuple(row(record.key, **texts(record)) for record in live if record.key)
    declared = Records(rows, row({}, **first), prune=True)

    found = diff_rows(declared, live, EVERY)

    assert (found.cells, found.rows, found.undeclared) == ((), (), 0)
    assert found.unchanged == sum(len(record.cells) for record in live)


@given(stored, declarations)
def test_applying_the_difference_gives_the_declared_rows(live: list[LiveRecord], declared: Records) -> None:
    after = applied(live, diff_rows(declared, live, EVERY))

    records = [*declared.rows, *([declared.default] if declared.default else [])]
    for record in records:
        there = after.get(record.key.get("K", ""), {})
        for name in record.cells.keys() & {"A", "N"}:
            assert same("NUMBER" if name == "N" else "TEXT", there.get(name), record.cells[name])
    left = {name for cells in after.values() for name in cells}
    if declared.prune and not records:
        assert left <= {"O"}


@given(stored, declarations)
def test_a_second_difference_is_empty(live: list[LiveRecord], declared: Records) -> None:
    after = applied(live, diff_rows(declared, live, EVERY))
    later = [live_row({"K": name} if name else {}, **cells) for name, cells in after.items() if cells]
    again = Records(declared.rows, declared.default, declared.prune)

    assert diff_rows(again, later, EVERY).cells == ()


@given(stored, declarations, st.randoms())
def test_the_difference_does_not_depend_on_the_order_of_rows(
    live: list[LiveRecord], declared: Records, random: Random
) -> None:
    mixed = replace(declared, rows=tuple(random.sample(declared.rows, len(declared.rows))))

    assert diff_rows(mixed, random.sample(live, len(live)), EVERY) == diff_rows(declared, live, EVERY)


def texts(record: LiveRecord) -> dict[str, str]:
    return {name: cell.text for name, cell in record.cells.items()}


def applied(live: Sequence[LiveRecord], found: RowsDiff) -> dict[str, dict[str, str]]:
    """Returns the cells by key after all changes. The default record has the key ""."""
    after = {record.key.get("K", ""): texts(record) for record in live}
    for change in found.rows:
        after[change.after["K"]] = after.pop(change.before["K"])
    for cell in found.cells:
        _write(after.setdefault(cell.key.get("K", ""), {}), cell)
    return after


def _write(cells: dict[str, str], change: CellChange) -> None:
    assert cells.pop(change.attribute, None) == change.before
    if change.after is not None:
        cells[change.attribute] = change.after
