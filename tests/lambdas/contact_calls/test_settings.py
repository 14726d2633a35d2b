"""The environment variables: each mistake at once, none of their values, and what the schema says of them."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import reconciler.lambdas.contact_calls as package
from reconciler.lambdas.contact_calls.columns import NAMES
from reconciler.lambdas.contact_calls.failures import WrongSettings
from reconciler.lambdas.contact_calls.settings import read_settings
from reconciler.lambdas.shared.pace import Rate

SCHEMA: dict[str, Any] = json.loads((Path(package.__file__).parent / "environment.schema.json").read_text())
GOOD = {
    "CONNECT_INSTANCE_ARN": "arn:aws:connect:us-east-1:111122223333:instance/00000000-0000-4000-8000-00000000c0de",
    "LEDGER_TABLE": "contact-calls",
    "LOAD_BUCKET": "contact-calls-111122223333",
    "COPY_ROLE_ARN": "arn:aws:iam::111122223333:role/redshift-copy",
    "REDSHIFT_SECRET_ID": "redshift/loader",
}


class Watched(dict[str, str]):
    """Remembers what it was asked for."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.asked: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        return super().get(key, default)


def test_what_is_needed_suffices() -> None:
    """S3-27: interval, delay and overlap have defaults and are configurable."""
    found = read_settings(GOOD)

    assert (found.grid.zone.key, found.grid.minutes) == ("America/New_York", 120)
    assert (found.delay.seconds, found.overlap.seconds) == (1800, 7200)
    assert found.channels == ("VOICE",)
    assert found.columns == NAMES
    assert found.rates == {"SearchContacts": Rate(0.5, 1), "DescribeContact": Rate(10.0, 15)}


def test_the_schema_describes_every_variable_that_is_read_and_no_other() -> None:
    watched = Watched(GOOD)

    read_settings(watched)

    assert watched.asked == set(SCHEMA["properties"])
    assert all("description" in each for each in SCHEMA["properties"].values())


def test_the_defaults_of_the_schema_are_those_that_are_taken() -> None:
    message = {name: each["default"] for name, each in SCHEMA["properties"].items() if "default" in each}

    assert read_settings(GOOD | message) == read_settings(GOOD)


def test_an_empty_variable_is_one_that_is_not_set() -> None:
    optional = set(SCHEMA["properties"]) - set(GOOD)

    assert read_settings(GOOD | dict.fromkeys(optional, "")) == read_settings(GOOD)


def test_no_variable_is_a_password() -> None:
    """Credentials come from a secret or from IAM."""
    assert [name for name in SCHEMA["properties"] if "PASSWORD" in name or "CONFIG" in name] == []
    assert [field.name for field in fields(read_settings(GOOD).redshift) if "password" in field.name] == []


WRONG = [
    ({"CONNECT_INSTANCE_ARN": "x"}, "CONNECT_INSTANCE_ARN must match"),
    ({"CONNECT_INSTANCE_ARN": ""}, "CONNECT_INSTANCE_ARN is missing"),
    ({"LEDGER_TABLE": ""}, "LEDGER_TABLE is missing"),
    ({"LOAD_BUCKET": "a'b"}, "LOAD_BUCKET must match"),
    ({"LOAD_PREFIX": "a'b"}, "LOAD_PREFIX must match"),
    ({"COPY_ROLE_ARN": "arn:aws:iam::111122223333:role/x' drop"}, "COPY_ROLE_ARN must match"),
    ({"REDSHIFT_SECRET_ID": ""}, "either REDSHIFT_SECRET_ID or"),
    ({"REDSHIFT_WORKGROUP": "w", "REDSHIFT_HOST": "h"}, "either REDSHIFT_SECRET_ID or"),
    ({"REDSHIFT_SECRET_ID": "", "REDSHIFT_WORKGROUP": "w"}, "REDSHIFT_HOST is missing"),
    ({"CHANNELS": "VOICE,FAX"}, "CHANNELS must be some of"),
    ({"PHONES": "sell"}, "PHONES must be keep or mask or hash"),
    ({"RATES": "fast"}, "RATES must be like"),
    ({"INTERVAL_MINUTES": "two"}, "INTERVAL_MINUTES must be a whole number"),
    ({"OVERLAP_MINUTES": "-1"}, "OVERLAP_MINUTES must be a whole number"),
]


@pytest.mark.parametrize(("message", "words"), WRONG)
def test_an_invalid_variable_is_reported_and_refused_by_the_schema(message: dict[str, str], words: str) -> None:
    with pytest.raises(WrongSettings, match=words):
        read_settings(GOOD | message)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(GOOD | message, SCHEMA)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({"INTERVAL_MINUTES": "7"}, "must divide a day"),
        ({"TIME_ZONE": "Mars/Olympus"}, "be an IANA time zone"),
        ({"COLUMNS": "contact_id,nope"}, "COLUMNS must be columns of f_calls"),
        ({"COLUMNS": "agent_id"}, "with contact_id and disconn_time among them"),
        ({"RATES": "DescribeContact=0/1"}, "RATES must be like"),
        ({"WORKERS": "99"}, "within 1 and 64"),
    ],
)
def test_rules_beyond_the_schema_are_reported(message: dict[str, str], words: str) -> None:
    with pytest.raises(WrongSettings, match=words):
        read_settings(GOOD | message)


def test_all_mistakes_are_reported_without_values() -> None:
    with pytest.raises(WrongSettings) as result:
        read_settings({"PHONES": "Sesame", "WORKERS": "Sesame", "LOAD_BUCKET": "Sesame!"})

    assert str(result.value).count(";") == 6
    assert "Sesame" not in str(result.value)


@pytest.mark.parametrize(
    "message",
    [
        {"REDSHIFT_SECRET_ID": "", "REDSHIFT_WORKGROUP": "w", "REDSHIFT_HOST": "h"},
        {"RATES": "SearchContacts=1/2,DescribeContact=20/20", "CHANNELS": "VOICE, CHAT", "DEBUG_LOG": "yes"},
        {"TIME_ZONE": "UTC", "INTERVAL_MINUTES": "60", "COLUMNS": "contact_id,disconn_time,agent_id"},
    ],
)
def test_what_is_right_the_schema_takes_too(message: dict[str, str]) -> None:
    read_settings(GOOD | message)
    jsonschema.validate(GOOD | message, SCHEMA)
