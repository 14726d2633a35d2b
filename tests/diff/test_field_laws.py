"""Laws of comparing and merging two specs, and the fields that a bulk read leaves out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reconciler.diff.fields import creation_changes, deletion_changes, diff, keep_known_fields, merge_declared
from tests.builders.shelves import ODD_NAMES, Book, Drawer, Shelf, books, drawers, shelf

NAMES = st.sampled_from(ODD_NAMES)
LABELS = st.sampled_from(["", "x", "y"])
BOOKS = st.lists(
    st.builds(Book, title=NAMES, copies=st.integers(1, 3), note=LABELS), unique_by=lambda it: it.title, max_size=3
)
DRAWERS = st.lists(st.builds(Drawer, name=NAMES, label=LABELS, books=BOOKS), unique_by=lambda it: it.name, max_size=3)
shelves = st.fixed_dictionaries(
    {},
    optional={
        "drawers": DRAWERS,
        "books": BOOKS,
        "colours": st.lists(LABELS, max_size=3),
        "labels": st.dictionaries(NAMES, LABELS, max_size=3),
        "size": st.fixed_dictionaries({}, optional={"wide": st.integers(0, 2), "deep": st.integers(0, 2)}),
        "shelf_marks": st.lists(LABELS, max_size=3),
    },
).map(lambda fields: shelf(**fields))


def never(path: str) -> bool:
    return False


@given(shelves)
def test_a_spec_differs_from_itself_in_nothing(one: Shelf) -> None:
    assert diff(one, one.model_copy(deep=True)) == ()


@given(shelves, shelves)
def test_two_specs_differ_if_a_difference_is_listed(one: Shelf, other: Shelf) -> None:
    # The order of a keyed list has no meaning.
    assert (diff(one, other) == ()) == (by_name(one) == by_name(other))


@given(shelves, shelves)
def test_the_way_back_has_the_same_places_with_the_sides_swapped(one: Shelf, other: Shelf) -> None:
    def places(before: Shelf, after: Shelf, *, swapped: bool) -> set[tuple[str, str, str]]:
        changes = diff(before, after)
        return {
            (change.path, *map(repr, (change.after, change.before) if swapped else (change.before, change.after)))
            for change in changes
        }

    lower = {name.casefold() for name in ODD_NAMES}
    assert len(lower) == len(ODD_NAMES)
    assert places(one, other, swapped=False) == places(other, one, swapped=True)


@given(shelves, shelves)
def test_a_merge_changes_only_declared_fields(live: Shelf, declared: Shelf) -> None:
    merged = merge_declared(live, declared, never)

    assert {change.field for change in diff(live, merged)} <= {
        Shelf.model_fields[field].alias for field in declared.model_fields_set
    }


@given(shelves, shelves)
def test_a_merge_is_done_once(live: Shelf, declared: Shelf) -> None:
    merged = merge_declared(live, declared, never)

    assert diff(merged, merge_declared(merged, declared, never)) == ()


@given(shelves, shelves)
def test_a_merge_that_ignores_everything_is_the_live_spec(live: Shelf, declared: Shelf) -> None:
    assert merge_declared(live, declared, lambda path: True) is live


@given(shelves)
def test_one_side_lists_the_same_fields_for_its_creation_and_its_deletion(one: Shelf) -> None:
    created, deleted = creation_changes(one), deletion_changes(one)

    assert [(change.path, change.after) for change in created] == [(change.path, change.before) for change in deleted]
    assert all(change.before is None for change in created)


def by_name(one: Shelf) -> dict[str, object]:
    values = one.model_dump(exclude={"drawers"})
    return {**values, "drawers": {drawer.name: drawer for drawer in one.drawers}}


# Ignored entries of a map.


def test_an_ignored_name_of_a_map_keeps_its_live_value() -> None:
    live, declared = shelf(labels={"a": "live", "b": "1"}), shelf(labels={"a": "mine", "b": "2", "c": "3"})

    merged = merge_declared(live, declared, lambda path: path in ("labels[a]", "labels[c]"))

    assert merged.labels == {"a": "live", "b": "2"}


def test_undeclared_names_of_a_map_are_dropped() -> None:
    assert merge_declared(shelf(labels={"a": "1"}), shelf(labels={"b": "2"}), never).labels == {"b": "2"}


def test_a_field_inside_a_structure_can_be_ignored() -> None:
    live, declared = shelf(size={"wide": 1, "deep": 1}), shelf(size={"wide": 2, "deep": 2})

    merged = merge_declared(live, declared, lambda path: path == "size.deep")

    assert (merged.size.wide, merged.size.deep) == (2, 1)


def test_a_field_that_a_structure_leaves_out_gets_its_default() -> None:
    assert merge_declared(shelf(size={"wide": 1, "deep": 1}), shelf(size={"wide": 2}), never).size.deep == 0


# Fields that a bulk read leaves out.


def test_fields_that_the_first_read_lacks_are_not_compared() -> None:
    before, now = shelf(books=books("A")), shelf(books=books("A", note="only in a single read"))

    assert diff(before, keep_known_fields(now, before)) == ()


def test_fields_that_both_reads_have_are_compared() -> None:
    before, now = shelf(books=books("A", note="old")), shelf(books=books("A", "B", note="new", copies=2))

    known = keep_known_fields(now, before)

    assert [change.path for change in diff(before, known)] == ["books[A].note", "books[B]"]


def test_a_keyed_list_is_compared_whole() -> None:
    before, now = shelf(drawers=drawers("D")), shelf(drawers=drawers("D", label="x"))

    assert [change.path for change in diff(before, keep_known_fields(now, before))] == ["drawers[D].label"]
