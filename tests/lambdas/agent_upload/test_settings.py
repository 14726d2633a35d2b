"""The environment variables: each mistake at once, none of their values, and what the schema says of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import reconciler.lambdas.agent_upload as package
from reconciler.lambdas.agent_upload.failures import WrongSettings
from reconciler.lambdas.agent_upload.settings import read_settings
from tests.lambdas.invocations import Watched

SCHEMA: dict[str, Any] = json.loads((Path(package.__file__).parent / "environment.schema.json").read_text())
ID = "00000000-0000-4000-8000-00000000c0de"
GOOD = {
    "INSTANCE_ID": f"arn:aws:connect:eu-west-2:111122223333:instance/{ID}",
    "UPLOADS_TABLE": "agents-uploads",
    "ROSTER_TABLE": "agents-roster",
    "BUCKET_NAME": "agents-111122223333",
    "SECRET_PREFIX": "agents/passwords",
}
WRONG = {
    "INSTANCE_ID": "mine",
    "UPLOADS_TABLE": "",
    "ROSTER_TABLE": "",
    "BUCKET_NAME": "Not A Bucket",
    "SECRET_PREFIX": "a b",
    "UPLOAD_PREFIX": "uploads",
    "RESULT_PREFIX": "/results/",
    "QUARANTINE_PREFIX": "é/",
    "KMS_KEY_ARN": "alias/mine",
    "IDENTITY_TYPE": "PASSPORT",
}


def test_the_required_variables_suffice() -> None:
    found = read_settings(GOOD)

    assert (found.instance_id, found.region) == (ID, "eu-west-2")
    assert (found.uploads, found.results, found.quarantine) == ("uploads/", "results/", "quarantine/")
    assert (found.creates_groups, found.generates_passwords, found.identity_type) == (False, False, "")


def test_an_id_is_of_the_region_in_which_the_function_runs() -> None:
    found = read_settings({**GOOD, "INSTANCE_ID": ID, "AWS_REGION": "us-east-1"})

    assert (found.instance_id, found.region) == (ID, "us-east-1")


def test_the_schema_describes_every_variable_that_is_read_and_no_other() -> None:
    watched = Watched({**GOOD, "INSTANCE_ID": ID})

    read_settings(watched)

    assert watched.names == set(SCHEMA["properties"])
    assert all("description" in held for held in SCHEMA["properties"].values())


def test_every_mistake_is_named_at_once_without_its_value() -> None:
    flags = {"CREATE_HIERARCHY_GROUPS": "maybe", "GENERATE_PASSWORDS": "2"}

    with pytest.raises(WrongSettings) as raised:
        read_settings({**WRONG, **flags})

    assert all(name in str(raised.value) for name in {**WRONG, **flags})
    assert [text for text in WRONG.values() if text and f" {text}" in str(raised.value)] == []


@pytest.mark.parametrize("name", WRONG)
def test_the_schema_refuses_what_the_function_refuses(name: str) -> None:
    environ = {**GOOD, "AWS_REGION": "us-east-1", name: WRONG[name]}

    with pytest.raises(WrongSettings, match=name):
        read_settings(environ)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(environ, SCHEMA)


def test_prefixes_inside_each_other_are_refused_because_results_would_be_uploads() -> None:
    with pytest.raises(WrongSettings, match="must lie beside each other"):
        read_settings({**GOOD, "RESULT_PREFIX": "uploads/results/"})
