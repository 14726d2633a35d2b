"""HTTP as the service speaks it: paths, statuses, errors, request ids, shapes."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from botocore.exceptions import ClientError

from reconciler.sandbox import ACCOUNT, INSTANCE_ARN, INSTANCE_ID, REGION, door, shapes
from reconciler.sandbox.connect import Connect

from .calls import INVALID, MISSING, cell, keyed, make, refused

HOST = f"https://connect.{REGION}.amazonaws.com"
BASE = f"{HOST}/data-tables/{INSTANCE_ID}"


def ask(method: str, url: str, body: Any = None) -> tuple[int, dict[str, Any], dict[str, str]]:
    """A request as it comes over the wire; `amazonaws.com` is never asked."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
    reply = door.answer(door.Request(method, url, raw, {}))
    return reply.status, json.loads(reply.body), reply.headers


DATA_TABLE_OPERATIONS = [name for name in shapes.service("connect").operation_names if "DataTable" in name]


def test_all_nineteen_data_table_operations_are_answered_here() -> None:
    from botocore import xform_name

    assert len(DATA_TABLE_OPERATIONS) == 19
    assert [name for name in DATA_TABLE_OPERATIONS if not hasattr(Connect, xform_name(name))] == []


def test_put_creates_an_attribute_and_post_lists_them(connect: Any) -> None:
    """Service model: one path, two operations."""
    id = make(connect).id

    made, _, _ = ask("PUT", f"{BASE}/{id}/attributes", {"Name": "a", "ValueType": "TEXT"})
    status, listed, _ = ask("POST", f"{BASE}/{id}/attributes", {})

    assert (made, status) == (200, 200)
    assert [attribute["Name"] for attribute in listed["Attributes"]] == ["a"]


def test_an_arn_in_the_path_is_one_encoded_segment(connect: Any) -> None:
    arn = make(connect).described()["Arn"]

    status, found, _ = ask("GET", f"{HOST}/data-tables/{quote(INSTANCE_ARN, safe='')}/{quote(arn, safe='')}")

    assert (status, found["DataTable"]["Arn"]) == (200, arn)


def test_a_resource_arn_may_come_with_its_slashes_unencoded(connect: Any) -> None:
    """Some clients leave them; the URI ends there."""
    arn = make(connect, Tags={"a": "b"}).described()["Arn"]

    assert ask("GET", f"{HOST}/tags/{arn}")[1] == {"tags": {"a": "b"}}


def test_timestamps_are_epoch_seconds(connect: Any) -> None:
    """Service model: rest-json without a timestamp format."""
    id = make(connect).id

    found = ask("GET", f"{BASE}/{id}")[1]["DataTable"]

    assert type(found["CreatedTime"]) in (int, float)


def test_paging_members_travel_in_the_query_but_in_searches_body(connect: Any) -> None:
    """Service model."""
    make(connect, "one")
    make(connect, "two")

    listed = ask("GET", f"{BASE}?maxResults=1")[1]
    second = ask("GET", f"{BASE}?maxResults=1&nextToken={quote(listed['NextToken'])}")[1]
    searched = ask("POST", f"{HOST}/search-data-tables", {"InstanceId": INSTANCE_ID, "MaxResults": 1})[1]

    assert (
        len(listed["DataTableSummaryList"]) == len(second["DataTableSummaryList"]) == len(searched["DataTables"]) == 1
    )
    assert "NextToken" not in second


@pytest.mark.parametrize("value", ["0", "1001", "x", ""])
def test_max_results_outside_the_model_is_refused(connect: Any, value: str) -> None:
    status, _, headers = ask("GET", f"{BASE}?maxResults={value}")

    assert (headers["x-amzn-ErrorType"], status) == INVALID


def test_errors_have_a_message_a_type_and_a_request_id(connect: Any) -> None:
    status, body, headers = ask("GET", f"{BASE}/nope")

    assert (headers["x-amzn-ErrorType"], status) == MISSING
    assert list(body) == ["Message"]
    assert headers["x-amzn-RequestId"]


