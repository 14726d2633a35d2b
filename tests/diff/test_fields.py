"""Two specs in, the fields and items that differ out; no AWS and no files."""

from __future__ import annotations

import pytest

from reconciler.diff.fields import (
    creation_changes,
    deletion_changes,
    diff,
    keep_known_fields,
    merge_declared,
    pair,
    with_fields,
)
from reconciler.model import FieldChange
from tests.builders.shelves import ODD_NAMES, Book, Drawer, Owner, Place, Shelf, Size, books, drawers, shelf


def paths(before: Shelf | None, after: Shelf | None) -> list[str]:
    return [change.path for change in diff(before, after)]


# Pairs.


def test_items_pair_by_key_and_the_others_have_one_side() -> None:
    left, right = (Book(title="both"), Book(title="left")), (Book(title="both", copies=2), Book(title="right"))

    assert pair(left, right, "title") == [(left[0], right[0]), (None, right[1]), (left[1], None)]


def test_items_without_a_key_pair_as_they_are() -> None:
    assert pair(("a", "b"), ("b", "B"), "") == [("b", "b"), (None, "B"), ("a", None)]


def test_a_key_in_another_case_pairs_if_nothing_else_fits() -> None:
    lower, upper = Drawer(name="low"), Drawer(name="LOW", label="x")

    assert pair((lower,), (upper,), "name") == [(lower, upper)]
    assert pair((lower,), (lower, upper), "name") == [(lower, lower), (None, upper)]


def test_a_renamed_item_pairs_by_its_former_name() -> None:
    old, new = Drawer(name="Old"), Drawer(name="New", renamed_from="old")

    assert pair((old,), (new,), "name") == [(old, new)]


def test_a_former_name_that_is_gone_pairs_with_nothing() -> None:
    new = Drawer(name="New", renamed_from="Old")

    assert pair((), (new,), "name") == [(None, new)]


# The parts of a change.


def test_equal_specs_have_no_changes() -> None:
    assert diff(shelf(colours=["red"], size={"wide": 1}), shelf(colours=["red"], size={"wide": 1})) == ()


def test_items_of_a_list_are_separate_changes_with_their_keys() -> None:
    assert diff(shelf(colours=["red", "blue"]), shelf(colours=["blue", "green"])) == (
        FieldChange("colours", None, "green", item="green"),
        FieldChange("colours", "red", None, item="red"),
    )


def test_a_change_inside_an_item_names_the_item_and_the_place() -> None:
    assert diff(shelf(books=books("A", copies=1)), shelf(books=books("A", copies=2))) == (
        FieldChange("books", 1, 2, item="A", inner="copies"),
    )


def test_a_key_that_is_a_spec_stays_a_value() -> None:
    place = {"room": "North", "row": "1"}

    (change,) = diff(shelf(stands=[{"place": place}]), shelf(stands=[{"place": place, "height": 3}]))

    assert (change.item, change.inner) == (Place(room="North", row="1"), "height")
    assert change.path == "stands[North/1].height"


def test_a_map_has_one_change_for_each_name() -> None:
    assert diff(shelf(labels={"a": "1", "b": "1"}), shelf(labels={"b": "2", "c": "3"})) == (
        FieldChange("labels", "1", None, item="a"),
        FieldChange("labels", "1", "2", item="b"),
        FieldChange("labels", None, "3", item="c"),
    )


def test_a_change_inside_a_structure_has_no_item() -> None:
    assert diff(shelf(size={"wide": 1, "deep": 1}), shelf(size={"wide": 1, "deep": 2})) == (
        FieldChange("size", 1, 2, inner="deep"),
    )


def test_nested_items_belong_to_the_outer_item() -> None:
    before = shelf(drawers=drawers("D", books=books("A", subjects=["x"])))
    after = shelf(drawers=drawers("D", books=books("A", subjects=["y"])))

    assert [(change.field, change.item, change.inner) for change in diff(before, after)] == [
        ("drawers", "D", "books[A].subjects[y]"),
        ("drawers", "D", "books[A].subjects[x]"),
    ]


def test_a_field_is_named_by_its_key_in_the_manifest() -> None:
    (change,) = diff(shelf(shelfMarks=["1"]), shelf(shelfMarks=["2"]))

    assert (change.field, change.path) == ("shelfMarks", "shelfMarks")


def test_a_renamed_item_is_named_by_its_new_key() -> None:
    after = shelf(drawers=[{"name": "New", "renamedFrom": "Old", "label": "x"}])

    assert diff(shelf(drawers=drawers("Old")), after) == (
        FieldChange("drawers", "Old", "New", item="New", inner="name"),
        FieldChange("drawers", "", "x", item="New", inner="label"),
    )


def test_a_key_in_another_case_is_a_rename() -> None:
    assert diff(shelf(drawers=drawers("low")), shelf(drawers=drawers("Low"))) == (
        FieldChange("drawers", "low", "Low", item="Low", inner="name"),
    )


@pytest.mark.parametrize("name", ODD_NAMES)
def test_an_odd_name_is_a_key_like_any_other(name: str) -> None:
    before = shelf(books=books(*ODD_NAMES))
    after = shelf(books=[*books(*(other for other in ODD_NAMES if other != name)), *books(name, copies=9)])

    assert diff(before, after) == (FieldChange("books", 1, 9, item=name, inner="copies"),)


