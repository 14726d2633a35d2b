"""Compares AWS's quotas with the declared and live resources, and with the quotas in reconcile.yaml."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from reconciler.errors import CallError, ReconcileError
from reconciler.kinds.base import Kind
from reconciler.kinds.operations import is_searched_undeclared
from reconciler.kinds.registry import KINDS
from reconciler.model import Desired, Manifest, Ref
from reconciler.model.environment import Counted, Environment, Quota
from reconciler.port import AwsPort
from reconciler.preflight.checks import Check, CheckResult, error_text, is_denied

SERVICE = "service-quotas"
HEADROOM = 0.9
NOT_LISTED = "Service Quotas does not list it"
Live = Mapping[str, Collection[str]]  # the names of live resources by kind, for the kinds that were listed


class Need(NamedTuple):
    """The number of items that will exist, and where they are declared."""

    number: int
    of: str


@dataclass(frozen=True)
class Limit:
    """A quota and what will use it. `written`: the value of reconcile.yaml, if the quota has a key there."""

    quota: Quota
    need: Need
    written: int | None = None


class QuotaValue(NamedTuple):
    """A quota's value, or why it is unknown and what helps. `silent`: AWS would not answer for other quotas either."""

    value: float | None
    why_not: str = ""
    remedy: str = ""
    silent: bool = False


def quotas(
    aws: AwsPort, environment: Environment, desired: Desired, live: Live, kinds: Mapping[str, Kind[Any]] = KINDS
) -> list[Check]:
    """Checks every quota. After one read without an answer, it does not read the others."""
    checks: list[Check] = []
    allowed = QuotaValue(None)
    for limit in limits(environment, desired, live, kinds):
        allowed = allowed if allowed.silent else _allowed(aws, limit.quota, environment.instance)
        checks.append(judged(limit, allowed))
    return checks


def limits(
    environment: Environment, desired: Desired, live: Live, kinds: Mapping[str, Kind[Any]] = KINDS
) -> Iterator[Limit]:
    """Yields the quotas of the environment's kinds: first those with a key, then the others of declared kinds.

    A quota with a key also counts without a manifest of its kind, if every plan reads that kind.

    The quotas of a kind follow each other from the widest to the narrowest.
    """
    here = [kind for kind in kinds.values() if environment.instance or not kind.service.instance]
    pairs = [(kind, quota) for kind in here for quota in reversed(kind.quotas) if quota.code]
    for kind, quota in sorted(pairs, key=lambda pair: not pair[1].key):
        declared = {ref: manifest for ref, manifest in desired.manifests.items() if ref.kind == kind.name}
        if declared or (quota.key and is_searched_undeclared(kind)):
            need = _need(kind, quota, declared, live.get(kind.name))
            yield Limit(quota, need, environment.quotas.of(quota) if quota.key else None)


def _need(kind: Kind[Any], quota: Quota, declared: Mapping[Ref, Manifest], live: Collection[str] | None) -> Need:
    if quota.counts is Counted.RESOURCES:
        names = (*(ref.name for ref in declared), *(live or ()))
        distinct = {name.casefold() if kind.identity.folds_case else name for name in names}
        return Need(len(distinct), "declared" if live is None else "declared or live")
    if kind.cells and quota is kind.cells.most:
        return _most({ref: _cells(manifest) for ref, manifest in declared.items()})
    return _most({ref: len(getattr(manifest.spec, quota.field)) for ref, manifest in declared.items()})


def _most(counts: Mapping[Ref, int]) -> Need:
    ref = max(sorted(counts), key=lambda ref: counts[ref], default=None)
    return Need(counts[ref], f"declared in {ref}") if ref else Need(0, "declared")


def _cells(manifest: Manifest) -> int:
    """Returns the number of declared cells. Keys are not counted; AWS does not document whether they count."""
    records = manifest.records
    every = (*records.rows, *((records.default,) if records.default else ()))
    return sum(text is not None for record in every for text in record.cells.values())


def _allowed(aws: AwsPort, quota: Quota, instance: str) -> QuotaValue:
    """Reads a quota: the instance's own, else the account's, else AWS's default (Service Quotas, QuotaContext)."""
    params = {"ServiceCode": quota.service, "QuotaCode": quota.code}
    try:
        pages = aws.pages(SERVICE, "ListServiceQuotas", "Quotas", {**params, "QuotaAppliedAtLevel": "ALL"})
        value = _applied((listed for page in pages for listed in page), quota.code, instance)
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
    quota, need, value = limit.quota, limit.need, allowed.value
    name, key = f"quota: {quota.name}", f"quotas.{quota.key}"
    use = f"{need.number:,} {need.of}"
    if value is None:
        known = f", and reconcile.yaml has {limit.written:,}" if limit.written is not None else ""
        return Check(name, CheckResult.UNKNOWN, f"not known: {allowed.why_not}; {use}{known}", allowed.remedy)
    more = f"request an increase of {quota.code} in Service Quotas"
    if need.number > value:
        return Check(name, CheckResult.FAILED, f"AWS allows {value:,.0f}: {use}", f"{more}, or declare fewer")
    if limit.written is not None and limit.written > value:
        message = f"AWS allows {value:,.0f}, but {key} is {limit.written:,}: {use}"
        return Check(name, CheckResult.WARNING, message, f"write {value:.0f}, or {more}")
    if need.number > HEADROOM * value:
        return Check(name, CheckResult.WARNING, f"AWS allows {value:,.0f}, which is nearly used up: {use}", more)
    lower = f"; {key} is {limit.written:,}" if limit.written is not None and limit.written < value else ""
    return Check(name, CheckResult.OK, f"AWS allows {value:,.0f}: {use}{lower}")
