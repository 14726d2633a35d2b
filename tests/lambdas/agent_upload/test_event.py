"""Events of S3: several records, encoded keys, tests of a notification, and what is none."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.lambdas.agent_upload.event import read_event
from reconciler.lambdas.agent_upload.failures import WrongEvent
from reconciler.lambdas.agents.item import sequencer_text


def record(**more: Any) -> dict[str, Any]:
    held = {"key": "uploads/a.csv", "size": 3, "eTag": "e", "versionId": "v", "sequencer": "0055AED6DCD90281E5"}
    held |= more.pop("object", {})
    whole = {"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "eventTime": "2026-01-05T12:00:00.000Z"}
    return {**whole, "s3": {"bucket": {"name": "b"}, "object": held}, **more}


def test_every_record_is_read_and_its_key_decoded() -> None:
    """S4-16: spaces, plus signs and other scripts."""
    keys = ["uploads/our+new+agents.csv", "uploads/a%2Bb.csv", "uploads/%E6%97%A5.csv"]

    found = read_event({"Records": [record(object={"key": key}) for key in keys]})

    assert [one.key for one in found] == ["uploads/our new agents.csv", "uploads/a+b.csv", "uploads/日.csv"]
    assert found[0].sequencer == sequencer_text("0055AED6DCD90281E5")


def test_a_bucket_without_versions_has_none() -> None:
    held = record()
    del held["s3"]["object"]["versionId"]

    assert read_event({"Records": [held]})[0].version_id == ""


def test_the_test_of_a_notification_and_deletions_have_no_object() -> None:
    assert read_event({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "b"}) == ()
    assert read_event({"Records": [record(eventName="ObjectRemoved:Delete")]}) == ()


@pytest.mark.parametrize(
    "event",
    [
        None,
        {},
        {"Records": {}},
        {"Records": ["x"]},
        {"Records": [{"eventSource": "aws:dynamodb"}]},
        {"Records": [record(s3={})]},
        {"Records": [record(object={"key": "%ff"})]},
        {"Records": [record(object={"sequencer": None})]},
        {"Records": [record(object={"size": "large"})]},
    ],
)
def test_an_event_of_another_form_is_refused(event: Any) -> None:
    with pytest.raises(WrongEvent, match=r"notification of S3|lacks its bucket"):
        read_event(event)
