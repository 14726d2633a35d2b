"""Compares AWS's quotas with the declared and live resources, and with the quotas in reconcile.yaml."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from reconciler.errors import CallError, ReconcileError
from reconciler.model import Desired, Manifest, Ref
from reconciler.model.environment import Environment
from reconciler.port import AwsPort
from reconciler.preflight.checks import Check, CheckResult, error_text, is_denied

SERVICE = "service-quotas"
HEADROOM = 0.9
NOT_LISTED = "Service Quotas does not list it"
# Codes of the quotas "… per instance" (Service Quotas, Amazon Connect).
PER_INSTANCE = {
    "AgentStatus": ("agent statuses", "L-D945C9A8"),
    "ContactFlow": ("contact flows", "L-22922690"),
    "HoursOfOperation": ("hours of operation", "L-20CD02F7"),
    "PhoneNumber": ("phone numbers", "L-8F812903"),
    "Prompt": ("prompts", "L-0865B754"),
    "Queue": ("queues", "L-19A87C94"),
    "QuickConnect": ("quick connects", "L-68BBE2E8"),
    "RoutingProfile": ("routing profiles", "L-D3E7BE26"),
    "SecurityProfile": ("security profiles", "L-F325A715"),
    "User": ("users", "L-9A46857E"),
}


class Need(NamedTuple):
    """The number of items that will exist, and where they are declared."""

    number: int
    of: str


@dataclass(frozen=True)
class Limit:
    """A quota by its code. `key` is its key in reconcile.yaml, if there is one, and `written` the value there."""

    name: str
    code: str
    need: Need
    key: str = ""
    written: int | None = None


class QuotaValue(NamedTuple):
    """A quota's value, or why it is unknown and what helps. `silent`: AWS would not answer for other quotas either."""

    value: float | None
    why_not: str = ""
    remedy: str = ""
    silent: bool = False


def quotas(aws: AwsPort, environment: Environment, desired: Desired, live_tables: frozenset[str] | None) -> list[Check]:
    """Checks every quota. After one read without an answer, it does not read the others."""
    checks: list[Check] = []
    allowed = QuotaValue(None)
    for limit in limits(environment, desired, live_tables):
        allowed = allowed if allowed.silent else _allowed(aws, limit.code, environment.instance)
        checks.append(judged(limit, allowed))
    return checks


def limits(environment: Environment, desired: Desired, live_tables: frozenset[str] | None) -> Iterator[Limit]:
    written, manifests = environment.quotas, desired.manifests
    tables = {ref: manifest for ref, manifest in manifests.items() if ref.kind == "DataTable"}
    names = {ref.name.casefold() for ref in tables} | {name.casefold() for name in live_tables or ()}
    where = "declared or live" if live_tables is not None else "declared"
    yield Limit(
        "tables per instance",
        "L-D492D362",
        Need(len(names), where),
        "quotas.tablesPerInstance",
        written.tables_per_instance,
    )
    most = _most({ref: len(getattr(it.spec, "attributes", ())) for ref, it in tables.items()})
    yield Limit("attributes per table", "L-BF789E19", most, "quotas.attributesPerTable", written.attributes_per_table)
    most = _most({ref: _cells(manifest) for ref, manifest in tables.items()})
    yield Limit("cells per table", "L-735CD262", most, "quotas.cellsPerTable", written.cells_per_table)
    declared = Counter(ref.kind for ref in manifests)
    for kind, (name, code) in PER_INSTANCE.items():
        if declared[kind]:
            yield Limit(f"{name} per instance", code, Need(declared[kind], "declared"))


def _most(counts: Mapping[Ref, int]) -> Need:
    ref = max(sorted(counts), key=lambda ref: counts[ref], default=None)
    return Need(counts[ref], f"declared in {ref}") if ref else Need(0, "declared")


def _cells(manifest: Manifest) -> int:
    """Returns the number of declared cells. Keys are not counted; AWS does not document whether they count."""
    records = manifest.records
    every = (*records.rows, *((records.default,) if records.default else ()))
    return sum(text is not None for record in every for text in record.cells.values())


def _allowed(aws: AwsPort, code: str, instance: str) -> QuotaValue:
    """Reads a quota: the instance's own, else the account's, else AWS's default (Service Quotas, QuotaContext)."""
    params = {"ServiceCode": "connect", "QuotaCode": code}
    try:
        pages = aws.pages(SERVICE, "ListServiceQuotas", "Quotas", {**params, "QuotaAppliedAtLevel": "ALL"})
        value = _applied((quota for page in pages for quota in page), code, instance)
    except ReconcileError as wrong:
        return _unknown(wrong, "servicequotas:ListServiceQuotas")._replace(silent=True)
    if value is not None:
        return QuotaValue(value)
    try:
        default = aws.read(SERVICE, "GetAWSDefaultServiceQuota", params).get("Quota", {})
        return QuotaValue(default.get("Value"), NOT_LISTED)
    except ReconcileError as wrong:
        if isinstance(wrong, CallError) and wrong.is_gone:
            return QuotaValue(None, NOT_LISTED)
        return _unknown(wrong, "servicequotas:GetAWSDefaultServiceQuota")


def _applied(listed: Iterable[Mapping[str, Any]], code: str, instance: str) -> float | None:
    values: dict[str, float] = {}
    for quota in listed:
        if quota.get("QuotaCode") == code and quota.get("Value") is not None:
            values[str((quota.get("QuotaContext") or {}).get("ContextId") or "*")] = float(quota["Value"])
    return values.get(instance, values.get("*"))


def _unknown(wrong: ReconcileError, action: str) -> QuotaValue:
    return QuotaValue(None, error_text(wrong), f"allow {action} to have it checked" if is_denied(wrong) else "")


def judged(limit: Limit, allowed: QuotaValue) -> Check:
    name, need, value = f"quota: {limit.name}", limit.need, allowed.value
    use = f"{need.number:,} {need.of}"
    if value is None:
        known = f", and reconcile.yaml has {limit.written:,}" if limit.written is not None else ""
        return Check(name, CheckResult.UNKNOWN, f"not known: {allowed.why_not}; {use}{known}", allowed.remedy)
    more = f"request an increase of {limit.code} in Service Quotas"
    if need.number > value:
        return Check(name, CheckResult.FAILED, f"AWS allows {value:,.0f}: {use}", f"{more}, or declare fewer")
    if limit.written is not None and limit.written > value:
        message = f"AWS allows {value:,.0f}, but {limit.key} is {limit.written:,}: {use}"
        return Check(name, CheckResult.WARNING, message, f"write {value:.0f}, or {more}")
    if need.number > HEADROOM * value:
        return Check(name, CheckResult.WARNING, f"AWS allows {value:,.0f}, which is nearly used up: {use}", more)
    lower = f"; {limit.key} is {limit.written:,}" if limit.written is not None and limit.written < value else ""
    return Check(name, CheckResult.OK, f"AWS allows {value:,.0f}: {use}{lower}")
