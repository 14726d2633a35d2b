"""Fields that hold documents: from the manifest to AWS's text, and from AWS's answer to a change by path."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import pytest

from reconciler.dependencies import Edge, dependencies
from reconciler.desired import examine
from reconciler.diff.fields import creation_changes, diff, merge_declared
from reconciler.directory import AwsIds, Directory
from reconciler.errors import Source
from reconciler.export.declaration import declare
from reconciler.export.yaml_out import yaml_text
from reconciler.kinds.fields import named_in
from reconciler.kinds.registry import KINDS
from reconciler.model import Action, FieldChange, Linked, Live, Manifest, Ref
from reconciler.model.environment import Environment
from reconciler.plan import Selection
from reconciler.plan.anew import with_old_ids
from reconciler.plan.resource import Planned
from reconciler.schemas.kind import kind_schema
from reconciler.undo.back import Back, Now
from reconciler.undo.fields import put_back
from reconciler.undo.past import Past, PastField
from tests.builders.folders import messages, write
from tests.builders.roles import ROLE, Actor, ActorKind, actor, trust

KIND = ActorKind()
A, B = Ref("Actor", "A"), Ref("Actor", "B")
LAMBDA, SCHEDULER = "lambda.amazonaws.com", "scheduler.amazonaws.com"
MANIFEST = """kind: Actor
metadata: {name: A}
spec:
  trust:
    Version: 2012-10-17
    Statement:
      - {Effect: Allow, Principal: {Service: [lambda.amazonaws.com]}, Action: sts:AssumeRole}
"""
FOLDER: dict[str, str | bytes] = {"manifests/base/A.yaml": MANIFEST}


def no_names(kind: str, id: str) -> str:
    return id


def ignores_nothing(path: str) -> bool:
    return False


def read(root: Path, files: dict[str, str | bytes]) -> Any:
    return examine(write(root, {**FOLDER, **files}), {}, ("prod", "test"), kinds={"Actor": KIND})


def built(root: Path, files: dict[str, str | bytes]) -> Actor:
    found = read(root, files)
    assert messages(found) == []
    spec = found.desired.manifests[Ref("Actor", "A")].spec
    assert isinstance(spec, Actor)
    return spec


def with_spec(more: str) -> dict[str, str | bytes]:
    return {"manifests/base/A.yaml": MANIFEST + more}


# From the manifest.


def test_yaml_and_text_declare_the_same_document(tmp_path: Path) -> None:
    text = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}}'  # noqa: E501
    body = f"kind: Actor\nmetadata: {{name: A}}\nspec:\n  trust: |\n    {text}\n"

    assert built(tmp_path / "one", {}) == built(tmp_path / "two", {"manifests/base/A.yaml": body}) == actor()


def test_a_text_that_is_not_json_is_a_mistake_with_its_place(tmp_path: Path) -> None:
    body = with_spec("""  input: |
    {"a": 1,
     "b" 2}
  policies: [{name: P, document: "{'a'}"}]
