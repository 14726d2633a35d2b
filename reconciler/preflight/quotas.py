"""What AWS allows, against what is declared, what is live, and what reconcile.yaml says that AWS allows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from reconciler.environment import Environment
from reconciler.errors import CallError, ReconcileError
from reconciler.model import Desired, Manifest, Ref
from reconciler.port import AwsPort
from reconciler.preflight.checks import Check, Result, is_denied, said

SERVICE = "service-quotas"
HEADROOM = 0.9
NOT_LISTED = "Service Quotas lists none"
# Codes of "… per instance" (Service Quotas, Amazon Connect).
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
    """How many there will be, and whose they are."""

    number: int
    of: str


@dataclass(frozen=True)
class Limit:
    """A quota by its code, and what `key` of reconcile.yaml says of it, where it has one."""

    name: str
    code: str
    need: Need
    key: str = ""
    written: int | None = None


class Allowed(NamedTuple):
    """A quota's value, or why nobody knows it, and what would help. `silent`: no other would be told either."""

    value: float | None
    why_not: str = ""
    remedy: str = ""
    silent: bool = False


def quotas(aws: AwsPort, environment: Environment, desired: Desired, live_tables: frozenset[str] | None) -> list[Check]:
    """Where Service Quotas does not answer once, it is not asked again for each of them."""
    checks: list[Check] = []
    allowed = Allowed(None)
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
    """Keys are taken not to count: AWS does not say."""
    records = manifest.records
    every = (*records.rows, *((records.default,) if records.default else ()))
    return sum(text is not None for record in every for text in record.cells.values())


def _allowed(aws: AwsPort, code: str, instance: str) -> Allowed:
    """The instance's own quota before the account's, and that before AWS's default (Service Quotas, QuotaContext)."""
    asked = {"ServiceCode": "connect", "QuotaCode": code}
    try:
        pages = aws.pages(SERVICE, "ListServiceQuotas", "Quotas", {**asked, "QuotaAppliedAtLevel": "ALL"})
        value = _applied((each for page in pages for each in page), code, instance)
    except ReconcileError as wrong:
        return _unknown(wrong, "servicequotas:ListServiceQuotas")._replace(silent=True)
    if value is not None:
        return Allowed(value)
    try:
        told = aws.read(SERVICE, "GetAWSDefaultServiceQuota", asked).get("Quota", {})
        return Allowed(told.get("Value"), NOT_LISTED)
    except ReconcileError as wrong:
        if isinstance(wrong, CallError) and wrong.code == "NoSuchResourceException":
            return Allowed(None, NOT_LISTED)
        return _unknown(wrong, "servicequotas:GetAWSDefaultServiceQuota")


def _applied(listed: Iterable[Mapping[str, Any]], code: str, instance: str) -> float | None:
    values: dict[str, float] = {}
    for quota in listed:
        if quota.get("QuotaCode") == code and quota.get("Value") is not None:
            values[str((quota.get("QuotaContext") or {}).get("ContextId") or "*")] = float(quota["Value"])
    return values.get(instance, values.get("*"))


def _unknown(wrong: ReconcileError, action: str) -> Allowed:
    return Allowed(None, said(wrong), f"allow {action} to have it checked" if is_denied(wrong) else "")


def judged(limit: Limit, allowed: Allowed) -> Check:
    name, need, value = f"quota: {limit.name}", limit.need, allowed.value
    use = f"{need.number:,} {need.of}"
    if value is None:
        known = f", reconcile.yaml says {limit.written:,}" if limit.written is not None else ""
        return Check(name, Result.UNKNOWN, f"not known: {allowed.why_not}; {use}{known}", allowed.remedy)
    more = f"have {limit.code} raised in Service Quotas"
    if need.number > value:
        return Check(name, Result.FAILED, f"AWS allows {value:,.0f}: {use}", f"{more}, or declare fewer")
    if limit.written is not None and limit.written > value:
        message = f"AWS allows {value:,.0f}, and {limit.key} says {limit.written:,}: {use}"
        return Check(name, Result.WARNING, message, f"write {value:.0f}, or {more}")
    if need.number > HEADROOM * value:
        return Check(name, Result.WARNING, f"AWS allows {value:,.0f}, and it is nearly full: {use}", more)
    lower = f"; {limit.key} says {limit.written:,}" if limit.written is not None and limit.written < value else ""
    return Check(name, Result.OK, f"AWS allows {value:,.0f}: {use}{lower}")
