"""Events that come twice, out of order or together: the table of agents is as the newest upload states it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from reconciler.lambdas.agent_upload.failures import Failed, UploadFailed
from reconciler.lambdas.agent_upload.roster import Roster
from reconciler.lambdas.agents.item import Request, sequencer_text
from reconciler.lambdas.shared.caller import Caller
from reconciler.sandbox import INSTANCE_ID
from tests.lambdas.agent_upload.inbox import BUCKET, ROSTER, UPLOADS, Inbox, managed_csv, row


def test_several_records_of_one_event_are_all_taken(inbox: Inbox) -> None:
    """S4-16: three records, one of them twice, make three records and no duplicate."""
    records = [inbox.put(f"x{number}", f"uploads/file {number}.txt") for number in range(3)]

    answer = inbox.invoke(*records, records[0])

    assert answer == {"objects": 4, "files": 3, "duplicates": 1}
    assert len(inbox.items(UPLOADS)) == 3


def test_a_duplicate_event_writes_nothing(inbox: Inbox) -> None:
    """S4-16."""
    record = inbox.put(managed_csv())
    inbox.invoke(record)
    before = (inbox.items(ROSTER), inbox.items(UPLOADS))
    inbox.sandbox.reset_stats()

    answer = inbox.invoke(record)

    assert answer == {"objects": 1, "duplicates": 1}
    assert (inbox.items(ROSTER), inbox.items(UPLOADS)) == before
    assert inbox.calls() == {"dynamodb:GetItem": 1, "dynamodb:Scan": 2}


def test_two_versions_of_one_key_are_both_kept_in_order(inbox: Inbox) -> None:
    """S4-19."""
    first, second = (inbox.put(managed_csv((row(last_name=name),))) for name in ("Byron", "King"))

    inbox.invoke(first)
    inbox.invoke(second)

    kept = [item["sequencer"]["S"] for item in inbox.items(UPLOADS)]
    assert sorted(kept) == [sequencer_text(record["s3"]["object"]["sequencer"]) for record in (first, second)]
    request = inbox.roster()["ada"].request
    assert request is not None
    assert request.agent.last_name == "King"


@pytest.mark.parametrize("other", ["uploads/agents.csv", "uploads/monday.csv", "uploads/zz.csv"])
def test_an_older_upload_that_comes_afterwards_overwrites_nothing(inbox: Inbox, other: str) -> None:
    """S4-16: of the same key by the sequencer, of another key by the time."""
    older = inbox.put(managed_csv((row(last_name="Byron"), row(user_login="mary"))), other)
    newer = inbox.put(managed_csv((row(last_name="King"),)))
    inbox.invoke(newer)

    answer = inbox.invoke(older)

    request = inbox.roster()["ada"].request
    assert request is not None
    assert request.agent.last_name == "King"
    assert (answer["refused"], answer["pending"]) == (1, 1)
    assert inbox.results(older)[0]["reason"] == (
        "a newer upload has this agent, in row 2 of uploads/agents.csv; upload this file again if it is right"
    )


def test_objects_elsewhere_are_left_alone(inbox: Inbox) -> None:
    """The function's own results must not call it again and again."""
    answer = inbox.invoke(inbox.put(managed_csv(), "results/agents.csv"), inbox.put("x", "other.txt"))

    assert answer == {"objects": 2, "skipped": 2}
    assert inbox.items(UPLOADS) == []


def test_an_object_that_was_deleted_before_is_counted(inbox: Inbox) -> None:
    record = inbox.put(managed_csv())
    held = record["s3"]["object"]
    inbox.s3.delete_object(Bucket=BUCKET, Key=held["key"], VersionId=held["versionId"])

    assert inbox.invoke(record) == {"objects": 1, "gone": 1}


def test_a_bucket_without_versions_keeps_a_newer_object_of_that_name(inbox: Inbox) -> None:
    record = inbox.put(managed_csv())
    del record["s3"]["object"]["versionId"]
    inbox.put("the newer one")

    assert inbox.invoke(record) == {"objects": 1, "gone": 1}
    assert inbox.object("uploads/agents.csv") == b"the newer one"


