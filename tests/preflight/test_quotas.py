"""Quotas of AWS, compared with declared and live resources and with reconcile.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from reconciler.errors import Source
from reconciler.kinds.registry import KINDS
from reconciler.model import Desired, Manifest
from reconciler.model.environment import Quotas
from reconciler.preflight import Check, CheckResult, preflight
from reconciler.preflight.quotas import quotas
from tests.builders.kinds_of_services import Group, LimitedGroupKind
from tests.builders.resources import hours, queue
from tests.preflight.preflights import ARN, ENVIRONMENT, GOOD, checked, desired, quota
from tests.worlds.scripted_aws import ScriptedAnswer, ScriptedAws, denied, refusal

OVER = "but quotas.groupsPerAccount is 1,000,000"


def cells(allowed: ScriptedAnswer, declared: int = 2) -> Check:
    answers = {"service-quotas:ListServiceQuotas": allowed}
    return checked(answers, declared=desired(cells=declared))["quota: cells per table"]


@pytest.mark.parametrize(
    ("allowed", "declared", "result", "text"),
    [
        (1000, 2, CheckResult.OK, "AWS allows 1,000: 2 declared in DataTable/T0"),
        (5000, 2, CheckResult.OK, "quotas.cellsPerTable is 1,000"),
        (500, 2, CheckResult.WARNING, "quotas.cellsPerTable is 1,000"),
        (1000, 950, CheckResult.WARNING, "nearly used up"),
        (500, 501, CheckResult.FAILED, "501 declared in DataTable/T0"),
    ],
)
def test_a_quota_is_compared_with_declared_and_written_numbers(
    allowed: float, declared: int, result: CheckResult, text: str
) -> None:
    check = cells(quota(allowed), declared)

    assert check.result is result
    assert text in check.message
    assert bool(check.remedy) is (result is not CheckResult.OK)


def test_the_instances_quota_wins_over_the_accounts() -> None:
    def both(params: Mapping[str, Any]) -> dict[str, Any]:
        values = {"*": 1.0, ARN: 7000.0, f"{ARN}9": 2.0}
        return {
            "Quotas": [
                {"QuotaCode": params["QuotaCode"], "Value": value, "QuotaContext": {"ContextId": where}}
                for where, value in values.items()
            ]
        }

    assert "AWS allows 7,000" in cells(both).message


def test_the_default_applies_without_an_own_quota() -> None:
    answers: Mapping[str, ScriptedAnswer] = {
        "service-quotas:ListServiceQuotas": {},
        "service-quotas:GetAWSDefaultServiceQuota": {"Quota": {"Value": 1234.0}},
    }

    assert "AWS allows 1,234" in checked(answers)["quota: cells per table"].message


def test_an_unlisted_quota_is_unknown() -> None:
    answers: Mapping[str, ScriptedAnswer] = {
        "service-quotas:ListServiceQuotas": {},
        "service-quotas:GetAWSDefaultServiceQuota": refusal("service-quotas:X", "NoSuchResourceException"),
    }

    check = checked(answers)["quota: cells per table"]

    assert check.result is CheckResult.UNKNOWN
    assert "Service Quotas does not list it" in check.message


def test_denied_service_quotas_are_read_once_and_named() -> None:
    aws = ScriptedAws({**GOOD, "service-quotas:ListServiceQuotas": denied("servicequotas:ListServiceQuotas")})

    found = [check for check in preflight(aws, ENVIRONMENT, desired()) if check.name.startswith("quota")]

    assert {check.result for check in found} == {CheckResult.UNKNOWN}
    assert all("servicequotas:ListServiceQuotas" in check.remedy for check in found)
    assert aws.names().count("service-quotas:ListServiceQuotas") == 1


def test_live_and_declared_tables_are_counted_without_case() -> None:
    live: Mapping[str, ScriptedAnswer] = {
        "connect:ListDataTables": {"DataTableSummaryList": [{"Name": "t0"}, {"Name": "Other"}]}
    }

    assert ": 2 declared or live" in checked(live)["quota: tables per instance"].message


def test_a_quota_that_reconcile_yaml_lacks_is_checked_if_its_kind_is_declared() -> None:
    both = {manifest.ref: manifest for manifest in (hours(), queue("q"), queue("r"))}

    found = [name for name in checked(declared=Desired(both)) if name.startswith("quota")]

    assert found == [
        "quota: tables per instance",
        "quota: attributes per table",
        "quota: cells per table",
        "quota: hours of operation per instance",
        "quota: queues per instance",
    ]
    assert ": 2 declared" in checked(declared=Desired(both))["quota: queues per instance"].message


def test_a_kind_of_another_service_brings_its_quotas() -> None:
    """Without an instance, the quotas of Amazon Connect are not asked for."""
    group = Manifest(Group(name="g", tags={"a": "1", "b": "2"}), Source("g.yaml", 1))
    environment = replace(ENVIRONMENT, instance="", quotas=Quotas({"tagsPerGroup": 3}))
    aws = ScriptedAws({**GOOD, "service-quotas:ListServiceQuotas": quota(2)})

    checks = quotas(aws, environment, Desired({group.ref: group}), {}, {**KINDS, "Group": LimitedGroupKind()})

    assert [(check.name, check.result.value, check.message) for check in checks] == [
        ("quota: log groups per account", "warning", f"AWS allows 2, {OVER}: 1 declared"),
        ("quota: tags per log group", "warning", "AWS allows 2, but quotas.tagsPerGroup is 3: 2 declared in Group/g"),
        ("quota: log streams per account", "ok", "AWS allows 2: 1 declared"),
    ]
    assert [params["ServiceCode"] for _, params in aws.asked] == ["logs"] * 3


def test_a_denied_default_does_not_hide_other_quotas() -> None:
    def cells_alone(params: Mapping[str, Any]) -> dict[str, Any]:
        return {"Quotas": [{"QuotaCode": "L-735CD262", "Value": 2000.0}]}

    answers: Mapping[str, ScriptedAnswer] = {
        "service-quotas:ListServiceQuotas": cells_alone,
        "service-quotas:GetAWSDefaultServiceQuota": denied("servicequotas:GetAWSDefaultServiceQuota"),
    }

    found = checked(answers)

    assert "servicequotas:GetAWSDefaultServiceQuota" in found["quota: tables per instance"].remedy
    assert "AWS allows 2,000" in found["quota: cells per table"].message
