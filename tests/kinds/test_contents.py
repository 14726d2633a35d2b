"""Fields that hold the content of a file: from the spec to a call, and from AWS's answer to a change by hash."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest
from botocore.validate import ParamValidator

from reconciler.diff.fields import creation_changes, diff, merge_declared
from reconciler.directory import Directory
from reconciler.kinds.contents import contents_of
from reconciler.kinds.registry import DECLARABLE, KINDS
from reconciler.model import Content, FieldChange, IdOf, Ref
from reconciler.sandbox.shapes import operation, request_check
from reconciler.schemas.kind import kind_schema
from tests.builders.contents import BUCKET, BlobKind, Layer, Program, ProgramKind, content, program
from tests.kinds.cases import Case
from tests.kinds.ids import with_ids
from tests.kinds.played import played

KIND = ProgramKind()
ONE, OTHER = content("one"), content("another")
KEYS = {"name": "P"}


def no_names(kind: str, id: str) -> str:
    return id


# To AWS and back.


def test_a_call_has_contents_at_any_depth_and_no_bytes() -> None:
    spec = program(pages=(ONE,), layers=(Layer(name="L", code=OTHER),))

    sent = KIND.to_aws(spec, Program.model_fields)

    assert sent["Code"] == content("print(1)")
    assert sent["Pages"] == [ONE]
    assert sent["Layers"] == [{"Name": "L", "Code": OTHER}]
    assert list(contents_of({"a": [sent], "id": IdOf(Ref("Program", "P"))})) == [content("print(1)"), ONE, OTHER]
    assert Directory().by_id(sent) == sent


def test_a_hash_without_a_size_is_the_declared_content() -> None:
    live = KIND.from_aws({"Name": "P", "Code": ONE.sha256}, no_names)

    assert live == program(code=ONE)
    assert diff(live, program(code=ONE)) == ()
    assert merge_declared(live, program(code=ONE), lambda path: False) is live


def test_an_answer_that_is_no_hash_is_refused() -> None:
    class Careless(ProgramKind):
        def read_field(self, field: str, value: Any) -> Any:
            return value

    with pytest.raises(ValueError, match="a content is a map with sha256 and size"):
        Careless().from_aws({"Name": "P", "Code": "QUJD"}, no_names)


# Differences.


def test_another_hash_is_one_change_with_both_hashes() -> None:
    live = KIND.from_aws({"Name": "P", "Code": ONE.sha256}, no_names)

    after = merge_declared(live, program(code=OTHER), lambda path: False)

    sides = {"sha256": ONE.sha256, "size": None}, {"sha256": OTHER.sha256, "size": 7}
    assert diff(live, after) == (FieldChange("code", *sides),)


def test_a_content_of_an_item_is_shown_inside_it() -> None:
    before, after = (program(layers=(Layer(name="L", code=code),)) for code in (ONE, OTHER))

    (change,) = diff(before, after)

    assert (change.path, change.before, change.after) == ("layers[L].code", ONE.as_json, OTHER.as_json)


def test_a_new_resource_shows_its_contents() -> None:
    changes = creation_changes(program(code=ONE, layers=(Layer(name="L", code=OTHER),)))

    assert {it.path: it.after for it in changes} == {
        "code": ONE.as_json,
        "layers": [{"name": "L", "code": OTHER.as_json}],
    }


# The schema.


def test_the_schema_takes_a_path_and_no_hash() -> None:
    properties = kind_schema(KIND)["properties"]["spec"]["properties"]
    file = {"type": "string", "description": "The path of the file, relative to the manifest."}

    for schema in (properties["code"], properties["icon"], properties["pages"]["items"]):
        assert (schema["type"], schema["maxProperties"], schema["additionalProperties"]) == ("object", 1, False)
        assert schema["properties"].keys() == {"file", "text"}
        assert file.items() <= schema["properties"]["file"].items()
        assert "AWS:" not in json.dumps(schema["properties"])
    assert properties["code"]["description"] == "What it executes."


# Recorded cases.


@pytest.fixture
def blobs(monkeypatch: pytest.MonkeyPatch) -> None:
    for kinds in (KINDS, DECLARABLE):
        monkeypatch.setitem(cast("dict[str, Any]", kinds), "Blob", BlobKind())


def case(live: str) -> Case:
    """Returns a case of an object with another text."""
    answers = {
        "ListObjectsV2": {"Contents": [{"Key": "a.txt"}]},
        "HeadObject": {"Metadata": {"sha256": content(live).sha256}},
    }
    declared = {"metadata": {"name": "a.txt"}, "spec": {"bucket": BUCKET, "body": {"file": "a.txt"}}}
    return Case("Blob", answers, declared, [], [], files={"a.txt": "new"})


@pytest.mark.usefixtures("blobs")
def test_a_case_shows_the_hash_in_changes_and_in_calls() -> None:
    result = played(case("old"))

    new = content("new").as_json
    (change,) = result.changes
    assert change["fields"] == [{"path": "body", "before": Content(content("old").sha256).as_json, "after": new}]
    (call,) = result.calls
    assert call["PutObject"] == {"Key": "a.txt", "Bucket": BUCKET, "Body": new, "Metadata": {"sha256": new["sha256"]}}
    assert result.unread == set()


@pytest.mark.usefixtures("blobs")
def test_a_case_of_the_same_file_has_no_change() -> None:
    result = played(case("new"))

    assert (result.changes, result.calls) == ([], [])


def test_a_recorded_call_is_checked_with_bytes() -> None:
    params = with_ids({"Key": "a.txt", "Bucket": BUCKET, "Body": content("new").as_json})

    report = ParamValidator().validate(params, operation("s3", "PutObject").input_shape)

    assert params["Body"] == bytes(3)
    assert (report.generate_report(), request_check("s3", "PutObject")(params)) == ("", None)
