"""Settings and events: every mistake is named, and no value is repeated."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.lambdas.connectwise.failures import WrongEvent, WrongSettings
from reconciler.lambdas.connectwise_load.events import Event, read_event
from reconciler.lambdas.connectwise_load.settings import read_settings
from reconciler.packaging.source import LAMBDAS

GOOD = {
    "BUCKET_NAME": "lake-111122223333",
    "TENANT_SERVICES_TABLE": "tenant-services",
    "LAST_UPDATED_TABLE": "last-updated",
    "COPY_ROLE_ARN": "arn:aws:iam::111122223333:role/copy",
    "REDSHIFT_SECRET_ID": "connectwise/warehouse",
    "AWS_REGION": "us-east-1",
}


def test_the_settings_have_the_address_of_the_database() -> None:
    settings = read_settings(GOOD)

    assert (settings.redshift.secret, settings.redshift.database) == ("connectwise/warehouse", "dev")
    assert settings.copy_role == "arn:aws:iam::111122223333:role/copy"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"BUCKET_NAME": ""}, "BUCKET_NAME is missing"),
        ({"COPY_ROLE_ARN": "sesame"}, "COPY_ROLE_ARN must match"),
        ({"REDSHIFT_SECRET_ID": ""}, "either REDSHIFT_SECRET_ID or REDSHIFT_WORKGROUP must be set"),
        ({"REDSHIFT_WORKGROUP": "w"}, "either REDSHIFT_SECRET_ID or REDSHIFT_WORKGROUP must be set"),
        ({"REDSHIFT_PORT": "sesame"}, "REDSHIFT_PORT must be a whole number"),
    ],
)
def test_a_wrong_variable_is_named_and_its_value_is_not(changes: dict[str, str], message: str) -> None:
    with pytest.raises(WrongSettings, match=message) as wrong:
        read_settings({**GOOD, **changes})

    assert "sesame" not in str(wrong.value)


@pytest.mark.parametrize(
    ("event", "read"),
    [
        ({}, Event()),
        ({"run": "20260105T120000Z"}, Event("20260105T120000Z")),
        ({"tenant_id": "a", "table_name": "tickets"}, Event(tenant="a", table="tickets")),
        ({"migrate": True}, Event(is_migration=True)),
    ],
)
def test_an_event_is_read(event: Any, read: Event) -> None:
    assert read_event(event) == read


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ([], "must be an object"),
        ({"migrat": True}, "unknown: migrat; known are migrate, run, table_name, tenant_id"),
        ({"run": "today"}, "today is not the name of a run"),
        ({"run": 7}, "run must be a text"),
        ({"migrate": "yes"}, "migrate must be true or false"),
        ({"migrate": True, "tenant_id": "a"}, "migrate stands alone"),
    ],
)
def test_a_wrong_event_is_refused(event: Any, message: str) -> None:
    with pytest.raises(WrongEvent, match=message):
        read_event(event)


def test_the_declared_variables_are_those_that_are_read() -> None:
    schema = json.loads((LAMBDAS / "connectwise_load" / "environment.schema.json").read_text())

    assert set(GOOD) - {"AWS_REGION"} <= set(schema["properties"])
    assert set(schema["required"]) == set(GOOD) - {"AWS_REGION", "REDSHIFT_SECRET_ID"}
