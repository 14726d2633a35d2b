"""The facts equal the API's answers in every column, for both ways of loading and for any content."""

from __future__ import annotations

import gc
import json
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from reconciler.lambdas.contact_calls.columns import NAMES
from reconciler.lambdas.contact_calls.failures import LedgerFailed, LoadFailed
from reconciler.sandbox.redshift.certificate import own_certificate
from tests.lambdas.contact_calls.pipeline import SECRET, Clock, Pipeline, Row
from tests.worlds.warehouse import NAMESPACE

pytestmark = pytest.mark.slow
UTC_ZONE = {"TIME_ZONE": "UTC"}
SPAN = {"from": "2026-01-05T10:00Z", "to": "2026-01-05T12:00Z"}
BY_INSERT, BY_COPY = {"INSERT_BELOW": "5000"}, {"INSERT_BELOW": "0"}
ODD = ("\\N", "NULL", '"', "'", "\\", "%s", "$1", "a\nb", "a,b", " ", "日本語🎉")
LONG, NUL, HALF = "é" * 300, "a\0b", "half \ud800 of it"  # those that no column takes as they are
LEAKS = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


SECOND = timedelta(seconds=1)


def clock(contact: Any, *path: str) -> str | None:
    """Returns a time of an answer, as the database writes it."""
    for name in path:
        contact = (contact or {}).get(name)
    return contact.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f").rstrip("0").rstrip(".") if contact else None


def text(contact: Any, *path: str) -> str | None:
    for name in path:
        contact = (contact or {}).get(name)
    return None if contact is None else str(contact)


def rounded(duration: timedelta) -> str:
    return str(Decimal(str(duration.total_seconds())).quantize(Decimal("0.01"), ROUND_HALF_UP))


