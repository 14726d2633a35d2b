"""A text that only looks like a reference stays a text: in the plan, in its digest and in its file."""

from __future__ import annotations

import json

from reconciler.model import Linked, Manifest, from_words, in_words
from reconciler.report import plan_json
from reconciler.review.agreement import check_reviewed
from reconciler.review.digest import digest, digest_of
from tests.builders.manifests import manifest
from tests.worlds.world import World

TEXT = "${HoursOfOperation/Day.id}"
DAY = manifest("HoursOfOperation", "Day", {"timeZone": "UTC", "config": []})
KEYS = [{"name": "K", "valueType": "TEXT", "primary": True}, {"name": "V", "valueType": "TEXT"}]


def attribute(text: str) -> Manifest:
    """Builds an attribute as `desired` does, because pydantic turns every text into a plain one."""
    it = manifest("PredefinedAttribute", "P", {"values": {"stringList": [text]}})
    values = it.spec.values.model_copy(update={"string_list": (text,)})
    return Manifest(it.spec.model_copy(update={"values": values}), it.source)


def table(text: str) -> Manifest:
    spec = {"timeZone": "UTC", "valueLockLevel": "NONE", "attributes": KEYS}
    return manifest("DataTable", "T", spec, [{"K": "1", "V": text}])


def test_a_plain_text_never_equals_a_reference() -> None:
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


def test_a_cell_that_becomes_a_reference_is_reviewed(world: World) -> None:
    world.run(DAY, table(TEXT))
    reference, literal = world.plan(DAY, table(Linked(TEXT))), world.plan(DAY, table(TEXT))
    reviewed = json.loads(json.dumps(plan_json(reference)))

    (cell,) = reviewed["changes"][0]["cells"]
    assert (cell["before"], cell["after"]) == ("$" + TEXT, TEXT)
    assert literal.changes == ()
    assert digest_of(reviewed) == digest(reference)
    assert check_reviewed(reference, reviewed) == {}


def test_text_and_reference_have_different_digests(world: World) -> None:
    world.run(DAY)

    assert digest(world.plan(DAY, table(TEXT))) != digest(world.plan(DAY, table(Linked(TEXT))))


def test_a_new_reference_is_read_back_as_one(world: World) -> None:
    world.run(DAY, table(TEXT))

    assert world.run(DAY, table(Linked(TEXT))).exit_code == 0
    assert world.plan(DAY, table(Linked(TEXT))).changes == ()
    (stored,) = world.cells("T").values()
    assert "${" not in stored
