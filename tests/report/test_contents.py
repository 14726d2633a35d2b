"""Contents in reports: a hash and a size in every form, the same after a way through JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from reconciler.diff.fields import creation_changes, diff
from reconciler.model import Action, Change, Content, FieldChange, Item, Outcome, Plan, Ref, Result, Scope, Status
from reconciler.report import (
    compare_plans,
    comparison_text,
    dumps,
    outcome_json,
    outcome_markdown,
    outcome_of,
    outcome_text,
    plan_html,
    plan_json,
    plan_markdown,
    plan_of,
    plan_text,
    read_plan,
)
from reconciler.report.members import members
from reconciler.report.visible import value_text
from reconciler.review.digest import digest, digest_of
from tests.builders.contents import Layer, content, program
from tests.report.rendered import markdown

OLD, NEW = Content(content("old").sha256), content("new" * 8_000)
SHORT = [f"sha256:{it.sha256[:12]}…" for it in (OLD, NEW)]
SCHEMAS = Path(__file__).parents[2] / "schemas"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def plan(*fields: FieldChange) -> Plan:
    change = Change(Action.UPDATE, Ref("Queue", "P"), reason="1 difference", fields=fields)
    return Plan(Scope("shop", "prod", "arn:aws:connect:us-east-1:111122223333:instance/i"), (change,))


CHANGED = plan(*diff(program(code=OLD), program(code=NEW)))


def failed(planned: Plan) -> Outcome:
    """Returns the outcome of a run that found yet another content."""
    found = Result(Status.CONFLICT, "another writer changed it", "Conflict", found=OLD.as_json, looked=True)
    return Outcome(planned, "partial", 2, NOW, NOW, results={Item(0, "field", 0): found})


def test_a_value_is_its_hash_and_its_size() -> None:
    assert (value_text(OLD.as_json), value_text(NEW.as_json)) == (SHORT[0], f"{SHORT[1]}, 24 KB")


def test_the_text_report_shows_both_sides() -> None:
    assert f"code: {SHORT[0]} → {SHORT[1]}, 24 KB" in plan_text(CHANGED, colour=False)


def test_the_markdown_report_and_the_page_show_both_sides() -> None:
    for html in (markdown(plan_markdown(CHANGED)).after, plan_html(CHANGED)):
        assert [OLD.sha256[:12] in html, NEW.sha256[:12] in html, "24 KB" in html] == [True, True, True]


def test_json_has_the_whole_hash_and_the_size_in_bytes() -> None:
    (change,) = plan_json(CHANGED)["changes"]

    assert change["fields"] == [
        {
            "path": "code",
            "before": {"sha256": OLD.sha256, "size": None},
            "after": {"sha256": NEW.sha256, "size": 24_000},
        }
    ]


def test_a_content_inside_a_structure_is_one_phrase() -> None:
    (code, layers) = members(creation_changes(program(code=NEW, layers=(Layer(name="L", code=OLD, note="n"),))))

    assert (code.label, code.after) == ("code", f"{SHORT[1]}, 24 KB")
    assert layers.after == f"name L  code {SHORT[0]}  note n"


def test_an_item_of_a_list_shows_its_own_hash() -> None:
    before, after = (program(layers=(Layer(name="L", code=code),)) for code in (OLD, NEW))

    (member,) = members(diff(before, after))

    assert (member.label, member.before, member.after) == ("layers[L].code", SHORT[0], f"{SHORT[1]}, 24 KB")


def test_a_plan_is_the_same_after_json() -> None:
    document = read_plan(dumps(plan_json(CHANGED)))
    rebuilt = plan_of(document)

    assert plan_json(rebuilt) == plan_json(CHANGED)
    assert plan_text(rebuilt, colour=False) == plan_text(CHANGED, colour=False)
    assert digest(rebuilt) == digest(CHANGED) == digest_of(document)


def test_an_outcome_is_the_same_after_json() -> None:
    outcome = failed(CHANGED)
    rebuilt = outcome_of(read_plan(dumps(outcome_json(outcome))))

    assert outcome_json(rebuilt) == outcome_json(outcome)
    assert outcome_markdown(rebuilt) == outcome_markdown(outcome)
    assert f"found {SHORT[0]}, wanted {SHORT[1]}, 24 KB" in outcome_text(outcome, colour=False)


def test_another_hash_is_another_digest() -> None:
    other = plan(*diff(program(code=OLD), program(code=content("x" * 24_000))))

    assert digest(other) != digest(CHANGED)


def test_a_comparison_of_plans_shows_both_hashes() -> None:
    other = plan(*diff(program(code=OLD), program(code=content("x"))))

    text = comparison_text(compare_plans(plan_json(CHANGED), plan_json(other)))

    assert [NEW.sha256[:12] in text, str(content("x")) in text] == [True, True]


@pytest.mark.parametrize("name", ["plan", "outcome"])
def test_the_schemas_describe_a_content(name: str) -> None:
    schema = json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))
    document = plan_json(CHANGED) if name == "plan" else outcome_json(failed(CHANGED))

    described = schema["properties"]["changes"]["items"]["properties"]["fields"]["items"]["properties"]

    assert [error.message for error in Draft7Validator(schema).iter_errors(json.loads(dumps(document)))] == []
    assert all("`sha256` and `size`" in described[side]["description"] for side in ("before", "after"))