""")

    assert messages(read(tmp_path, body)) == [
        "manifests/base/A.yaml:8:10: input is not a JSON document: Expecting ':' delimiter at line 2, column 6 of the "
        "text; fix it, or write it as YAML",
        "manifests/base/A.yaml:11:34: document is not a JSON document: Expecting property name enclosed in double "
        "quotes at line 1, column 2 of the text; fix it, or write it as YAML",
    ]


def test_a_document_must_be_a_map_or_a_text(tmp_path: Path) -> None:
    assert messages(read(tmp_path, with_spec("  input: [1]\n"))) == [
        "manifests/base/A.yaml:8:10: spec.input must be a map or a text, is a list"
    ]


def test_an_overlay_replaces_a_document_whole(tmp_path: Path) -> None:
    base = with_spec("  input: {a: 1, b: 2}\n")
    overlay = "kind: Actor\nmetadata: {name: A}\nspec: {input: {a: null}}\n"

    found = built(tmp_path, {**base, "manifests/prod/A.yaml": overlay})

    assert found.input
    assert found.input.value == {"a": None}


def test_references_in_a_document_are_names_until_they_are_sent(tmp_path: Path) -> None:
    body = with_spec("  input: {role: '${Actor/B.arn}', plain: '$${Actor/B.arn}', user: '$${aws:username}'}\n")
    other = MANIFEST.replace("name: A", "name: B")

    spec = built(tmp_path, {**body, "manifests/base/B.yaml": other})
    (name, sent) = KIND.to_aws(spec, ("input",)).popitem()
    resolved = Directory([(Ref("Actor", "B"), AwsIds("b", ROLE))]).by_id(sent)

    assert set(named_in(spec)) == {Ref("Actor", "B")}
    assert spec.input
    assert spec.input.value["role"] == Linked("${Actor/B.arn}")
    assert name == "Input"
    assert resolved == f'{{"role":"{ROLE}","plain":"$\\u007bActor/B.arn}}","user":"${{aws:username}}"}}'


def test_a_document_names_only_declared_resources(tmp_path: Path) -> None:
    (mistake,) = messages(read(tmp_path, with_spec("  input: {role: '${Actor/C.arn}'}\n")))

    assert mistake.startswith("manifests/base/A.yaml:8:17: ")
    assert "Actor/C" in mistake


def test_the_schema_takes_a_map_or_a_text_with_a_description() -> None:
    field = kind_schema(KIND)["properties"]["spec"]["properties"]["trust"]

    assert field["type"] == ["object", "string"]
    assert field["description"] == "Who may use it."


# To AWS and back.


def test_aws_gets_one_line_in_the_authors_order() -> None:
    sent = KIND.to_aws(actor(input={"b": 1, "a": [True]}), ("input", "trust"))

    assert sent["Input"] == '{"b":1,"a":[true]}'
    assert sent["Trust"].startswith('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":')


def test_an_encoded_answer_is_the_declared_document() -> None:
    declared = actor(policies=[{"name": "P", "document": {"Statement": []}}])
    document = declared.policies[0].document.text
    answer = {"Name": "A", "Trust": quote(declared.trust.text), "Policies": [{"Name": "P", "Document": document}]}

    assert KIND.from_aws(answer, no_names) == declared


def test_an_answer_that_is_not_json_is_shown_as_text() -> None:
    live = KIND.from_aws({"Name": "A", "Trust": "{'Statement'}"}, no_names)

    (change,) = diff(live, actor())

    assert change == FieldChange("trust", "{'Statement'}", actor().trust.written)


# Differences.


def test_a_document_of_equal_meaning_keeps_the_live_spelling() -> None:
    live = actor(trust=trust(LAMBDA, Sid=""))
    statement = {"Effect": "Allow", "Principal": {"Service": LAMBDA}, "Action": ["STS:assumerole"]}
    declared = actor(trust={"Version": "2012-10-17", "Statement": statement})

    assert diff(live, declared) == ()
    assert merge_declared(live, declared, ignores_nothing) is live


def test_a_change_is_shown_by_its_path_and_the_rest_keeps_the_live_spelling() -> None:
    live = actor(trust=trust(LAMBDA, Sid=""), input={"n": 1.0, "list": [1, 2]})
    declared = actor(trust=trust(SCHEDULER, Action=["STS:assumerole"]), input={"list": [1, 3], "n": 1})

    after = merge_declared(live, declared, ignores_nothing)

    assert after == declared
    assert [(it.path, it.before, it.after) for it in diff(live, after)] == [
        ("trust.Statement[0].Principal.Service[0]", LAMBDA, SCHEDULER),
        ("input.list[1]", 2, 3),
    ]


def test_a_document_in_an_item_is_shown_inside_it() -> None:
    live = actor(policies=[{"name": "P", "document": {"Statement": [], "Id": "1"}, "note": "a"}])
    declared = actor(policies=[{"name": "P", "document": {"Statement": [], "Id": "2"}, "note": "b"}])

    after = merge_declared(live, declared, ignores_nothing)

    assert [it.path for it in diff(live, after)] == ["policies[P].document.Id", "policies[P].note"]


def test_a_new_document_is_one_change_in_the_words_of_a_manifest() -> None:
    changes = creation_changes(actor(input={"role": Linked("${Actor/B.arn}"), "text": "${Actor/B.arn}"}))

    assert {it.path: it.after for it in changes} == {
        "trust": trust(LAMBDA),
        "input": {"role": "${Actor/B.arn}", "text": "$${Actor/B.arn}"},
    }


def test_an_arn_in_a_live_document_is_the_declared_reference() -> None:
    directory = Directory([(Ref("Actor", "B"), AwsIds("b", ROLE))])
    live = directory.by_name_within(actor(trust=trust(Principal={"AWS": ROLE})))

    assert live == actor(trust=trust(Principal={"AWS": [Linked("${Actor/B.arn}")]}))


# References, export and undo.


def test_a_reference_in_a_document_is_a_dependency() -> None:
    specs = {A: actor(input={"role": Linked("${Actor/B.arn}")}), B: actor(name="B")}

    found = dependencies({ref: Manifest(spec, Source("a.yaml")) for ref, spec in specs.items()}, {"Actor": KIND})

    assert found.edges == (Edge(A, B, "input"),)


def test_a_replaced_resource_is_an_id_in_the_live_document() -> None:
    spec = actor(input={"role": Linked("${Actor/B.arn}")})
    planned = Planned(Manifest(spec, Source("a.yaml")), alive(spec), spec)

    found = with_old_ids([planned], {B: replace(alive(actor(name="B")), ref=B, id="b", arn=ROLE)})

    assert [(it.path, it.before, it.after) for it in diff(found[A].spec, spec)] == [
        ("input.role", ROLE, "${Actor/B.arn}")
    ]


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the invented kind one of the kinds."""
    monkeypatch.setitem(cast("dict[str, Any]", KINDS), "Actor", KIND)