def test_two_changes_with_the_same_path_differ_by_their_items() -> None:
    inside = FieldChange("books", 1, 2, item="a", inner="copies].copies")
    whole = FieldChange("books", 1, 2, item="a].copies", inner="copies")

    assert inside.path == whole.path == "books[a].copies].copies"
    assert inside != whole


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (FieldChange("size", 1, 2), "size"),
        (FieldChange("size", 1, 2, inner="wide"), "size.wide"),
        (FieldChange("labels", 1, 2, item="a.b"), "labels[a.b]"),
        (FieldChange("labels", 1, 2, item=""), "labels[]"),
        (FieldChange("books", 1, 2, item="A", inner="subjects[x]"), "books[A].subjects[x]"),
    ],
)
def test_a_path_is_the_place_for_people(change: FieldChange, path: str) -> None:
    assert change.path == path


# One side.


def test_a_new_resource_has_one_change_for_each_list() -> None:
    assert creation_changes(shelf(colours=["red", "blue"])) == (FieldChange("colours", None, ["blue", "red"]),)


def test_a_new_resource_has_one_change_for_each_item_of_a_set() -> None:
    assert creation_changes(shelf(colours=["red", "blue"]), {"colours"}) == (
        FieldChange("colours", None, "blue", item="blue"),
        FieldChange("colours", None, "red", item="red"),
    )


def test_items_of_a_keyed_list_are_separate_on_one_side_too() -> None:
    (change,) = deletion_changes(shelf(drawers=drawers("D", label="x")))

    assert change == FieldChange("drawers", {"name": "D", "label": "x"}, None, item="D")


def test_a_resource_without_fields_shows_its_name() -> None:
    assert creation_changes(shelf()) == (FieldChange("metadata", None, "S", inner="name"),)
    assert deletion_changes(shelf()) == (FieldChange("metadata", "S", None, inner="name"),)


def test_a_new_item_is_shown_without_what_is_never_sent() -> None:
    after = shelf(drawers=[{"name": "New", "renamedFrom": "Old", "label": "x"}])

    assert diff(shelf(), after) == (FieldChange("drawers", None, {"name": "New", "label": "x"}, item="New"),)


def test_items_of_a_new_list_are_shown_without_defaults() -> None:
    changes = creation_changes(shelf(books=books("A", copies=2)))

    assert changes == (FieldChange("books", None, [{"title": "A", "copies": 2}]),)


# Merges.


def test_undeclared_items_of_a_keyed_list_stay() -> None:
    live, declared = shelf(drawers=drawers("A", "B", label="live")), shelf(drawers=[{"name": "B", "label": "mine"}])

    merged = merge_declared(live, declared, lambda path: False)

    assert [(drawer.name, drawer.label) for drawer in merged.drawers] == [("B", "mine"), ("A", "live")]


def test_undeclared_items_of_a_whole_list_are_dropped() -> None:
    live, declared = shelf(books=books("A", "B", note="live")), shelf(books=books("B", copies=2))

    merged = merge_declared(live, declared, lambda path: False)

    assert [(book.title, book.copies, book.note) for book in merged.books] == [("B", 2, "live")]


@pytest.mark.parametrize("ignored", ["books[a].copies]", "books[a].copies].copies"])
def test_an_ignored_item_stays_as_it_is(ignored: str) -> None:
    live, declared = shelf(books=books("a", "a].copies", copies=1)), shelf(books=books("a", "a].copies", copies=2))

    merged = merge_declared(live, declared, lambda path: path == ignored)

    assert {book.title: book.copies for book in merged.books} == {"a": 2, "a].copies": 1}


def test_a_merge_without_differences_is_the_live_spec_itself() -> None:
    live = shelf(books=books("A"), colours=["red"])

    assert merge_declared(live, shelf(colours=["red"]), lambda path: False) is live


def test_a_merged_spec_differs_only_where_it_was_declared() -> None:
    live = shelf(books=books("A", note="live"), colours=["red"], size={"wide": 1})
    declared = shelf(books=books("A", "B"), size={"wide": 2})

    assert paths(live, merge_declared(live, declared, lambda path: False)) == ["books[B]", "size.wide"]


def test_undeclared_fields_of_a_partial_structure_stay() -> None:
    live = shelf(owner={"first": "Ann", "last": "Low"}, size={"wide": 1, "deep": 2})

    merged = merge_declared(live, shelf(owner={"last": "High"}, size={"wide": 3}), lambda path: False)

    assert (merged.owner, merged.size) == (Owner(first="Ann", last="High"), Size(wide=3))


def test_a_declared_null_removes_a_value_of_a_partial_structure() -> None:
    live = shelf(owner={"first": "Ann", "last": "Low"})

    merged = merge_declared(live, shelf(owner={"last": None}), lambda path: False)

    assert merged.owner == Owner(first="Ann")


def test_a_field_that_the_plan_did_not_read_is_not_compared_and_not_overwritten() -> None:
    planned, now = shelf(owner={"first": "Ann"}), shelf(owner={"first": "Ann", "last": "Low"})

    assert keep_known_fields(now, planned).owner == planned.owner
    assert with_fields(now, shelf(owner={"first": "Eve"}), ["owner"]).owner == Owner(first="Eve", last="Low")


def test_a_merged_list_without_an_order_stays_sorted() -> None:
    live = shelf(lamps=[{"side": "left", "watts": 5}, {"side": "right", "watts": 7}])

    merged = merge_declared(live, shelf(lamps=[{"side": "right"}]), lambda path: False)

    assert merged.lamps == live.lamps


def test_chosen_fields_of_another_spec_replace_the_live_ones() -> None:
    live, after = shelf(colours=["red"], labels={"a": "1"}), shelf(colours=["blue"], labels={"a": "2"})

    assert paths(live, with_fields(live, after, ["labels"])) == ["labels[a]"]
