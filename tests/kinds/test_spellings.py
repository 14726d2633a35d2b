"""A kind's table says where AWS spells, clears, answers or keeps a field otherwise than a manifest does."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.diff.fields import diff
from reconciler.directory import Directory
from reconciler.errors import CallError
from reconciler.kinds.asking import filled
from reconciler.kinds.operations import reads_of, writes
from reconciler.model import Content, Does, IdOf, Linked, Live, Ref, Scope
from reconciler.steps.resource import make_steps
from reconciler.steps.work import Work
from tests.builders.contents import content
from tests.builders.kinds_of_services import GroupKind, Timer, TimerKind
from tests.worlds.scripted_aws import ScriptedAws, refusal

KIND, REF = TimerKind(), Ref("Timer", "t")
GROUP = "arn:aws:logs:us-east-1:111122223333:log-group:/calls"


def timer(**fields: Any) -> Timer:
    return Timer(name="t", **fields)


def steps(before: Timer, after: Timer, **tags: str) -> list[tuple[str, Any]]:
    live = Live(REF, "t", "arn:t", before, tags=tags)
    work = Work(KIND, REF, live, after, {**tags, **KIND.kept_of(after)}, fields=diff(before, after))
    return [(step.call.operation, step.call.params) for step in make_steps(work)]


# Spellings.


def test_a_number_is_a_text_at_aws() -> None:
    assert KIND.to_aws(timer(wait=45), ("wait",)) == {"wait": "45"}
    assert KIND.from_aws({"name": "t", "wait": "45"}, Directory().name) == timer(wait=45)


@pytest.mark.parametrize("written", [GROUP, f"{GROUP}:*"])
def test_an_ending_is_sent_once_and_makes_no_difference(written: str) -> None:
    assert KIND.to_aws(timer(log=written), ("log",)) == {"log": f"{GROUP}:*"}
    assert KIND.from_aws({"name": "t", "log": f"{GROUP}:*"}, Directory().name).log == GROUP


def test_a_reference_with_an_ending_stays_a_reference() -> None:
    named = timer().model_copy(update={"log": Linked("${LogGroup/calls.arn}")})

    (sent,) = KIND.to_aws(named, ("log",)).values()

    assert sent == Linked("${LogGroup/calls.arn}:*")


# Operations that clear, rename and take an ARN.


def test_a_field_without_a_value_is_cleared_by_an_operation_of_its_own() -> None:
    assert steps(timer(note="x"), timer()) == [("DeleteTimerNote", {"timerArn": IdOf(REF, arn=True)})]


def test_an_update_has_its_own_names_and_takes_the_arn() -> None:
    assert steps(timer(), timer(note="x")) == [("PutTimerNote", {"timerArn": IdOf(REF, arn=True), "text": "x"})]


def test_what_clears_is_granted_as_a_write() -> None:
    assert "DeleteTimerNote" in set(writes(KIND))


# Facets.


def test_a_facet_that_aws_does_not_have_is_the_default() -> None:
    aws = ScriptedAws({"logs:GetTimerNote": refusal("logs:GetTimerNote", "NoSuchNote")})

    assert filled(aws, KIND, {"timerName": "t"}, lambda path: True) == {"timerName": "t"}


def test_another_refusal_of_a_facet_is_an_error() -> None:
    aws = ScriptedAws({"logs:GetTimerNote": refusal("logs:GetTimerNote", "AccessDeniedException")})

    with pytest.raises(CallError, match="AccessDenied"):
        filled(aws, KIND, {"timerName": "t"}, lambda path: True)


def test_a_facet_is_read_only_if_it_is_wanted() -> None:
    reads = reads_of(KIND)

    assert [read.operation for read in reads.missing(lambda path: path == "note")] == ["GetTimerNote"]
    assert reads.missing(lambda path: path == "wait") == ()


# Contents that AWS never returns.


def test_the_hash_in_a_tag_is_the_live_content() -> None:
    known = {"reconciler:code": content("a").sha256}

    live = KIND.from_aws(KIND.with_kept({"name": "t"}, known), Directory().name)

    assert live.code == content("a")
    assert KIND.from_aws(KIND.with_kept({"name": "t"}, {}), Directory().name).code is None


def test_the_hash_is_written_after_the_content() -> None:
    before, after = content("a"), content("b")

    calls = steps(timer(code=before), timer(code=after), **{"reconciler:code": before.sha256})

    assert [operation for operation, _ in calls] == ["UpdateTimerCode", "TagResource"]
    assert calls[1][1]["tags"] == {"reconciler:code": after.sha256}


def test_an_equal_content_without_its_hash_is_written_once_more() -> None:
    """The run before has ended between both calls."""
    after = content("b")
    live = Live(REF, "t", "arn:t", timer(code=content("a")), tags={})
    work = Work(KIND, REF, live, timer(code=after), KIND.kept_of(timer(code=after)))

    does = [step.does for step in make_steps(work)]

    assert does == [Does.UPDATE, Does.TAG]


def test_a_hash_has_no_size() -> None:
    assert KIND.with_kept({}, {"reconciler:code": "0" * 64})["code"] == Content("0" * 64)


# ARNs.


def test_an_arn_follows_from_the_id_in_every_partition() -> None:
    class NamedKind(GroupKind):
        identity = type(GroupKind.identity)(
            "logGroupName", arn="arn:{partition}:logs:{region}:{account}:log-group:{id}"
        )

    place = {"account": "111122223333"}

    assert NamedKind().arn_of("/a", Scope("s", "e", region="us-east-1", **place)) == (
        "arn:aws:logs:us-east-1:111122223333:log-group:/a"
    )
    assert NamedKind().arn_of("/a", Scope("s", "e", region="cn-north-1", **place)).startswith("arn:aws-cn:logs:cn-")
    assert GroupKind().arn_of("/a", Scope("s", "e", region="us-east-1", **place)) == ""
