"""Tags of a service whose write replaces all of them: none of another writer's tags is lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from reconciler.apply import Ports, apply
from reconciler.diff.fields import diff
from reconciler.directory import AwsIds, Directory
from reconciler.kinds.registry import KINDS
from reconciler.model import Action, Change, Contents, Item, Live, Plan, Ref, Result, Scope, Status
from reconciler.model.environment import Environment
from reconciler.port import Answer, Params
from reconciler.steps.resource import make_steps
from reconciler.steps.work import Work
from tests.builders.kinds_of_services import Bucket, BucketKind

REF, STACK = Ref("Bucket", "b"), {"reconciler:stack": "shop/prod"}


class TaggedBucket:
    """A port on one bucket, whose tags are all that it has."""

    def __init__(self, tags: Mapping[str, str]) -> None:
        self.tags, self.writes = dict(tags), 0

    def read(self, service: str, operation: str, params: Params) -> dict[str, Any]:
        assert (service, operation, params) == ("s3", "GetBucketTagging", {"Bucket": "b"})
        return {"Tags": self.tags}

    def pages(self, service: str, operation: str, items: str, params: Params) -> Iterator[list[dict[str, Any]]]:
        raise AssertionError(f"nothing lists {service}:{operation}")

    def write(self, service: str, operation: str, params: Params) -> Answer:
        assert (service, operation, params["Bucket"]) == ("s3", "PutBucketTagging", "b")
        self.tags, self.writes = dict(params["Tags"]), self.writes + 1
        return Answer({}, "request")

    def delay(self, call: str) -> float:
        return 0.0

    def counts(self) -> Mapping[str, int]:
        return {}


class NoLedger:
    def note(self, operation: str, request_id: str, results: Mapping[Item, Result]) -> None:
        """No test reads it."""


def reread(ref: Ref, *, parts: bool, records: bool, part: str = "") -> Contents:
    raise AssertionError("a bucket has no contents to read")


@pytest.fixture(autouse=True)
def bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "Bucket", BucketKind())


def applied(aws: TaggedBucket, planned: Mapping[str, str], wanted: Mapping[str, str]) -> list[Result]:
    """Applies the plan that was made of the planned tags, and returns the results of its fields."""
    before, after = (Bucket(name="b", tags=dict(tags)) for tags in (planned, wanted))
    live, fields = Live(REF, "b", "arn:aws:s3:::b", before, tags={**planned, **STACK}), diff(before, after)
    steps = make_steps(Work(BucketKind(), REF, live, after, tags={**wanted, **STACK}, fields=fields))
    plan = Plan(Scope("shop", "prod"), (Change(Action.UPDATE, REF, fields=fields, steps=tuple(steps)),))
    directory = Directory([(REF, AwsIds("b", "arn:aws:s3:::b"))])
    run = apply(plan, Environment("shop", "prod", Path()), {REF: live}, Ports(aws, directory, reread, NoLedger()))
    return list(run.results.values())


def test_one_call_writes_all_tags_and_removes_the_others() -> None:
    aws = TaggedBucket({"Old": "1", "Team": "a", "aws:made": "by", **STACK})

    results = applied(aws, {"Old": "1", "Team": "a"}, {"New": "2", "Team": "b"})

    assert [result.status for result in results] == [Status.DONE] * 3
    assert (aws.tags, aws.writes) == ({"New": "2", "Team": "b", **STACK}, 1)


def test_a_tag_that_another_writer_adds_meanwhile_is_a_conflict() -> None:
    aws = TaggedBucket({"Team": "a", "Theirs": "x", **STACK})

    results = applied(aws, {"Team": "a"}, {"Team": "b"})

    assert [result.status for result in results] == [Status.CONFLICT]
    assert "the tag Theirs meanwhile" in results[0].message
    assert aws.writes == 0


def test_a_tag_that_another_writer_removes_meanwhile_is_a_conflict() -> None:
    aws = TaggedBucket(STACK)

    results = applied(aws, {"Cost": "7"}, {"Cost": "7", "Team": "b"})

    assert [result.status for result in results] == [Status.CONFLICT]
    assert aws.writes == 0
