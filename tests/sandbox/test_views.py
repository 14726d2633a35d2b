"""Views: drafts, publication, versions, searches, and the views that AWS manages."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.sandbox import INSTANCE_ARN, REGION, Control

from .administrative import HERE
from .calls import DUPLICATE, INVALID, INVALID_REQUEST, MISSING, QUOTA, refused

CONTENT = {"Template": json.dumps({"Head": {"Title": "Hello"}}), "Actions": ["Next"]}
OTHER = {"Template": json.dumps({"Head": {"Title": "Bye"}}), "Actions": ["Next", "Back"]}


def add(client: Any, name: str = "V", **more: Any) -> str:
    members = {"Status": "PUBLISHED", "Content": CONTENT, **more}
    return str(client.create_view(**HERE, Name=name, **members)["View"]["Id"])


def described(client: Any, id: str) -> dict[str, Any]:
    return dict(client.describe_view(**HERE, ViewId=id)["View"])


def update(client: Any, id: str, status: str, content: Any = OTHER) -> dict[str, Any]:
    return dict(client.update_view_content(**HERE, ViewId=id, Status=status, Content=content)["View"])


def contents(view: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in view["Content"].items() if name != "InputSchema"}


def test_a_published_view_comes_back_with_an_input_schema(connect: Any) -> None:
    created = connect.create_view(
        **HERE, Name="V", Status="PUBLISHED", Content=CONTENT, Description="d", Tags={"a": "b"}
    )

    view = described(connect, created["View"]["Id"])
    assert view == created["View"]
    assert (view["Name"], view["Description"], view["Type"]) == ("V", "d", "CUSTOMER_MANAGED")
    assert (view["Status"], contents(view), view["Tags"]) == ("PUBLISHED", CONTENT, {"a": "b"})
    assert "InputSchema" in view["Content"]


def test_a_saved_view_is_read_by_its_qualifier_alone(connect: Any) -> None:
    id = add(connect, Status="SAVED", Content={"Template": "{}"})

    assert refused(lambda: described(connect, id)) == MISSING
    draft = described(connect, f"{INSTANCE_ARN}/view/{id}:$SAVED")
    assert (draft["Status"], contents(draft)) == ("SAVED", {"Template": "{}"})


def test_the_draft_is_always_replaced_and_the_published_content_by_its_status(connect: Any) -> None:
    id = add(connect)

    saved = update(connect, id, "SAVED")
    between = (contents(described(connect, id)), contents(described(connect, f"{id}:$SAVED")))
    published = update(connect, id, "PUBLISHED")

    assert between == (CONTENT, OTHER)
    assert (saved["Status"], published["Status"]) == ("SAVED", "PUBLISHED")
    assert contents(described(connect, id)) == OTHER


@pytest.mark.parametrize(
    ("status", "content"),
    [
        ("PUBLISHED", {"Template": "{}"}),
        ("PUBLISHED", {"Actions": []}),
        ("PUBLISHED", {"Template": "no JSON", "Actions": []}),
        ("SAVED", {"Template": "[]"}),
        ("SAVED", {"Template": json.dumps({"text": "x" * 400_000})}),
    ],
)
def test_a_template_is_a_json_object_and_a_published_view_is_whole(connect: Any, status: str, content: Any) -> None:
    """Inferred, but for the size."""
    assert refused(lambda: add(connect, Status=status, Content=content)) == INVALID


def test_metadata_changes_at_once(connect: Any) -> None:
    id = add(connect)
    add(connect, "Taken")

    connect.update_view_metadata(**HERE, ViewId=id, Name="W", Description="d")

    view = described(connect, id)
    assert (view["Name"], view["Description"], contents(view)) == ("W", "d", CONTENT)
    assert refused(lambda: connect.update_view_metadata(**HERE, ViewId=id, Name="Taken")) == DUPLICATE
    assert refused(lambda: connect.update_view_metadata(**HERE, ViewId=id)) == INVALID_REQUEST


def test_a_version_comes_only_with_a_new_content(connect: Any) -> None:
    id = add(connect)
    make = lambda **more: connect.create_view_version(**HERE, ViewId=id, **more)["View"]["Version"]  # noqa: E731
    numbers = [make(VersionDescription="first"), make()]

    update(connect, id, "PUBLISHED")
    numbers.append(make(ViewContentSha256=described(connect, id)["ViewContentSha256"]))

    assert numbers == [1, 1, 2]
    assert contents(described(connect, f"{id}:1")) == CONTENT
    listed = connect.list_view_versions(**HERE, ViewId=id)["ViewVersionSummaryList"]
    assert [(row["Version"], row.get("VersionDescription")) for row in listed] == [(2, None), (1, "first")]
    assert refused(lambda: make(ViewContentSha256="0" * 64)) == INVALID
    connect.delete_view_version(**HERE, ViewId=id, ViewVersion=1)
    assert refused(lambda: described(connect, f"{id}:1")) == MISSING


def test_lists_have_the_views_of_aws_first(sandbox: Control, connect: Any) -> None:
    add(connect, "A")

    listed = connect.list_views(**HERE)["ViewsSummaryList"]
    own = connect.list_views(**HERE, Type="CUSTOMER_MANAGED")["ViewsSummaryList"]

    assert [row["Type"] for row in listed] == [*["AWS_MANAGED"] * 5, "CUSTOMER_MANAGED"]
    assert [row["Name"] for row in own] == ["A"]
    sandbox.set_faults({"switches": {"builtIns": False}})
    assert [row["Name"] for row in connect.list_views(**HERE)["ViewsSummaryList"]] == ["A"]


@pytest.mark.parametrize("version", ["", ":1"])
def test_a_view_of_aws_is_described_by_its_arn(connect: Any, version: str) -> None:
    arn = f"arn:aws:connect:{REGION}:aws:view/form"

    view = described(connect, arn + version)

    assert (view["Name"], view["Type"], view["Version"]) == ("Form", "AWS_MANAGED", 1)
    assert refused(lambda: described(connect, f"{arn}:2")) == MISSING
    assert refused(lambda: described(connect, "form")) == MISSING
    assert refused(lambda: update(connect, arn, "SAVED")) == MISSING


def test_searches_compare_names_status_and_tags(connect: Any) -> None:
    add(connect, "Draft", Status="SAVED", Tags={"team": "a"})
    add(connect, "Done")

    def names(**asked: Any) -> list[str]:
        return [row["Name"] for row in connect.search_views(**HERE, **asked)["Views"]]

    exact = {"StringCondition": {"FieldName": "name", "Value": "done", "ComparisonType": "EXACT"}}
    assert names(SearchCriteria=exact) == ["Done"]
    assert names(SearchCriteria={"ViewStatusCondition": "SAVED"}) == ["Draft"]
    assert names(SearchCriteria={"ViewTypeCondition": "AWS_MANAGED"}) == []
    assert names(SearchFilter={"AttributeFilter": {"TagCondition": {"TagKey": "team"}}}) == ["Draft"]


def test_tags_follow_the_view(connect: Any) -> None:
    id = add(connect)

    connect.tag_resource(resourceArn=described(connect, id)["Arn"], tags={"a": "b"})

    assert described(connect, id)["Tags"] == {"a": "b"}


def test_a_deleted_view_is_nowhere_and_its_name_is_free(connect: Any) -> None:
    id = add(connect)
    assert refused(lambda: add(connect)) == DUPLICATE

    connect.delete_view(**HERE, ViewId=id)

    assert refused(lambda: described(connect, f"{id}:$SAVED")) == MISSING
    assert add(connect) != id


def test_a_full_quota_is_a_402(sandbox: Control, connect: Any) -> None:
    """Views have another error for it than flows [service model]."""
    sandbox.set_faults({"quotas": {"views": 1}})
    add(connect)

    assert refused(lambda: add(connect, "W")) == QUOTA
