"""A message when a pair begins to fail, when its error changes, once a day, and when it is healed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from reconciler.lambdas.connectwise_report.alerts import decide, message
from reconciler.lambdas.connectwise_report.pairs import PairState

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
GOOD = PairState("harbor-dental", "service/tickets", "done", watermark="2026-01-05T11:00:00Z")
BAD = PairState("harbor-dental", "service/tickets", "failed", "AUTH: 401", watermark="2026-01-05T09:00:00Z")
KNOWN = {"error": "AUTH: 401", "since": "2026-01-05T10:00:00Z", "sent_at": "2026-01-05T10:00:00Z"}


def failing(error: str) -> PairState:
    return PairState(BAD.tenant, BAD.table, "failed", error)


def test_the_first_failure_is_sent_and_remembered() -> None:
    alert = decide(BAD, {}, NOW)

    assert (alert.kind, alert.since) == ("FAILED", NOW)
    assert alert.item == {"error": "AUTH: 401", "since": "2026-01-05T12:00:00Z", "sent_at": "2026-01-05T12:00:00Z"}


def test_the_same_failure_is_sent_once_a_day() -> None:
    assert decide(BAD, KNOWN, NOW).kind == ""
    assert decide(BAD, KNOWN, NOW).item == KNOWN
    after_a_day = decide(BAD, KNOWN, NOW + 22 * HOUR)
    assert (after_a_day.kind, after_a_day.since) == ("FAILED", NOW - 2 * HOUR)
    assert (after_a_day.item or {})["sent_at"] == "2026-01-06T10:00:00Z"


def test_another_error_is_sent_at_once_and_keeps_the_begin() -> None:
    alert = decide(failing("FORBIDDEN: 403"), KNOWN, NOW)

    assert (alert.kind, (alert.item or {})["since"]) == ("FAILED", KNOWN["since"])


def test_a_pair_that_waits_for_its_next_try_has_the_same_error() -> None:
    waiting = "POISONED: AUTH: 401; tried again at 2026-01-05T13:00:00Z"

    assert decide(failing(waiting), KNOWN, NOW).kind == ""


@pytest.mark.parametrize("status", ["done", "quiet", "behind"])
def test_a_pair_that_works_again_is_healed_and_forgotten(status: str) -> None:
    healed = PairState(GOOD.tenant, GOOD.table, status)  # type: ignore[arg-type] - one of them

    assert (decide(healed, KNOWN, NOW).kind, decide(healed, KNOWN, NOW).item) == ("HEALED", None)
    assert (decide(healed, {}, NOW).kind, decide(healed, {}, NOW).item) == ("", None)


def test_a_message_names_the_pair_the_code_and_the_times() -> None:
    sent = message(BAD, decide(BAD, KNOWN, NOW + 24 * HOUR), "20260105T120000Z", "s3://b/runs/r/report.json", NOW)

    assert sent["Subject"] == "connectwise FAILED harbor-dental service/tickets"
    assert json.loads(sent["Message"]) == {
        "run": "20260105T120000Z",
        "status": "failed",
        "tenant_id": "harbor-dental",
        "table_name": "service/tickets",
        "error": "AUTH: 401",
        "since": "2026-01-05T10:00:00Z",
        "lastGood": "2026-01-05T09:00:00Z",
        "runReport": "s3://b/runs/r/report.json",
    }
