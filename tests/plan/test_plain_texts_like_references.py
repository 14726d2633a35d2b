"""A text that only looks like a reference is no reference: not to a plan, not to its digest, not to its file."""

from __future__ import annotations

import json

from reconciler.digest import digest, digest_of
from reconciler.model import Linked, Manifest, from_words, in_words
from reconciler.report import plan_json
from reconciler.reviewed import check_reviewed
from tests.world import World, manifest

TEXT = "${HoursOfOperation/Day.id}"
DAY = manifest("HoursOfOperation", "Day", {"timeZone": "UTC", "config": []})
KEYS = [{"name": "K", "valueType": "TEXT", "primary": True}, {"name": "V", "valueType": "TEXT"}]


def attribute(text: str) -> Manifest:
    """Built as desired builds it: pydantic makes every text a plain one."""
    it = manifest("PredefinedAttribute", "P", {"values": {"stringList": [text]}})
    values = it.spec.values.model_copy(update={"string_list": (text,)})
    return Manifest(it.spec.model_copy(update={"values": values}), it.source)


def table(text: str) -> Manifest:
    said = {"timeZone": "UTC", "valueLockLevel": "NONE", "attributes": KEYS}
    return manifest("DataTable", "T", said, [{"K": "1", "V": text}])


def test_a_plain_text_equals_no_reference_and_words_tell_them_apart() -> None:
    assert Linked(TEXT) != TEXT
    assert Linked(TEXT) != TEXT
    assert Linked(TEXT) == Linked(TEXT)
    assert (in_words(TEXT), in_words(Linked(TEXT))) == ("$" + TEXT, TEXT)
    for text in (TEXT, Linked(TEXT), "plain", "${HOME}", "$" + TEXT):
        assert (type(from_words(in_words(text))), from_words(in_words(text))) == (type(text), text)


def test_a_field_that_becomes_a_reference_is_a_difference(world: World) -> None:
    world.run(DAY, attribute(TEXT))

    (change,) = world.plan(DAY, attribute(Linked(TEXT))).changes

    assert [(field.before, field.after) for field in change.fields if field.after] == [(None, TEXT)]
    assert [(field.before, field.after) for field in change.fields if field.before] == [("$" + TEXT, None)]


def test_a_cell_that_becomes_a_reference_is_a_difference_that_a_review_tells(world: World) -> None:
    world.run(DAY, table(TEXT))
    reference, literal = world.plan(DAY, table(Linked(TEXT))), world.plan(DAY, table(TEXT))
    told = json.loads(json.dumps(plan_json(reference)))

    (cell,) = told["changes"][0]["cells"]
    assert (cell["before"], cell["after"]) == ("$" + TEXT, TEXT)
    assert literal.changes == ()
    assert digest_of(told) == digest(reference)
    assert check_reviewed(reference, told) == {}


def test_new_cells_of_the_two_have_two_digests(world: World) -> None:
    world.run(DAY)

    assert digest(world.plan(DAY, table(TEXT))) != digest(world.plan(DAY, table(Linked(TEXT))))


def test_what_became_a_reference_is_one_afterwards(world: World) -> None:
    world.run(DAY, table(TEXT))

    assert world.run(DAY, table(Linked(TEXT))).exit_code == 0
    assert world.plan(DAY, table(Linked(TEXT))).changes == ()
    (stored,) = world.cells("T").values()
    assert "${" not in stored
