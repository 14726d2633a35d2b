"""Versions and aliases of functions, and the concurrency that is provisioned for them."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from reconciler.sandbox import Control

from .deployed import Deployment, archive

ECHOES = "def handler(event, context): return context.function_version"


@pytest.fixture
def aws(sandbox: Control, session: Any) -> Deployment:
    made = Deployment(session)
    made.deploy(ECHOES)
    return made


def refused(call: Any, **params: Any) -> str:
    with pytest.raises(ClientError) as wrong:
        call(**params)
    return str(wrong.value.response["Error"]["Code"])


def publish(aws: Deployment, name: str = "f") -> str:
    """Publishes a version as soon as the function is settled."""
    aws("lambda").get_function(FunctionName=name)
    return str(aws("lambda").publish_version(FunctionName=name)["Version"])


def test_nothing_is_published_twice(aws: Deployment) -> None:
    first = publish(aws)
    again = publish(aws)
    aws("lambda").update_function_configuration(FunctionName="f", Timeout=20)
    later = publish(aws)

    assert (first, again, later) == ("1", "1", "2")


def test_a_version_needs_a_function_that_is_still(aws: Deployment, sandbox: Control) -> None:
    aws("lambda").get_function(FunctionName="f")
    sandbox.set_faults({"settling": {"calls": 5}})
    aws("lambda").update_function_configuration(FunctionName="f", Timeout=20)

    assert refused(aws("lambda").publish_version, FunctionName="f") == "ResourceConflictException"


def test_an_alias_is_unique_and_leads_to_a_version_that_exists(aws: Deployment) -> None:
    publish(aws)
    own = {"FunctionName": "f", "Name": "live"}
    aws("lambda").create_alias(**own, FunctionVersion="1")

    assert refused(aws("lambda").create_alias, **own, FunctionVersion="1") == "ResourceConflictException"
    assert refused(aws("lambda").update_alias, **own, FunctionVersion="9") == "ResourceNotFoundException"
    assert refused(aws("lambda").update_alias, **own, RevisionId="other") == "PreconditionFailedException"


def test_provisioned_concurrency_is_of_published_code_within_what_is_reserved(aws: Deployment) -> None:
    publish(aws)
    aws("lambda").put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=2)
    put = aws("lambda").put_provisioned_concurrency_config
    own = {"FunctionName": "f", "ProvisionedConcurrentExecutions": 2}

    assert refused(put, **own, Qualifier="$LATEST") == "InvalidParameterValueException"
    assert refused(put, **own, Qualifier="9") == "ResourceNotFoundException"
    assert refused(put, **{**own, "ProvisionedConcurrentExecutions": 3}, Qualifier="1") == (
        "InvalidParameterValueException"
    )
    assert put(**own, Qualifier="1")["AllocatedProvisionedConcurrentExecutions"] == 2


def test_provisioned_concurrency_goes_with_its_alias(aws: Deployment) -> None:
    publish(aws)
    own = {"FunctionName": "f", "Qualifier": "live"}
    aws("lambda").create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    aws("lambda").put_provisioned_concurrency_config(**own, ProvisionedConcurrentExecutions=1)
    aws("lambda").delete_alias(FunctionName="f", Name="live")
    aws("lambda").create_alias(FunctionName="f", Name="live", FunctionVersion="1")

    get = aws("lambda").get_provisioned_concurrency_config
    assert refused(get, **own) == "ProvisionedConcurrencyConfigNotFoundException"


@pytest.mark.slow
def test_an_alias_runs_its_version(aws: Deployment) -> None:
    publish(aws)
    aws("lambda").create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    aws("lambda").update_function_code(FunctionName="f", ZipFile=archive("def handler(event, context): return 'new'"))

    assert aws.invoke(Qualifier="live") == "1"
    assert aws.invoke() == "new"


@pytest.mark.slow
def test_events_of_an_alias_have_its_settings(aws: Deployment) -> None:
    aws.deploy("def handler(event, context): raise ValueError('no')", "g")
    publish(aws, "g")
    aws("lambda").create_alias(FunctionName="g", Name="live", FunctionVersion="1")
    to = {"OnFailure": {"Destination": aws.queue("failed")}}
    own = {"FunctionName": "g", "Qualifier": "live"}
    aws("lambda").put_function_event_invoke_config(**own, MaximumRetryAttempts=0, DestinationConfig=to)

    aws("lambda").invoke(FunctionName="g", Qualifier="live", InvocationType="Event", Payload=b"{}")

    assert aws.messages("failed")[0]["requestContext"]["condition"] == "RetriesExhausted"
