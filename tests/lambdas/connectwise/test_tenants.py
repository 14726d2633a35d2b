"""Rows of TenantServices are checked one by one, and every page is read."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeSerializer

from reconciler.lambdas.connectwise.failures import LedgerFailed, WrongEvent
from reconciler.lambdas.connectwise.tables import TABLES
from reconciler.lambdas.connectwise.tenants import Backfill, Deletes, Privacy, Skipped, Tenant, check_row, read_tenants
from reconciler.lambdas.shared.calls import Calls
from reconciler.sandbox import Control
from tests.lambdas.connectwise.places import TENANTS, row


def tenant(**changes: Any) -> Tenant:
    checked = check_row(row(**changes))
    assert isinstance(checked, Tenant), checked
    return checked


def reason(*, allows_http: bool = False, **changes: Any) -> str:
    checked = check_row(row(**changes), allows_http=allows_http)
    assert isinstance(checked, Skipped), checked
    return checked.reason


def put(dynamodb: Any, **attributes: Any) -> None:
    item = {name: TypeSerializer().serialize(value) for name, value in attributes.items()}
    dynamodb.put_item(TableName=TENANTS, Item=item)


def test_a_row_of_the_seed_needs_nothing_that_the_seed_did_not_have() -> None:
    """S2-27: its attributes, with custom_config as a JSON text."""
    seed = row(tables=None, custom_config='{"sync_frequency_minutes": 15}', created_at="2024-01-01", updated_at="x")

    checked = check_row(seed)

    assert checked == Tenant(
        "harbor-dental",
        "https://api-na.myconnectwise.net",
        "connectwise/harbor-dental/dev",
        tables=TABLES,
        company_name="Harbor Dental Group",
    )


def test_settings_of_a_tenant_are_read() -> None:
    checked = tenant(
        rate_per_minute=Decimal(60),
        backfill={"days": Decimal(90), "chunk_days": Decimal(7)},
        deletes={"confirmations": 3, "max_percent": 5},
        privacy={"contact": "hash", "allow": ["gender"], "deny": ["company.annualRevenue"]},
        readers=["IAMR:analyst"],
        enabled=False,
        connectwise_url="https://cw.example.com/",
    )

    assert (checked.rate_per_minute, checked.backfill, checked.deletes) == (60, Backfill(90, 7), Deletes(3, 5))
    assert checked.privacy == Privacy("hash", ("gender",), ("company.annualRevenue",))
    assert (checked.readers, checked.is_enabled, checked.url) == (("IAMR:analyst",), False, "https://cw.example.com")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"tenant_id": "Harbor Dental"}, "tenant_id must match"),
        ({"tenant_id": None}, "tenant_id must match"),
        ({"tenant_id": "runs", "secret_name": "connectwise/runs/dev"}, "the bucket has a folder of this name"),
        ({"connectwise_url": None}, "connectwise_url must be https://HOST"),
        ({"connectwise_url": "http://127.0.0.1:9"}, "connectwise_url must be https://HOST"),
        ({"connectwise_url": "https://key:secret@cw.example.com"}, "connectwise_url must be https://HOST"),
        ({"connectwise_url": "https://cw.example.com/?x=1"}, "connectwise_url must be https://HOST"),
        ({"connectwise_url": "https://[::1"}, "connectwise_url must be https://HOST"),
        ({"connectwise_url": 5}, "connectwise_url must be a text"),
        ({"secret_name": "connectwise/quay-legal/dev"}, "secret_name must begin with connectwise/harbor-dental/"),
        ({"enabled": "yes"}, "enabled must be true or false"),
        ({"tables": ["service/ticket"]}, 'service/ticket is not known. Did you mean "service/tickets"?'),
        ({"tables": ["service/tickets"] * 2}, "tables must name each table once"),
        ({"tables": []}, "tables must name each table once, and at least one"),
        ({"tables": "service/tickets"}, "tables must be a list of texts"),
        ({"freshness_minutes": 5}, "freshness_minutes must be a whole number from 15 to 1440"),
        ({"rate_per_minute": 0}, "rate_per_minute must be a whole number from 1 to 10000"),
        ({"rate_per_minute": Decimal("1.5")}, "rate_per_minute must be"),
        ({"rate_per_minute": True}, "rate_per_minute must be"),
        ({"rate_per_minute": "many"}, "rate_per_minute must be"),
        ({"backfill": 5}, "backfill must be a map"),
        ({"backfill": {"chunk_days": 0}}, "chunk_days must be"),
        ({"deletes": {"max_percent": 101}}, "max_percent must be"),
        ({"privacy": {"contact": "mask"}}, "privacy.contact must be keep, hash, drop"),
        ({"privacy": {"deny": [1]}}, "deny must be a list of texts"),
    ],
)
def test_a_broken_row_has_a_reason(changes: dict[str, Any], expected: str) -> None:
    """S2-27."""
    assert expected in reason(**changes)


def test_a_row_has_all_of_its_reasons_and_none_repeats_a_value() -> None:
    text = reason(enabled="hunter2", connectwise_url="ftp://hunter2", rate_per_minute=-1)

    assert text.count(";") >= 2
    assert "hunter2" not in text


def test_http_is_for_loopback_in_a_sandbox_only() -> None:
    assert isinstance(check_row(row(connectwise_url="http://127.0.0.1:9"), allows_http=True), Tenant)
    assert "https" in reason(connectwise_url="http://cw.example.com", allows_http=True)


def test_every_page_is_read_and_a_broken_row_stops_no_other(sandbox: Control, dynamodb: Any, patient: Calls) -> None:
    """S2-27: a Scan answers 1 MB at a time, and these rows are 1.5 MB."""
    for number in range(15):
        put(dynamodb, **row(f"tenant-{number:02}", custom_config="x" * 100_000))
    put(dynamodb, **row("tenant-99", tables=["x"]))

    rows = read_tenants(dynamodb, patient, TENANTS, allows_http=False)

    assert [each.id for each in rows.tenants] == [f"tenant-{number:02}" for number in range(15)]
    assert [each.tenant for each in rows.skipped] == ["tenant-99"]


def test_a_tenant_is_found_by_its_exact_name(sandbox: Control, dynamodb: Any, patient: Calls) -> None:
    """S2-35."""
    put(dynamodb, **row())
    rows = read_tenants(dynamodb, patient, TENANTS, allows_http=False)

    assert rows.find("harbor-dental") == tenant()
    with pytest.raises(WrongEvent, match=r'"harbor" is not|\'harbor\' is not .*Did you mean "harbor-dental"\?'):
        rows.find("harbor")


def test_a_table_that_does_not_answer_is_an_error(sandbox: Control, dynamodb: Any, patient: Calls) -> None:
    with pytest.raises(LedgerFailed, match="dynamodb:Scan"):
        read_tenants(dynamodb, patient, "absent", allows_http=False)
