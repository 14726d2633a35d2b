"""What the caller may do: proven by reads that plan makes anyway, and for the rest as IAM simulates it.

Nothing is tried that would write. What neither tells is not known, and said so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

from reconciler.answers import listed, own_of
from reconciler.errors import ReconcileError
from reconciler.kinds.base import Kind
from reconciler.kinds.tables import Listing, Lookup
from reconciler.plurals import counted
from reconciler.port import AwsPort
from reconciler.preflight.caller import principal, unsimulated
from reconciler.preflight.checks import Check, Result, is_denied, said
from reconciler.tools.iam import statements

T = TypeVar("T")
SIMULATE = "iam:SimulatePrincipalPolicy"
_POLICY = "run `reconcile init` and give the role the policy in iam/, or add the actions of docs/reference/policies.md"


class Verdict(NamedTuple):
    """On one action: OK, FAILED or UNKNOWN, and who says so."""

    result: Result
    why: str


Verdicts = Mapping[str, Verdict]


class Simulation(NamedTuple):
    """`why_not`: why IAM has not told, and what would help; empty where it has."""

    verdicts: Verdicts
    why_not: str = ""
    remedy: str = ""


# Proof by reading.


def read_proofs(
    aws: AwsPort, actions: Collection[str], kinds: Iterable[Kind[Any]], lookups: Iterable[Lookup]
) -> Verdicts:
    """One page of each bulk read that is among the actions, and of the lists of one resource where there is one."""
    found = {action: verdict for kind in kinds for action, verdict in _proofs(aws, kind, actions)}
    for listing in (lookup.listing for lookup in lookups):
        if (action := f"connect:{listing.operation}") in actions:
            found[action], _ = _tried(aws.pages("connect", listing.operation, listing.items, listing.filters))
    return found


def _proofs(aws: AwsPort, kind: Kind[Any], actions: Collection[str]) -> Iterator[tuple[str, Verdict]]:
    live: Mapping[str, Any] | None = None
    for listing in (*kind.searches((), True), *((kind.parts.bulk,) if kind.parts and kind.parts.bulk else ())):
        if (action := f"{kind.service}:{listing.operation}") in actions:
            verdict, first = _tried(listed(aws, kind, listing))
            yield action, verdict
            live = live or first
    for listing in _inner(kind) if live else ():
        params = {**listing.filters, **own_of(kind, live or {})}
        verdict, _ = _tried(aws.pages(kind.service, listing.operation, listing.items, params))
        yield f"{kind.service}:{listing.operation}", verdict


def _inner(kind: Kind[Any]) -> Iterator[Listing]:
    """What lists something of one resource."""
    if kind.parts and not kind.parts.bulk:
        yield kind.parts.listing
    if kind.cells:
        yield kind.cells.listing
    yield from (gap.listing for gap in kind.gaps if gap.listing)


def _tried(things: Iterator[T]) -> tuple[Verdict, T | None]:
    """Whether there is an answer at all, and the first thing of it."""
    try:
        return Verdict(Result.OK, "read"), next(things, None)
    except ReconcileError as wrong:
        return Verdict(Result.FAILED if is_denied(wrong) else Result.UNKNOWN, said(wrong)), None


# As IAM simulates it.


def simulate(aws: AwsPort, arn: str, actions: Collection[str], instance: str) -> Simulation:
    """What IAM says of actions, each on what the least policy grants it on."""
    if why := unsimulated(arn):
        return Simulation({}, why)
    found: dict[str, list[Mapping[str, Any]]] = {}
    try:
        source = principal(aws, arn)
        for each in statements(actions, instance):
            asked = {"PolicySourceArn": source, "ActionNames": each["Action"], "ResourceArns": each["Resource"]}
            for action, results in _simulated(aws, asked).items():
                found.setdefault(action, []).extend(results)
    except ReconcileError as wrong:
        return Simulation({}, said(wrong), f"allow {SIMULATE} to have them checked" if is_denied(wrong) else "")
    return Simulation({action: _verdict(results) for action, results in found.items()})


def _simulated(aws: AwsPort, params: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    """The evaluation results of each action."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    marker: dict[str, str] = {}
    while True:
        answer = aws.read("iam", "SimulatePrincipalPolicy", {**params, **marker})
        for result in answer.get("EvaluationResults", ()):
            found.setdefault(str(result["EvalActionName"]), []).append(result)
        if not answer.get("IsTruncated") or not answer.get("Marker"):
            return found
        marker = {"Marker": answer["Marker"]}


def _verdict(results: list[Mapping[str, Any]]) -> Verdict:
    """One result tells all resources, or each has its own, as it was before (API reference, EvaluationResult)."""
    specific = [each for result in results for each in result.get("ResourceSpecificResults") or ()]
    decisions = [str(each["EvalResourceDecision"]) for each in specific] or [str(r["EvalDecision"]) for r in results]
    missing = sorted({key for each in (*results, *specific) for key in each.get("MissingContextValues") or ()})
    allowed = [decision == "allowed" for decision in decisions]
    if all(allowed):
        return Verdict(Result.OK, "simulated")
    if missing:
        return Verdict(Result.UNKNOWN, f"depends on {', '.join(missing)}")
    if any(allowed):
        return Verdict(Result.UNKNOWN, "allowed on some resources, denied on others")
    return Verdict(Result.FAILED, _denial(results, decisions))


def _denial(results: list[Mapping[str, Any]], decisions: list[str]) -> str:
    for member, key, words in (
        ("OrganizationsDecisionDetail", "AllowedByOrganizations", "the organization's policies do not allow it"),
        ("PermissionsBoundaryDecisionDetail", "AllowedByPermissionsBoundary", "the permissions boundary forbids it"),
    ):
        if any((result.get(member) or {}).get(key) is False for result in results):
            return words
    return "a policy denies it" if "explicitDeny" in decisions else "no policy allows it"


# Both together.


def judged(name: str, actions: Collection[str], proofs: Verdicts, simulation: Simulation) -> Check:
    """What was read outweighs what was simulated."""
    silent = Verdict(Result.UNKNOWN, simulation.why_not or f"{SIMULATE} says nothing of it")
    verdicts = {action: _weighed(proofs.get(action), simulation.verdicts.get(action, silent)) for action in actions}
    by = {result: sorted(a for a, verdict in verdicts.items() if verdict.result is result) for result in Result}
    denied, unclear = by[Result.FAILED], by[Result.UNKNOWN]
    details = tuple(f"{action}: {verdicts[action].why}" for action in (*denied, *unclear))
    if denied:
        message = f"{len(denied)} of {len(actions)} actions denied" + (f", {len(unclear)} not known" if unclear else "")
        return Check(name, Result.FAILED, message, _POLICY, details)
    if unclear:
        why = f": {simulation.why_not}" if simulation.why_not else ""
        message = f"not known: {len(unclear)} of {len(actions)} actions{why}"
        return Check(name, Result.UNKNOWN, message, simulation.remedy, tuple(unclear) if why else details)
    read = sum(1 for action in actions if action in proofs)
    return Check(
        name,
        Result.OK,
        f"{counted(len(actions), 'action')} allowed: {read} were tried, {len(actions) - read} simulated",
    )


def _weighed(proof: Verdict | None, simulated: Verdict) -> Verdict:
    return proof if proof and proof.result is not Result.UNKNOWN else simulated