def truth(contact: dict[str, Any]) -> Row:
    """Returns the row of an answer of DescribeContact, without the product's code."""
    agent, queue = contact.get("AgentInfo") or {}, contact.get("QueueInfo") or {}
    taken, queued = agent.get("ConnectedToAgentTimestamp"), queue.get("EnqueueTimestamp")
    ended = contact["DisconnectTimestamp"]
    row = {
        "init_contact_id": text(contact, "InitialContactId"),
        "prev_contact_id": text(contact, "PreviousContactId"),
        "contact_id": text(contact, "Id"),
        "channel": text(contact, "Channel"),
        "init_method": text(contact, "InitiationMethod"),
        "init_time": clock(contact, "InitiationTimestamp"),
        "disconn_time": clock(contact, "DisconnectTimestamp"),
        "disconn_reason": text(contact, "DisconnectReason"),
        "last_update_time": clock(contact, "LastUpdateTimestamp"),
        "agent_conn": clock(agent, "ConnectedToAgentTimestamp"),
        "agent_id": text(agent, "Id"),
        "agent_afw_start": clock(agent, "AfterContactWorkStartTimestamp"),
        "agent_afw_end": clock(agent, "AfterContactWorkEndTimestamp"),
        "agent_afw_duration": text(agent, "AfterContactWorkDuration"),
        "queue_id": text(queue, "Id"),
        "in_queue_time": clock(queue, "EnqueueTimestamp"),
        "out_queue_time": clock(agent, "ConnectedToAgentTimestamp") if queued else None,
        "queue_duration": str((taken - queued) // SECOND) if taken and queued else None,
        "customer_hold_duration": text(agent, "AgentInitiatedHoldDuration"),
        "contact_duration": rounded(ended - taken) if taken else None,
        "sys_phone": text(contact, "SystemEndpoint", "Address"),
        "conn_to_sys": clock(contact, "ConnectedToSystemTimestamp"),
        "customer_phone": text(contact, "CustomerEndpoint", "Address"),
        "time_zone": "UTC",
        "init_time_local": clock(contact, "InitiationTimestamp"),
        "disconn_time_local": clock(contact, "DisconnectTimestamp"),
    }
    # The API lacks these, and no caller here heard a greeting.
    nulls = ("agent_conn_att", "agent_holds", "agent_longest_hold", "customer_voice")
    return row | dict.fromkeys(nulls)


# Names come from other tables; the two others are shown by test_transform and test_merge.
NOT_SHOWN = {"agent_username", "queue_name", "next_contact_id", "agent_interact_duration"}


@pytest.mark.parametrize("way", [BY_INSERT, BY_COPY])
def test_every_column_of_every_call_is_what_the_api_tells(pipeline: Pipeline, way: dict[str, str]) -> None:
    """S3-2, S3-3, S3-18, S3-19: transfers, queues, agents, holds, work after the call."""
    pipeline.seed_many(150, "10:00", "12:00", queues=["q", "r"], agents=["ada", "eve"])

    pipeline.run("12:40", **UTC_ZONE, **way)

    columns = [name for name in NAMES if name not in NOT_SHOWN]
    rows = pipeline.rows(*columns)
    assert len(rows) == 150
    connect, here = pipeline.client("connect"), {"InstanceId": pipeline.sandbox.instance}
    for row in rows:
        expected = truth(connect.describe_contact(**here, ContactId=row["contact_id"])["Contact"])
        assert set(expected) == set(columns)
        assert row == expected
    # A column that is null in all rows would be shown for none.
    filled = {name for row in rows for name, value in row.items() if value is not None}
    assert set(columns) - filled == {"agent_conn_att", "agent_holds", "agent_longest_hold", "customer_voice"}


def test_odd_texts_arrive_the_same_by_either_way(pipeline: Pipeline) -> None:
    """Texts that mean null, a quote or a parameter elsewhere; characters that no database takes are removed."""
    for number, text in enumerate((*ODD, LONG, NUL, HALF)):
        note = {"Attributes": {"note": text}}
        pipeline.seed(f"c{number:02}", "11:00", DisconnectReason=text, **note)
    found = []

    for way in (BY_INSERT, BY_COPY):
        done = pipeline.invoke(SPAN, **UTC_ZONE, **way)
        assert (done["status"], done["staged"]) == ("done", len(ODD) + 3)
        found.append([each["disconn_reason"] for each in pipeline.rows("disconn_reason")])
        assert pipeline.redshift is not None
        pipeline.redshift.sql("delete from connect.f_calls")

    assert found[0] == found[1] == [*ODD, "é" * 50, "ab", "half ? of it"]


@pytest.mark.parametrize("phones", ["keep", "mask", "hash"])
def test_an_address_of_odd_characters_is_kept_as_the_policy_says(pipeline: Pipeline, phones: str) -> None:
    pipeline.seed("a", "11:00", CustomerEndpoint={"Type": "VOIP", "Address": "sip:\ud800\0" + "x" * 200})

    assert pipeline.run("12:40", PHONES=phones, **UTC_ZONE)["inserted"] == 1


def test_names_of_queues_have_no_more_bytes_than_their_column(pipeline: Pipeline) -> None:
    """256 characters may be 1024 bytes, and one name would keep all others out."""
    pipeline.clients = {**pipeline.clients, "connect": Listed(pipeline.clients["connect"], "é" * 256)}

    pipeline.invoke({"dimensions": True})

    assert {each["queue_name"] for each in pipeline.rows("queue_name", table="dim_queues")} == {"é" * 256}
    assert pipeline.invoke({"dimensions": True}, **UTC_ZONE)["queues"] == 1
    pipeline.clients["connect"] = Listed(pipeline.clients["connect"], "日" * 256)
    pipeline.invoke({"dimensions": True})
    assert {each["queue_name"] for each in pipeline.rows("queue_name", table="dim_queues")} == {"日" * 170}


class Listed:
    """A Connect with a queue of a long name."""

    def __init__(self, client: Any, name: str) -> None:
        self._client, self._name = client, name

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def list_queues(self, **_: Any) -> Any:
        return {"QueueSummaryList": [{"Id": "q", "Name": self._name}]}


def test_a_slow_redshift_delays_a_run_without_a_failure(pipeline: Pipeline) -> None:
    """S3-25: each load takes 40 s; what was loaded last is written down in time, too."""
    assert pipeline.redshift is not None
    pipeline.seed_many(200, "10:00", "12:00")
    front, heard = pipeline.redshift.front, pipeline.redshift.front.heard

    def slowly(sql: str) -> Any:
        if "call connect" in sql:
            pipeline.clock.sleep(40)
        return heard(sql)

    front.heard = slowly  # type: ignore[method-assign]
    try:
        rates = {"RATES": "SearchContacts=1000/1000,DescribeContact=1/15", "WORKERS": "4"}
        done = pipeline.run("12:40", seconds=140, **UTC_ZONE, **rates)
    finally:
        front.heard = heard  # type: ignore[method-assign]

    assert (done["status"], done["watermark"] > "2026-01-05T10:00:00.000Z") == ("behind", True)
    assert 0 < done["inserted"] == pipeline.count() < 200


class Rotating(Clock):
    """While a run pauses, the secret gets the new password."""

    secret: Any = None

    def sleep(self, seconds: float) -> None:
        if self.secret:
            self.secret()
        super().sleep(seconds)


@LEAKS
@pytest.mark.parametrize("is_secret_delayed", [False, True])
def test_a_password_that_is_rotated_in_the_middle_of_a_run(pipeline: Pipeline, is_secret_delayed: bool) -> None:
    """The database may know of it before the secret does: Secrets Manager changes the one and then the other."""
    redshift, clock = pipeline.redshift, Rotating(pipeline.clock.at)
    assert redshift is not None
    pipeline.seed_many(40, "10:00", "12:00")
    pipeline.clock, front, new = clock, redshift.front, "Sesame-0100-rotated"
    heard, secrets, is_rotated = front.heard, pipeline.client("secretsmanager"), []

    def tell() -> None:
        result = json.loads(secrets.get_secret_value(SecretId=SECRET)["SecretString"]) | {"password": new}
        secrets.put_secret_value(SecretId=SECRET, SecretString=json.dumps(result))

    def rotate(sql: str) -> Any:
        if "call connect" in sql and not is_rotated:
            is_rotated.append(True)
            pipeline.client("redshift-serverless").update_namespace(namespaceName=NAMESPACE, adminUserPassword=new)
            if is_secret_delayed:
                clock.secret = tell
            else:
                tell()
        return heard(sql)

    front.heard = rotate  # type: ignore[method-assign]
    try:
        done = pipeline.run("12:40", CHUNK_CONTACTS="10", **UTC_ZONE)
    finally:
        front.heard = heard  # type: ignore[method-assign]

    assert (done["status"], done["inserted"], done["loads"]) == ("done", 40, 4)
    assert new not in "".join(pipeline.lines)
    # The driver forgets to close a connection that is not let in.
    gc.collect()


@LEAKS
def test_an_untrusted_certificate_is_refused(
    pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """verify-full: the name is right, who signed it is not; no password goes over the line."""
    assert pipeline.redshift is not None
    pipeline.seed("a", "11:00")
    pipeline.redshift.front.statements.clear()
    other, _ = own_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(other))

    with pytest.raises(LoadFailed, match="Redshift: "):
        pipeline.run("12:40", **UTC_ZONE)

    assert pipeline.redshift.front.statements == []
    gc.collect()


class Forgetful:
    """A DynamoDB that does not take the watermark."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def update_item(self, **asked: Any) -> Any:
        if "watermark" in asked["UpdateExpression"]:
            return self._client.update_item(**asked | {"TableName": "nowhere"})
        return self._client.update_item(**asked)


def test_a_watermark_that_can_not_be_moved_behind_a_commit_loses_nothing_and_doubles_nothing(
    pipeline: Pipeline,
) -> None:
    pipeline.run("10:40", **UTC_ZONE)
    pipeline.seed_many(30, "10:00", "12:00")
    clients = pipeline.clients
    pipeline.clients = {**clients, "dynamodb": Forgetful(clients["dynamodb"])}

    with pytest.raises(LedgerFailed, match="ResourceNotFoundException"):
        pipeline.run("12:40", **UTC_ZONE)
    assert (pipeline.count(), pipeline.watermark()) == (30, "2026-01-05T10:00:00.000Z")

    pipeline.clients = clients
    done = pipeline.run("14:40", **UTC_ZONE)

    assert (done["status"], done["inserted"], done["unchanged"]) == ("done", 0, 30)
    assert pipeline.watermark() == datetime(2026, 1, 5, 14, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