def test_a_failed_object_does_not_keep_others_from_being_taken(inbox: Inbox) -> None:
    denied = {"every": 1, "code": "AccessDeniedException", "operations": ["DescribeInstance"]}
    inbox.sandbox.set_faults({"error": denied})
    records = inbox.put(managed_csv()), inbox.put("x", "uploads/x.txt")

    with pytest.raises(UploadFailed, match="connect:DescribeInstance: AccessDeniedException"):
        inbox.invoke(*records)

    assert [item["kind"]["S"] for item in inbox.items(UPLOADS)] == ["roster", "file"]
    last = json.loads(inbox.lines[-1])
    assert (last["Failed"], last["counts"]) == (1, {"objects": 2, "failed": 1, "files": 1})


def test_a_defect_at_one_object_does_not_keep_others_from_being_taken(inbox: Inbox) -> None:
    """Another writer spoilt the draft of a result. Its text may repeat a cell, so no line has it."""
    first, second = inbox.put(managed_csv()), inbox.put("x", "uploads/x.txt")
    inbox.s3.put_object(Bucket=BUCKET, Key=f"{inbox.result_stem(first)}.json", Body=b'{"rows": "spoilt"}')

    with pytest.raises(Failed, match="unforeseen ValueError; the log says where"):
        inbox.invoke(first, second)

    line, last = json.loads(inbox.lines[0]), json.loads(inbox.lines[-1])
    assert (line["key"], line["type"], bool(line["where"])) == ("uploads/agents.csv", "ValueError", True)
    assert (last["Failed"], last["counts"]) == (1, {"objects": 2, "failed": 1, "files": 1})
    assert "spoilt" not in "".join(inbox.lines)


def test_an_upload_that_is_overtaken_while_it_runs_is_reported(inbox: Inbox) -> None:
    """Another container takes a newer file between this one's reading and its writing."""
    older, newer = inbox.put(managed_csv((row(),)), "uploads/b.csv"), inbox.put(managed_csv((row(last_name="King"),)))
    real = inbox.clients
    inbox.clients = {**real, "dynamodb": _Overtaken(real["dynamodb"], lambda: _invoke(inbox, real, newer))}
    inbox.function = inbox.container()

    answer = inbox.invoke(older)

    assert answer["refused"] == 1
    assert "a newer upload has this agent, in row 2 of uploads/agents.csv" in inbox.results(older)[0]["reason"]


def test_a_request_whose_reply_was_lost_counts_as_written(inbox: Inbox) -> None:
    inbox.upload(managed_csv((row(),)))
    request = inbox.roster()["ada"].request
    assert isinstance(request, Request)
    roster = Roster(Caller(lambda service: inbox.clients[service], inbox.calls_within(900)), ROSTER, INSTANCE_ID)

    assert roster.request(request)


def test_an_upload_in_a_bucket_without_versions_moves_too(inbox: Inbox) -> None:
    inbox.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})
    record = inbox.put(managed_csv())

    assert inbox.invoke(record)["pending"] == 2
    assert inbox.object_keys("uploads/") == []
    assert len(inbox.object_keys("quarantine/")) == 1


def test_a_newer_object_that_comes_while_the_older_one_moves_stays(inbox: Inbox) -> None:
    inbox.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})
    record = inbox.put(managed_csv())
    real = inbox.clients
    inbox.clients = {**real, "s3": _Replaced(real["s3"])}
    inbox.function = inbox.container()

    inbox.invoke(record)

    assert inbox.object("uploads/agents.csv") == b"the newer one"
    assert (inbox.record(record)["moved_to"], inbox.object_keys("quarantine/")) == ("", [])
    assert inbox.invoke(record) == {"objects": 1, "duplicates": 1}


class _Replaced:
    """S3 where another object gets the upload's name right before it is copied."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        if name == "copy_object":
            self._real.put_object(Bucket=BUCKET, Key="uploads/agents.csv", Body=b"the newer one")
        return getattr(self._real, name)


class _Overtaken:
    """DynamoDB where something happens once, right after the first items were read."""

    def __init__(self, real: Any, happens: Any) -> None:
        self._real, self._happens = real, happens

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._real, name)
        if name != "batch_get_item" or self._happens is None:
            return method

        def call(**params: Any) -> Any:
            answer, happens = method(**params), self._happens
            self._happens = None
            if happens:
                happens()
            return answer

        return call


def _invoke(inbox: Inbox, clients: Mapping[str, Any], record: Mapping[str, Any]) -> None:
    """Takes an upload in another container."""
    before, inbox.clients = inbox.clients, clients
    other, inbox.function = inbox.function, inbox.container()
    inbox.invoke(record)
    inbox.clients, inbox.function = before, other
