"""A missing variable is an error at the start, and the error names it."""

from __future__ import annotations

import pytest

from reconciler.lambdas.connectwise.failures import WrongSettings
from reconciler.lambdas.connectwise.settings import Common, read_common

ROLE = "arn:aws:iam::111122223333:role/reconcile/stack/dev/tenant"
ENVIRON = {
    **{"BUCKET_NAME": "lake", "TENANT_SERVICES_TABLE": "tenant-services", "LAST_UPDATED_TABLE": "last-updated"},
    **{"AWS_REGION": "us-east-1", "TENANT_ROLE_ARN": ROLE},
}


def test_settings_are_read() -> None:
    found = read_common({**ENVIRON, "ALLOW_HTTP": "true", "ENVIRONMENT": "prod"}, needs_role=True)

    assert found == Common("lake", "tenant-services", "last-updated", "us-east-1", "prod", ROLE, allows_http=True)


@pytest.mark.parametrize("name", ["BUCKET_NAME", "TENANT_SERVICES_TABLE", "LAST_UPDATED_TABLE", "TENANT_ROLE_ARN"])
def test_a_missing_variable_is_named(name: str) -> None:
    """S2-28, S2-29, S2-30."""
    with pytest.raises(WrongSettings, match=f"^{name} is missing$"):
        read_common({**ENVIRON, name: " "}, needs_role=True)


def test_a_function_without_data_of_tenants_needs_no_role() -> None:
    assert read_common({**ENVIRON, "TENANT_ROLE_ARN": ""}, needs_role=False).tenant_role == ""


def test_every_mistake_is_listed_and_no_value() -> None:
    with pytest.raises(WrongSettings) as caught:
        read_common({**ENVIRON, "BUCKET_NAME": "Hunter 2", "LAST_UPDATED_TABLE": ""}, needs_role=True)

    assert "BUCKET_NAME must match" in str(caught.value)
    assert "LAST_UPDATED_TABLE is missing" in str(caught.value)
    assert "Hunter" not in str(caught.value)
