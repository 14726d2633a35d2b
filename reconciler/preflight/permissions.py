"""Checks the caller's permissions: by the reads that plan makes anyway, and by IAM's simulation for the others.

It never tries an action that writes. If neither gives a result, the permission is reported as not known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

from reconciler.errors import ReconcileError
from reconciler.kinds.asking import listed, pages
from reconciler.kinds.base import Kind
from reconciler.kinds.iam import action_of, statements
from reconciler.kinds.operations import reads_of
from reconciler.messages import counted
from reconciler.model import Reach, Scope
from reconciler.port import AwsPort
from reconciler.preflight.caller import principal, unsimulated
from reconciler.preflight.checks import Check, CheckResult, error_text, is_denied

T = TypeVar("T")
SIMULATE = "iam:SimulatePrincipalPolicy"
_POLICY = "run `reconcile init` and give the role the policy in iam/, or add the actions of docs/reference/policies.md"


class Permission(NamedTuple):
    """The permission for one action: OK, FAILED or UNKNOWN, and the reason."""

    result: CheckResult
    why: str


Permissions = Mapping[str, Permission]


class Simulation(NamedTuple):
    """IAM's results. `why_not`: why there are none; `remedy`: what helps. Both are empty if there are results."""

    permissions: Permissions
    why_not: str = ""
    remedy: str = ""


# Proof by reading.


def read_proofs(aws: AwsPort, actions: Collection[str], kinds: Iterable[Kind[Any]]) -> Permissions:
    """Reads one page of each bulk read among the actions, and of the lists of one live resource."""
    return {action: permission for kind in kinds for action, permission in _proofs(aws, kind, actions)}


def _proofs(aws: AwsPort, kind: Kind[Any], actions: Collection[str]) -> Iterator[tuple[str, Permission]]:
    live: Mapping[str, Any] | None = None
    known = reads_of(kind)
    reads = [read for read in known.of_plan if read.is_paged]
    for read in reads:
        if read.reach is Reach.ALL and action_of(read.name) in actions:
            permission, first = _tried(listed(aws, kind, read))
            yield action_of(read.name), permission
            live = live or (first if read != known.index else None)
    for read in reads if live else ():
        if read.reach is Reach.ONE and not read.ids:
            own = kind.own_of(live or {})
            target = kind.tagging.target(*kind.id_and_arn(live or {})) if read == known.tags else own
            permission, _ = _tried(pages(aws, read, target))
            yield action_of(read.name), permission


def _tried(things: Iterator[T]) -> tuple[Permission, T | None]:
    """Returns the permission that a read proves, and the first item of the answer."""
    try:
        return Permission(CheckResult.OK, "read"), next(things, None)
    except ReconcileError as wrong:
        return Permission(CheckResult.FAILED if is_denied(wrong) else CheckResult.UNKNOWN, error_text(wrong)), None


# IAM's simulation.


def simulate(aws: AwsPort, arn: str, actions: Collection[str], scope: Scope) -> Simulation:
    """Simulates the actions in IAM, each on the resources for which the generated policy grants it."""
    if why := unsimulated(arn):
        return Simulation({}, why)
    by_action: dict[str, list[Mapping[str, Any]]] = {}
    try:
        source = principal(aws, arn)
        for statement in statements(actions, scope):
            params = {
                "PolicySourceArn": source,
                "ActionNames": statement["Action"],
                "ResourceArns": statement["Resource"],
            }
            for action, results in _simulated(aws, params).items():
                by_action.setdefault(action, []).extend(results)
    except ReconcileError as wrong:
        return Simulation({}, error_text(wrong), f"allow {SIMULATE} to have them checked" if is_denied(wrong) else "")
    return Simulation({action: _permission(results) for action, results in by_action.items()})


def _simulated(aws: AwsPort, params: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    """Returns the evaluation results of each action."""
    by_action: dict[str, list[Mapping[str, Any]]] = {}
    for page in aws.pages("iam", "SimulatePrincipalPolicy", "EvaluationResults", params):
        for result in page:
            by_action.setdefault(str(result["EvalActionName"]), []).append(result)
    return by_action


def _permission(results: list[Mapping[str, Any]]) -> Permission:
    """Returns the permission of one action.

    One result covers all resources, or each resource has its own, as in the past (API reference, EvaluationResult).
    """
    specific = [part for result in results for part in result.get("ResourceSpecificResults") or ()]
    decisions = [str(part["EvalResourceDecision"]) for part in specific] or [str(r["EvalDecision"]) for r in results]
    missing = sorted({key for part in (*results, *specific) for key in part.get("MissingContextValues") or ()})
    allowed = [decision == "allowed" for decision in decisions]
    if all(allowed):
        return Permission(CheckResult.OK, "simulated")
    if missing:
        return Permission(CheckResult.UNKNOWN, f"depends on {', '.join(missing)}")
    if any(allowed):
        return Permission(CheckResult.UNKNOWN, "allowed on some resources, denied on others")
    return Permission(CheckResult.FAILED, _denial(results, decisions))


def _denial(results: list[Mapping[str, Any]], decisions: list[str]) -> str:
    for member, key, words in (
        ("OrganizationsDecisionDetail", "AllowedByOrganizations", "the organization's policies do not allow it"),
        ("PermissionsBoundaryDecisionDetail", "AllowedByPermissionsBoundary", "the permissions boundary forbids it"),
    ):
        if any((result.get(member) or {}).get(key) is False for result in results):
            return words
    return "a policy denies it" if "explicitDeny" in decisions else "no policy allows it"


# Reads and simulation together.


def judged(name: str, actions: Collection[str], proofs: Permissions, simulation: Simulation) -> Check:
    """Combines both results into a check. A read outweighs a simulation."""
    silent = Permission(CheckResult.UNKNOWN, simulation.why_not or f"{SIMULATE} returns no result for it")
    permissions = {
        action: _weighed(proofs.get(action), simulation.permissions.get(action, silent)) for action in actions
    }
    by = {
        result: sorted(a for a, permission in permissions.items() if permission.result is result)
        for result in CheckResult
    }
    denied, unclear = by[CheckResult.FAILED], by[CheckResult.UNKNOWN]
    details = tuple(f"{action}: {permissions[action].why}" for action in (*denied, *unclear))
    if denied:
        message = f"{len(denied)} of {len(actions)} actions denied" + (f", {len(unclear)} not known" if unclear else "")
        return Check(name, CheckResult.FAILED, message, _POLICY, details)
    if unclear:
        why = f": {simulation.why_not}" if simulation.why_not else ""
        message = f"not known: {len(unclear)} of {len(actions)} actions{why}"
        return Check(name, CheckResult.UNKNOWN, message, simulation.remedy, tuple(unclear) if why else details)
    read = sum(1 for action in actions if action in proofs)
    return Check(
        name,
        CheckResult.OK,
        f"{counted(len(actions), 'action')} allowed: {read} tried, {len(actions) - read} simulated",
    )


def _weighed(proof: Permission | None, simulated: Permission) -> Permission:
    return proof if proof and proof.result is not CheckResult.UNKNOWN else simulated
