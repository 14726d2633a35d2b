"""Paths of an outcome are read as places once; values there are read and edited without text. No AWS."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.diff.fields import diff
from reconciler.errors import UsageError
from reconciler.undo.places import assembled, edited, is_removable, locate, takes, value_at
from tests.builders.manifests import manifest
from tests.builders.shelves import ODD_NAMES, Place, Shelf, books, drawers, shelf


def at(spec: Shelf, path: str) -> tuple[Any, ...]:
    return locate(spec, path)


NESTED = shelf(drawers=drawers("D", books=books("A", subjects=["x"])), size={"wide": 2}, labels={"a.b": "1"})


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("size", ("size",)),
        ("size.wide", ("size", "wide")),
        ("labels[a.b]", ("labels", "a.b")),
        ("labels[].x]", ("labels", "].x")),
        ("drawers[D].books[A].subjects[x]", ("drawers", "D", "books", "A", "subjects", "x")),
        ("drawers[D].renamedFrom", ("drawers", "D", "renamed_from")),
        ("drawers[Gone]", ("drawers", "Gone")),
        ("shelfMarks", ("shelf_marks",)),
    ],
)
def test_a_path_leads_to_a_field_and_its_items(path: str, place: tuple[Any, ...]) -> None:
    assert at(NESTED, path) == place


def test_an_item_is_named_by_its_key_and_not_by_its_label() -> None:
    spec = shelf(stands=[{"place": {"room": "North", "row": "1"}}])

    assert at(spec, "stands[North/1].height") == ("stands", Place(room="North", row="1"), "height")


def test_the_longest_name_of_a_live_item_that_fits_is_meant() -> None:
    spec = shelf(books=books(*ODD_NAMES))

    assert at(spec, "books[a].copies].copies") == ("books", "a].copies", "copies")
    assert at(shelf(books=books("a")), "books[a].copies") == ("books", "a", "copies")


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_text_that_is_not_live_is_added_and_one_that_is_live_is_removed(name: str) -> None:
    others = [other for other in ODD_NAMES if other != name]
    without, whole = (shelf(colours=names, labels=dict.fromkeys(names, "1")) for names in (others, ODD_NAMES))

    for before, after in ((without, whole), (whole, without)):
        edits = [(at(after, change.path), change.before) for change in diff(before, after)]
        assert edited(after, edits) == before


@pytest.mark.parametrize("name", ODD_NAMES)
def test_every_path_of_a_diff_leads_back_to_its_value(name: str) -> None:
    others = [other for other in ODD_NAMES if other != name]
    before = shelf(books=books(*ODD_NAMES), drawers=drawers(*ODD_NAMES), labels=dict.fromkeys(ODD_NAMES, "1"))
    after = shelf(
        books=[*books(*others), *books(name, copies=2)],
        drawers=[*drawers(*others), *drawers(name, label="x", books=books(name))],
        labels={**dict.fromkeys(ODD_NAMES, "1"), name: "2"},
    )

    for change in diff(before, after):
        assert value_at(before, at(before, change.path)) == change.before
        assert value_at(after, at(after, change.path)) == change.after


def test_the_edits_of_a_diff_lead_back_to_the_spec_before() -> None:
    before = shelf(books=books("a", "b", note="n"), labels={"x": "1", "y": "1"}, colours=["red"], size={"wide": 1})
    after = shelf(books=books("b", "c", note="m"), labels={"y": "2", "z": "3"}, colours=["blue"], size={"wide": 2})

    back = edited(after, [(at(after, change.path), change.before) for change in diff(before, after)])

    assert not diff(before, back)


def test_only_the_edited_fields_count_as_declared() -> None:
    spec = shelf(colours=["red"], size={"wide": 1})

    assert edited(spec, [(("size", "wide"), 2)]).model_fields_set == {"name", "size"}


def test_a_value_that_is_taken_out_of_a_partial_structure_is_a_declared_null() -> None:
    live = shelf(owner={"first": "Ann", "last": "Low"})

    after = edited(live, [(("owner", "last"), None)])

    assert after.owner.last is None
    assert "last" in after.owner.model_fields_set


def test_an_item_that_would_stay_undeclared_cannot_be_removed() -> None:
    live = shelf(lamps=[{"side": "left", "watts": 5}], books=[{"title": "x"}], owner={"first": "Ann"})

    removable = {place: is_removable(live, place) for place in (("lamps", "left"), ("books", "x"), ("owner", "first"))}

    assert removable == {("lamps", "left"): False, ("books", "x"): True, ("owner", "first"): True}


def test_a_value_of_such_an_item_is_removed_by_a_declared_null() -> None:
    live = shelf(lamps=[{"side": "left", "watts": 5}])

    after = edited(live, [(("lamps", "left", "watts"), None)])

    assert (after.lamps[0].watts, "watts" in after.lamps[0].model_fields_set) == (None, True)


def test_a_plain_list_beside_an_edit_keeps_equal_items() -> None:
    spec = shelf(shelfMarks=["1", "1"], size={"wide": 1})

    assert edited(spec, [(("size", "wide"), 2)]).shelf_marks == ("1", "1")


def test_values_of_a_creation_make_a_spec() -> None:
    values = [("colours[red]", "red"), ("labels[a.b]", "1"), ("books", books("A")), ("drawers[a].b]", {"name": "a].b"})]

    assert assembled(Shelf, "S", values) == shelf(
        colours=["red"], labels={"a.b": "1"}, books=books("A"), drawers=drawers("a].b")
    )


def test_a_text_that_cannot_be_empty_cannot_be_removed() -> None:
    spec = manifest("Queue", "billing", {"hoursOfOperation": "day"}).spec

    assert not takes(spec, ("description",), "")
    assert takes(spec, ("description",), "x")


@pytest.mark.parametrize("path", ["nothing", "size.nothing", "books[a].nothing"])
def test_a_path_that_is_no_field_is_a_usage_error(path: str) -> None:
    with pytest.raises(UsageError, match="which is not a field of"):
        at(shelf(books=books("a")), path)
