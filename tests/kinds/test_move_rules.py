"""Mistakes in the row keys that are to change."""

import pytest

from tests.builders.declared_tables import column, key, mistakes, problems, row, table

ITEMS = table(key(), key("Part", "NUMBER"), column("Tier"))


def at(identifier, part="1", **more):
    return row(ID=identifier, Part=part, **more)


def test_a_move_between_whole_keys_is_fine():
    assert problems(ITEMS, at("b", Tier="x"), moved=((at("a"), at("b")),)) == []


def test_a_move_needs_no_declared_rows():
    assert mistakes(ITEMS, moved=((at("a"), at("b")),)) == []


@pytest.mark.parametrize(("side", "moved"), [("from", (row(ID="a"), at("b"))), ("to", (at("a"), row(ID="b")))])
def test_both_sides_name_every_primary_attribute(side, moved):
    (problem,) = problems(ITEMS, moved=(moved,))

    assert problem.path == ("moved", 0, side)
    assert "has no Part" in problem.message


@pytest.mark.parametrize(("name", "expected"), [("Tier", "is not a primary attribute"), ("Tyre", "is not declared")])
def test_a_move_names_nothing_else(name, expected):
    (message,) = mistakes(ITEMS, moved=((at("a"), at("b", **{name: "x"})),))

    assert expected in message


@pytest.mark.parametrize("part", ["1", "1.0"])
def test_a_row_is_not_moved_to_itself(part):
    assert "moved to itself" in mistakes(ITEMS, moved=((at("a", "1"), at("a", part)),))[0]


def test_a_row_that_is_moved_is_no_longer_declared():
    (message,) = mistakes(ITEMS, at("a", Tier="x"), at("b", Tier="x"), moved=((at("a"), at("b")),))

    assert message == "ID=a, Part=1 is still declared as a row; remove the row, or the move"


def test_a_moved_row_is_among_the_declared_rows():
    (message,) = mistakes(ITEMS, at("c", Tier="x"), moved=((at("a"), at("b")),))

    assert message == "ID=b, Part=1 is not among the rows; add it"


def test_a_row_is_moved_once():
    found = mistakes(ITEMS, moved=((at("a"), at("b")), (at("a", "1.0"), at("c"))))

    assert found == ["ID=a, Part=1.0 is moved from twice, first at rows.csv:2; remove one"]


def test_two_rows_are_not_moved_to_one():
    found = mistakes(ITEMS, moved=((at("a"), at("c")), (at("b"), at("c"))))

    assert found == ["ID=c, Part=1 is moved to twice, first at rows.csv:2; remove one"]


@pytest.mark.parametrize(("part", "expected"), [("one", "valueType NUMBER"), ("=1", "is an expression")])
def test_a_new_key_fits_its_types(part, expected):
    assert any(expected in message for message in mistakes(ITEMS, moved=((at("a"), at("b", part)),)))


def test_an_old_key_that_does_not_fit_its_type_is_a_mistake():
    assert len(mistakes(ITEMS, moved=((at("a", "one"), at("b")),))) == 1