def test_answers_have_a_request_id_of_their_own(connect: Any) -> None:
    first = connect.list_data_tables(InstanceId=INSTANCE_ID)["ResponseMetadata"]
    second = connect.list_data_tables(InstanceId=INSTANCE_ID)["ResponseMetadata"]

    assert first["HTTPStatusCode"] == 200
    assert first["RequestId"]
    assert first["RequestId"] != second["RequestId"]


def test_errors_reach_boto3_as_typed_exceptions(connect: Any) -> None:
    make(connect)

    with pytest.raises(connect.exceptions.DuplicateResourceException) as caught:
        make(connect)

    assert caught.value.response["ResponseMetadata"]["RequestId"]
    assert isinstance(caught.value, ClientError)


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"'])
def test_a_body_that_is_no_json_object_is_an_invalid_request(connect: Any, body: bytes) -> None:
    """The class is inferred."""
    status, _, headers = ask("PUT", BASE, body)

    assert (headers["x-amzn-ErrorType"], status) == ("InvalidRequestException", 400)


def test_null_members_are_absent_and_unknown_ones_ignored(connect: Any) -> None:
    """Inferred from how AWS's JSON protocols read requests."""
    body = {"Name": "T", "TimeZone": "UTC", "ValueLockLevel": "NONE", "Status": "PUBLISHED"}

    status, _, _ = ask("PUT", BASE, body | {"Description": None, "Tags": None, "Future": 1})

    assert status == 200


@pytest.mark.parametrize(
    "members",
    [{"Name": 1}, {"Name": ["T"]}, {"Description": {}}, {"Tags": []}, {"Tags": {"a": 1}}, {"Name": ""}],
)
def test_wrong_types_are_invalid_parameters(connect: Any, members: dict[str, Any]) -> None:
    body = {"Name": "T", "TimeZone": "UTC", "ValueLockLevel": "NONE", "Status": "PUBLISHED"} | members

    status, _, headers = ask("PUT", BASE, body)

    assert (headers["x-amzn-ErrorType"], status) == INVALID


def test_a_path_that_connect_does_not_have_is_not_found(connect: Any) -> None:
    assert ask("GET", f"{HOST}/nothing/here")[0] == 404


def test_an_unknown_operation_is_refused_and_not_retried(connect: Any) -> None:
    code, status = refused(lambda: connect.list_task_templates(InstanceId=INSTANCE_ID))

    assert (code, status) == ("NotImplemented", 501)


def test_a_wrong_answer_of_the_sandbox_is_a_500_that_says_so(connect: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Connect, "list_data_tables", lambda self, params: {"DataTableSummaryList": [{"Nmae": "T"}]})

    status, body, _ = ask("GET", BASE)

    assert status == 500
    assert "mistake of the sandbox" in body["Message"]
    assert "Nmae" in body["Message"]


def test_an_error_that_the_operation_does_not_model_is_our_mistake(
    connect: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reconciler.sandbox.errors import Refused

    def refuse(self: Connect, params: Any) -> None:
        raise Refused("DuplicateResourceException", "x")

    monkeypatch.setattr(Connect, "list_data_tables", refuse)

    assert ask("GET", BASE)[0] == 500


def test_null_primary_values_of_the_default_record_are_on_the_wire(connect: Any) -> None:
    """Seen, although the shape requires the member."""
    table = keyed(connect)
    table.create(cell("a", "1"))

    (value,) = ask("POST", f"{BASE}/{table.id}/values/list", {})[1]["Values"]

    assert value["PrimaryValues"] is None


def test_regions_are_apart(connect: Any, session: Any) -> None:
    other = session.create_client("connect", region_name="eu-west-2")
    make(connect)

    assert refused(lambda: other.list_data_tables(InstanceId=INSTANCE_ID)) == MISSING


def test_the_caller_is_the_sandboxs_account(connect: Any, session: Any) -> None:
    identity = session.create_client("sts", region_name=REGION).get_caller_identity()

    assert identity["Account"] == ACCOUNT
    assert f":{ACCOUNT}:" in INSTANCE_ARN
