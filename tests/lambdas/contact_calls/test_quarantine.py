"""A contact that AWS finds and does not describe: the others are loaded, an alarm rings, and it can come back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

import reconciler.lambdas.contact_calls as package
from reconciler.lambdas.contact_calls.failures import DescribeFailed, LoadFailed
from tests.lambdas.contact_calls.pipeline import Pipeline

pytestmark = pytest.mark.slow
UTC = {"TIME_ZONE": "UTC", "OVERLAP_MINUTES": "0"}
CODES = [("ResourceNotFoundException", 404), ("InternalServiceException", 500), ("InvalidRequestException", 400)]


class Defective:
    """A Connect that finds the contacts `bad` and answers their descriptions with an error."""

    def __init__(self, client: Any, bad: set[str], code: str = "ResourceNotFoundException", status: int = 404) -> None:
        self._client, self.bad, self._code, self._status = client, bad, code, status
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def describe_contact(self, **asked: Any) -> Any:
        self.asked.append(asked["ContactId"])
        if asked["ContactId"] in self.bad:
            answer = {"Error": {"Code": self._code}, "ResponseMetadata": {"HTTPStatusCode": self._status}}
            raise ClientError(answer, "DescribeContact")  # type: ignore[arg-type]
        return self._client.describe_contact(**asked)


def defective(pipeline: Pipeline, *bad: str, code: str = CODES[0][0], status: int = CODES[0][1]) -> Defective:
    connect = Defective(pipeline.clients["connect"], set(bad), code, status)
    pipeline.clients = {**pipeline.clients, "connect": connect}
    return connect


def ids(pipeline: Pipeline) -> list[str | None]:
    return [each["contact_id"] for each in pipeline.rows("contact_id")]


@pytest.mark.parametrize(("code", "status"), CODES)
def test_the_others_are_loaded_and_the_one_is_set_aside_with_its_reason(
    pipeline: Pipeline, code: str, status: int
) -> None:
    """S3-11: retried, then set aside, never filled with nulls."""
    for id in ("bad", "a", "b"):
        pipeline.seed(id, "11:00")
    connect = defective(pipeline, "bad", code=code, status=status)

    done = pipeline.run("12:40", **UTC)

    assert (done["status"], done["inserted"], done["watermark"]) == ("done", 2, "2026-01-05T12:00:00.000Z")
    assert (done["seen"], done["passedOver"], done["quarantined"], done["newlyQuarantined"]) == (3, 1, 1, 1)
    assert ids(pipeline) == ["a", "b"]
    assert connect.asked.count("bad") >= 2
    (held,) = pipeline.invoke({"quarantine": {"list": True}})["contacts"]
    assert (held["contact"], held["reason"]) == ("bad", f"DescribeContact: {code}")
    assert held["ended"] == "2026-01-05T11:00:00.000Z"
    (audit,) = pipeline.rows("seen", "found", "described", "staged", table="f_calls_loads")
    assert list(audit.values()) == ["3", "2", "2", "2"]


def test_later_runs_do_not_ask_for_it_again_and_report_it(pipeline: Pipeline) -> None:
    for id in ("bad", "a"):
        pipeline.seed(id, "11:00")
    connect = defective(pipeline, "bad")
    pipeline.run("12:40", **UTC)
    connect.asked.clear()

    done = pipeline.run("14:40", **{**UTC, "OVERLAP_MINUTES": "120"})

    assert (done["quarantined"], done["newlyQuarantined"], connect.asked) == (1, 0, ["a"])


def test_an_alarm_rings_even_if_the_run_fails_afterwards(pipeline: Pipeline) -> None:
    """S3-26: the metric is on a line of its own; a run that fails has no counts."""
    operations = json.loads((Path(package.__file__).parent / "operations.json").read_text())
    for id, ended in (("bad", "10:30"), ("a", "10:40"), ("b", "11:00"), ("c", "11:10")):
        pipeline.seed(id, ended)
    defective(pipeline, "bad", "b", "c")

    with pytest.raises(DescribeFailed):
        pipeline.run("12:40", CHUNK_CONTACTS="2", **UTC)

    counted = [line["NewlyQuarantined"] for line in pipeline.logged() if "NewlyQuarantined" in line]
    alarm = operations["alarms"]["contact-calls-quarantined"]
    assert (sum(counted), alarm["metric"], alarm["threshold"]) == (1, "NewlyQuarantined", 1)
    assert pipeline.logged()[-1]["Failed"] == 1


def test_a_release_loads_a_contact_however_old_it_is(pipeline: Pipeline) -> None:
    for id, ended in (("bad", "03:00"), ("a", "03:10"), ("worse", "03:20")):
        pipeline.seed(id, ended)
    connect = defective(pipeline, "bad", "worse")
    pipeline.run("04:40", **UTC)
    for at in ("06:40", "08:40", "10:40"):
        pipeline.run(at, **UTC)
    assert ids(pipeline) == ["a"]
    connect.bad = {"worse"}

    answer = pipeline.invoke({"quarantine": {"release": ["bad", "worse", "other"]}}, **UTC)

    assert (answer["status"], answer["released"], answer["inserted"]) == ("partial", ["bad"], 1)
    assert answer["kept"] == [
        {"contact": "other", "reason": "not in quarantine"},
        {"contact": "worse", "reason": "DescribeContact: ResourceNotFoundException"},
    ]
    assert ids(pipeline) == ["a", "bad"]
    (audit,) = pipeline.rows("window_start", "window_end", "late", table="f_calls_loads", where="seen = 1")
    assert list(audit.values()) == ["2026-01-05 02:00:00", "2026-01-05 04:00:00", "0"]
    listed = pipeline.invoke({"quarantine": {"list": True}})
    assert [each["contact"] for each in listed["contacts"]] == ["worse"]
    replayed = pipeline.invoke({"from": "2026-01-05T02:00Z", "to": "2026-01-05T04:00Z"}, **UTC)
    assert (replayed["unchanged"], replayed["quarantined"]) == (2, 1)


def test_a_contact_that_is_quarantined_by_hand_and_still_open_stays_there(pipeline: Pipeline) -> None:
    pipeline.seed("open", None, InitiationTimestamp=pipeline.clock.at)
    assert pipeline.invoke({"quarantine": ["open", "open"]}) == {"status": "done", "quarantined": 1}

    answer = pipeline.invoke({"quarantine": {"release": ["open"]}})

    assert (answer["status"], answer["kept"]) == ("partial", [{"contact": "open", "reason": "has not ended"}])
    listed = pipeline.invoke({"quarantine": {"list": True}})
    assert [(each["contact"], each["reason"]) for each in listed["contacts"]] == [("open", "by hand")]


def test_a_window_of_nothing_else_fails_twice_before_it_is_set_aside(pipeline: Pipeline) -> None:
    """It may be an outage: the third run takes it for a defect, and all calls behind it are loaded."""
    pipeline.seed("bad", "11:00")
    pipeline.seed("next", "13:00")
    defective(pipeline, "bad", code="InternalServiceException", status=500)

    for at in ("12:40", "12:45"):
        with pytest.raises(DescribeFailed, match="InternalServiceException for 1 of 1 contacts: bad"):
            pipeline.run(at, **UTC)
    assert pipeline.watermark() == "2026-01-05T10:00:00.000Z"
    done = pipeline.run("14:40", **UTC)

    assert (done["status"], done["newlyQuarantined"], ids(pipeline)) == ("done", 1, ["next"])


def test_runs_that_failed_for_another_reason_do_not_count(pipeline: Pipeline) -> None:
    pipeline.seed("bad", "11:00")
    for at in ("12:40", "12:41", "12:42"):
        with pytest.raises(LoadFailed):
            pipeline.run(at, LOAD_BUCKET="another-bucket", **UTC)
    defective(pipeline, "bad")

    with pytest.raises(DescribeFailed):
        pipeline.run("12:43", **UTC)

    assert pipeline.invoke({"quarantine": {"list": True}})["count"] == 0


def test_many_that_still_fail_keep_no_other_from_being_released(pipeline: Pipeline) -> None:
    ids = [f"c{number:02}" for number in range(25)]
    for id in ids:
        pipeline.seed(id, "11:00")
    pipeline.invoke({"quarantine": ids})
    defective(pipeline, *ids[1:])

    answer = pipeline.invoke({"quarantine": {"release": ids}}, **UTC)

    assert (answer["released"], len(answer["kept"])) == (ids[:1], 24)


def test_an_outage_sets_nothing_aside(pipeline: Pipeline) -> None:
    pipeline.seed_many(60, "10:00", "12:00")
    found = [f"c{number}" for number in range(30)]
    for number, id in enumerate(found):
        pipeline.seed(id, f"11:{number:02}")
    defective(pipeline, *found)

    with pytest.raises(DescribeFailed, match=r"for \d+ of 90 contacts"):
        pipeline.run("12:40", WORKERS="1", **UTC)

    assert pipeline.invoke({"quarantine": {"list": True}})["count"] == 0
    assert pipeline.count() == 0
