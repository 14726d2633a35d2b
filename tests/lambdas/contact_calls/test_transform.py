"""A contact → a row: each column with its right meaning, and what is missing is null."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.lambdas.contact_calls.columns import COLUMNS, NAMES, Teller, needs_describing
from reconciler.lambdas.contact_calls.transform import make_row, make_rows

NEW_YORK = ZoneInfo("America/New_York")
EARLIER = timezone(timedelta(hours=-3))


def at(hour: int, minute: int = 0, second: float = 0) -> datetime:
    """Returns a time as boto3 does: with another offset."""
    return (datetime(2026, 1, 5, hour, minute, tzinfo=UTC) + timedelta(seconds=second)).astimezone(EARLIER)


def plain(hour: int, minute: int = 0, second: float = 0) -> datetime:
    return at(hour, minute, second).astimezone(UTC).replace(tzinfo=None)


WHOLE: dict[str, Any] = {
    "Arn": "arn:aws:connect:us-east-1:111122223333:instance/i/contact/c",
    "Id": "c",
    "InitialContactId": "a",
    "PreviousContactId": "b",
    "Channel": "VOICE",
    "InitiationMethod": "INBOUND",
    "InitiationTimestamp": at(14),
    "DisconnectTimestamp": at(14, 30),
    "DisconnectReason": "CUSTOMER_DISCONNECT",
    "LastUpdateTimestamp": at(14, 33),
    "ConnectedToSystemTimestamp": at(14, 0, 1),
    "QueueInfo": {"Id": "q", "EnqueueTimestamp": at(14, 1)},
    "AgentInfo": {
        "Id": "ada",
        "ConnectedToAgentTimestamp": at(14, 5, 0.5),
        "AfterContactWorkStartTimestamp": at(14, 30),
        "AfterContactWorkEndTimestamp": at(14, 32),
        "AfterContactWorkDuration": 120,
        "AgentInitiatedHoldDuration": 60,
        "AgentPauseDurationInSeconds": 5,
    },
    "CustomerVoiceActivity": {"GreetingStartTimestamp": at(14, 5, 1), "GreetingEndTimestamp": at(14, 5, 3.25)},
    "CustomerEndpoint": {"Type": "TELEPHONE_NUMBER", "Address": "+15550100"},
    "SystemEndpoint": {"Type": "TELEPHONE_NUMBER", "Address": "+15550199"},
    "NextContacts": [
        {"Type": "QUICK_CONNECT", "NextContactMetadata": {"QuickConnectContactData": {"ContactId": "e"}}},
        {
            "Type": "QUICK_CONNECT",
            "NextContactMetadata": {"QuickConnectContactData": {"ContactId": "d", "InitiationTimestamp": at(14, 31)}},
        },
        {"Type": "NEW", "NextContactMetadata": {}},
    ],
    "TotalPauseCount": 3,
    "TotalPauseDurationInSeconds": 77,
    "QueueTimeAdjustmentSeconds": 99,
}


def row(contact: dict[str, Any], zone: ZoneInfo = NEW_YORK) -> dict[str, Any]:
    return dict(zip(NAMES, make_row(contact, zone), strict=True))


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("init_contact_id", "a"),
        ("prev_contact_id", "b"),
        ("contact_id", "c"),
        ("next_contact_id", "d"),
        ("channel", "VOICE"),
        ("init_method", "INBOUND"),
        ("init_time", plain(14)),
        ("disconn_time", plain(14, 30)),
        ("disconn_reason", "CUSTOMER_DISCONNECT"),
        ("last_update_time", plain(14, 33)),
        ("agent_conn", plain(14, 5, 0.5)),
        ("agent_id", "ada"),
        ("agent_username", None),
        ("agent_conn_att", None),
        ("agent_afw_start", plain(14, 30)),
        ("agent_afw_end", plain(14, 32)),
        ("agent_afw_duration", 120),
        ("agent_interact_duration", 25 * 60 - 1 - 60 - 5),
        ("agent_holds", None),
        ("agent_longest_hold", None),
        ("queue_id", "q"),
        ("queue_name", None),
        ("in_queue_time", plain(14, 1)),
        ("out_queue_time", plain(14, 5, 0.5)),
        ("queue_duration", 240),
        ("customer_voice", "2026-01-05T14:05:01.000Z/2026-01-05T14:05:03.250Z"),
        ("customer_hold_duration", 60),
        ("contact_duration", Decimal("1499.50")),
        ("sys_phone", "+15550199"),
        ("conn_to_sys", plain(14, 0, 1)),
        ("customer_phone", "+15550100"),
        ("time_zone", "America/New_York"),
        ("init_time_local", plain(9)),
        ("disconn_time_local", plain(9, 30)),
    ],
)
def test_each_column_means_what_its_name_says(column: str, expected: Any) -> None:
    """S3-11, S3-18: pauses are not holds, an adjustment is not queue time; UTC with the local time beside it."""
    assert row(WHOLE)[column] == expected


def test_every_column_has_a_case_above_and_a_meaning() -> None:
    (cases,) = (mark.args[1] for mark in test_each_column_means_what_its_name_says.pytestmark)  # type: ignore[attr-defined]

    assert [name for name, _ in cases] == list(NAMES)
    assert all(column.meaning for column in COLUMNS)


def test_the_31_columns_of_what_it_replaces_come_first_and_in_their_order() -> None:
    """S3-18."""
    listed = "init_contact_id prev_contact_id contact_id next_contact_id channel init_method init_time disconn_time "
    listed += "disconn_reason last_update_time agent_conn agent_id agent_username agent_conn_att agent_afw_start "
    listed += "agent_afw_end agent_afw_duration agent_interact_duration agent_holds agent_longest_hold queue_id "
    listed += "queue_name in_queue_time out_queue_time queue_duration customer_voice customer_hold_duration "
    listed += "contact_duration sys_phone conn_to_sys customer_phone"

    assert (*listed.split(), "time_zone", "init_time_local", "disconn_time_local") == NAMES


def test_what_search_does_not_tell_only_describing_does() -> None:
    assert needs_describing(NAMES)
    assert not needs_describing([each.name for each in COLUMNS if each.teller is not Teller.DESCRIBE])
    assert needs_describing(["contact_id", "disconn_reason"])


def test_what_is_missing_is_null_and_never_nought() -> None:
    """S3-5, S3-11."""
    found = row({"Id": "c", "DisconnectTimestamp": at(14)})

    result = {name for name, value in found.items() if value is not None}
    assert result == {"contact_id", "disconn_time", "time_zone", "disconn_time_local"}
    assert 0 not in found.values()


def test_a_call_that_no_agent_took_has_no_time_out_of_the_queue_and_no_duration() -> None:
    found = row({name: value for name, value in WHOLE.items() if name != "AgentInfo"})

    assert found["in_queue_time"] == plain(14, 1)
    nulls = (
        "out_queue_time",
        "queue_duration",
        "contact_duration",
        "agent_interact_duration",
        "customer_hold_duration",
    )
    assert [found[name] for name in nulls] == [None] * 5


def test_an_interaction_ends_where_the_agents_connection_does() -> None:
    states = [
        {"State": "CONNECTED", "StateStartTimestamp": at(14, 5, 0.5), "StateEndTimestamp": at(14, 15, 0.5)},
        {"State": "DISCONNECTED", "StateStartTimestamp": at(14, 15, 0.5)},
    ]
    agent = WHOLE["AgentInfo"] | {"StateTransitions": states}

    assert row(WHOLE | {"AgentInfo": agent})["agent_interact_duration"] == 600 - 60 - 5


def test_without_a_known_hold_an_interaction_is_not_guessed() -> None:
    agent = {name: value for name, value in WHOLE["AgentInfo"].items() if name != "AgentInitiatedHoldDuration"}

    found = row(WHOLE | {"AgentInfo": agent})

    assert (found["agent_interact_duration"], found["customer_hold_duration"]) == (None, None)


def test_times_the_wrong_way_round_give_no_duration() -> None:
    agent = WHOLE["AgentInfo"] | {"ConnectedToAgentTimestamp": at(15)}

    found = row(WHOLE | {"AgentInfo": agent, "QueueInfo": {"Id": "q", "EnqueueTimestamp": at(16)}})

    assert [found[name] for name in ("contact_duration", "queue_duration", "agent_interact_duration")] == [None] * 3


@pytest.mark.parametrize(
    ("seconds", "expected"), [(446.697, "446.70"), (446.694, "446.69"), (446.695, "446.70"), (0.004, "0.00")]
)
def test_a_duration_is_rounded_as_a_database_rounds_it(seconds: float, expected: str) -> None:
    agent = {"AgentInfo": {"ConnectedToAgentTimestamp": at(14)}, "DisconnectTimestamp": at(14, 0, seconds)}

    assert row({"Id": "c"} | agent)["contact_duration"] == Decimal(expected)


def test_utc_separates_the_hour_that_occurs_twice() -> None:
    first, second = (datetime(2026, 11, 1, hour, 30, tzinfo=UTC) for hour in (5, 6))

    one, other = (row({"Id": "c", "DisconnectTimestamp": each}) for each in (first, second))

    assert one["disconn_time_local"] == other["disconn_time_local"] == datetime(2026, 11, 1, 1, 30)
    assert other["disconn_time"] - one["disconn_time"] == timedelta(hours=1)


def test_half_a_greeting_stays_open() -> None:
    activity = {"GreetingStartTimestamp": at(14)}

    assert row(WHOLE | {"CustomerVoiceActivity": activity})["customer_voice"] == "2026-01-05T14:00:00.000Z/.."


@pytest.mark.parametrize(("column", "width"), [("disconn_reason", 100), ("customer_phone", 256), ("channel", 50)])
def test_no_text_has_more_bytes_than_its_column(column: str, width: int) -> None:
    """Redshift counts bytes, and one text that is too long fails the whole load."""
    long = "é" * 400
    contact = WHOLE | {"DisconnectReason": long, "Channel": long, "CustomerEndpoint": {"Address": long}}

    assert len(row(contact)[column].encode()) == width


@pytest.mark.parametrize(
    ("text", "kept"),
    [("a\0b", "ab"), ("\0" * 60, ""), ("half \ud800 of it", "half ? of it"), ("é" * 49 + "xé🎉", "é" * 49 + "x")],
)
def test_what_no_column_takes_fails_no_load(text: str, kept: str) -> None:
    """One contact would hold up all others for ever; a character is not cut in the middle."""
    assert row(WHOLE | {"DisconnectReason": text})["disconn_reason"] == kept


def test_columns_that_are_not_asked_for_are_null() -> None:
    (found,) = make_rows([WHOLE], NEW_YORK, columns=("contact_id", "disconn_time"))

    assert {name for name, value in zip(NAMES, found, strict=True) if value is not None} == {
        "contact_id",
        "disconn_time",
    }


def test_an_address_is_kept_as_the_policy_says() -> None:
    found = dict(zip(NAMES, make_rows([WHOLE], NEW_YORK, lambda address: address[-2:])[0], strict=True))

    assert (found["customer_phone"], found["sys_phone"]) == ("00", "99")


UNKNOWN = st.dictionaries(
    st.text(min_size=1).map(lambda name: f"New{name}"), st.none() | st.text() | st.integers() | st.lists(st.text())
)


@pytest.mark.slow
@settings(max_examples=50)
@given(st.sets(st.sampled_from(sorted(WHOLE))), UNKNOWN, UNKNOWN)
def test_members_that_are_missing_or_new_make_no_difference_to_the_others(
    missing: set[str], new: dict[str, Any], within: dict[str, Any]
) -> None:
    """S3-5: fuzzed."""
    kept = {name: value for name, value in WHOLE.items() if name not in missing - {"Id"}}

    found = row({**new, **kept} | ({"AgentInfo": within | kept["AgentInfo"]} if "AgentInfo" in kept else {}))

    assert found == row(kept)
    assert found["contact_id"] == "c"
