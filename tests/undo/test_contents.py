"""Undo of contents: the outcome has hashes alone, so undo names what it cannot restore and does the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from reconciler.diff.fields import creation_changes, deletion_changes, diff
from reconciler.directory import Directory
from reconciler.errors import Source
from reconciler.kinds.registry import KINDS
from reconciler.model import Action, Content, FieldChange, Live, Ref
from reconciler.model.environment import Environment
from reconciler.plan import Selection
from reconciler.undo.back import Back, Kept, Now, equal
from reconciler.undo.births import recreated, taken_back
from reconciler.undo.fields import put_back
from reconciler.undo.past import Past, PastField
from tests.builders.contents import Layer, Program, ProgramKind, content, program

REF = Ref("Program", "P")
OLD, NEW = content("old"), content("new")
LOST = f"cannot be undone: the outcome has no bytes of {OLD}; declare that file again and apply"


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(cast("dict[str, Any]", KINDS), "Program", ProgramKind())


def now(live: Program | None) -> Now:
    there = {REF: Live(REF, "p", "", live, tags={})} if live else {}
    environment = Environment(stack="centre", name="prod", root=Path())
    return Now(environment, Selection(), Source("o.json"), Directory(), there)


def past(action: Action, changes: tuple[FieldChange, ...]) -> Past:
    return Past(REF, action, tuple(PastField(it.path, it.before, it.after) for it in changes))


def undone(before: Program, after: Program, live: Program) -> Back:
    return put_back(past(Action.UPDATE, diff(before, after)), now(live))


def hashed(known: Content) -> Content:
    """Returns a content as AWS returns it, without a size."""
    return Content(known.sha256)


def test_a_replaced_content_stays_and_the_other_fields_are_restored() -> None:
    before, after = program(code=OLD, note="a"), program(code=NEW, note="b")

    back = undone(before, after, program(code=hashed(NEW), note="b"))

    assert back.kept == (Kept("code", LOST),)
    assert back.manifest
    assert (back.manifest.spec, back.manifest.spec.model_fields_set) == (program(code=NEW, note="a"), {"name", "note"})


def test_a_content_inside_an_item_stays_too() -> None:
    before, after = (program(layers=(Layer(name="L", code=code),)) for code in (OLD, NEW))

    back = undone(before, after, after)

    assert (back.manifest, back.kept) == (None, (Kept("layers[L].code", LOST),))


def test_a_deleted_item_with_a_content_is_not_restored() -> None:
    before = program(layers=(Layer(name="K", code=NEW), Layer(name="L", code=OLD)))

    back = undone(before, program(layers=before.layers[:1]), program(layers=before.layers[:1]))

    assert back.kept == (Kept("layers[L]", LOST),)


def test_an_added_content_is_removed() -> None:
    back = undone(program(), program(icon=NEW), program(icon=hashed(NEW)))

    assert back.kept == ()
    assert back.manifest
    assert (back.manifest.spec, "icon" in back.manifest.spec.model_fields_set) == (program(), True)


def test_a_content_that_is_restored_already_counts_as_such() -> None:
    back = undone(program(code=OLD), program(code=NEW), program(code=hashed(OLD)))

    assert (back.manifest, back.kept, back.already) == (None, (), 1)


def test_a_content_that_changed_since_is_shown_by_its_hash() -> None:
    other = hashed(content("other"))

    (kept,) = undone(program(code=OLD), program(code=NEW), program(code=other)).kept

    assert kept == Kept("code", f"changed since the run: live is {other}, the run left {NEW}; it is left alone")


def test_a_created_resource_with_its_content_is_deleted() -> None:
    run = past(Action.CREATE, creation_changes(program(code=NEW)))

    assert taken_back(run, now(program(code=hashed(NEW)))).leaves
    assert not taken_back(run, now(program(code=hashed(OLD)))).leaves


def test_a_deleted_resource_with_a_content_is_not_recreated() -> None:
    run = past(Action.DELETE, deletion_changes(program(code=OLD, note="n")))

    assert recreated(run, now(None)) == Back(REF, kept=(Kept("", f"was deleted, and {LOST}"),))


def test_a_deleted_resource_that_is_there_again_needs_no_undo() -> None:
    run = past(Action.DELETE, deletion_changes(program(code=OLD, note="n")))

    assert recreated(run, now(program(code=hashed(OLD), note="n"))).already == 2


def test_values_of_an_outcome_are_equal_by_hash_at_any_depth() -> None:
    one, other = [{"a": OLD.as_json, "n": 2.0}], [{"a": hashed(OLD).as_json, "n": 2}]

    assert equal(one, other)
    assert not equal(one, [{"a": NEW.as_json, "n": 2}])