def alive(spec: Actor) -> Live:
    return Live(Ref("Actor", "A"), "a", "", spec, tags={})


@pytest.mark.usefixtures("known")
def test_export_writes_yaml_that_reads_back(tmp_path: Path) -> None:
    spec = actor(input={"a": None, "b": {"c": [1, "x"]}, "text": "no"})
    fields = declare(alive(spec)).spec
    manifest = yaml_text({"kind": "Actor", "metadata": {"name": "A"}, "spec": fields})

    assert "    Version: " in manifest
    assert built(tmp_path, {"manifests/base/A.yaml": manifest}) == spec


def undone(before: Actor, after: Actor, now: Actor) -> Back:
    changes = tuple(PastField(it.path, it.before, it.after) for it in diff(before, after))
    environment = Environment(stack="centre", name="prod", root=Path())
    live = alive(now)
    state = Now(environment, Selection(), Source("o.json"), Directory(), {live.ref: live})
    return put_back(Past(live.ref, Action.UPDATE, changes), state)


BEFORE = actor(trust=trust(LAMBDA, "a", "b"), input={"x": 1, "list": [1, 2, 3]})
AFTER = actor(trust=trust(LAMBDA, "b", Sid="New"), input={"x": 2, "list": [1, 3], "more": {}})


@pytest.mark.usefixtures("known")
def test_undo_restores_the_earlier_document() -> None:
    back = undone(BEFORE, AFTER, AFTER)

    assert back.manifest
    assert (back.manifest.spec, back.kept, back.already) == (BEFORE, (), 0)


@pytest.mark.usefixtures("known")
def test_undo_leaves_a_document_alone_that_changed_since() -> None:
    now = actor(trust=AFTER.trust, input={"x": 3, "list": [1, 3], "more": {}})

    back = undone(BEFORE, AFTER, now)

    assert back.manifest
    assert merge_declared(now, back.manifest.spec, ignores_nothing) == actor(trust=BEFORE.trust, input=now.input)
    assert {kept.place for kept in back.kept} == {"input.x", "input.list[1]", "input.more"}


@pytest.mark.usefixtures("known")
def test_undo_finds_a_document_already_restored() -> None:
    back = undone(BEFORE, AFTER, BEFORE)

    assert (back.manifest, back.kept) == (None, ())
    assert back.already == len(diff(BEFORE, AFTER))
