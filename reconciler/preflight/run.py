"""The checks in their order: who is asking, where, with what permissions, and how much room there is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from reconciler.environment import Environment
from reconciler.kinds.base import Kind
from reconciler.kinds.registry import KINDS, LOOKUPS
from reconciler.model import Desired
from reconciler.port import AwsPort
from reconciler.preflight import caller, instance, permissions, quotas
from reconciler.preflight.checks import Check, Result
from reconciler.preflight.used import used
from reconciler.tools.iam import apply_actions, plan_actions

PLAN, APPLY = "permissions of plan", "permissions of apply"
UNCHECKED = "permissions, quotas"
_REST = (instance.INSTANCE, PLAN, APPLY, instance.TABLES, instance.ASSISTANT, "quotas")


def preflight(
    aws: AwsPort, environment: Environment, desired: Desired | None, kinds: Mapping[str, Kind[Any]] = KINDS
) -> tuple[Check, ...]:
    """`desired`: what is declared, `None` where the manifests have mistakes; `reconcile validate` tells those.

    Reads alone. The sandbox has no IAM and no Service Quotas, so neither is asked there, and one check says so.
    With credentials that are none, or another account's, nothing but STS is asked.
    """
    return tuple(_checks(aws, environment, desired, kinds))


def _checks(
    aws: AwsPort, environment: Environment, desired: Desired | None, kinds: Mapping[str, Kind[Any]]
) -> Iterator[Check]:
    credentials, arn = caller.ask(aws, environment)
    if environment.sandbox and credentials.result is Result.OK:
        credentials = replace(credentials, message=f"the sandbox accepts any, account {environment.account}")
    yield credentials
    if credentials.result is Result.FAILED:
        yield from (Check(name, Result.UNKNOWN, "not asked: see credentials") for name in _REST)
        return
    there = instance.instance(aws, environment)
    yield there
    if there.result is Result.FAILED:
        yield from (Check(name, Result.UNKNOWN, "not asked: see instance") for name in _REST[1:])
        return
    plan, apply = (used(actions, desired, kinds) for actions in (plan_actions(), apply_actions()))
    proofs = permissions.read_proofs(aws, plan, kinds.values(), LOOKUPS.values())
    if environment.sandbox:
        yield from _of_a_sandbox(permissions.judged(PLAN, plan, proofs, permissions.Simulation({})))
    else:
        simulation = permissions.simulate(aws, arn, apply, environment.instance)
        yield permissions.judged(PLAN, plan, proofs, simulation)
        yield permissions.judged(APPLY, apply, proofs, simulation)
    known = desired or Desired()
    tables, live = instance.data_tables(aws, sum(ref.kind == "DataTable" for ref in known.manifests))
    yield from (tables, instance.assistant(aws))
    if desired is None:
        message = "the manifests have mistakes: what they declare is not counted"
        yield Check("manifests", Result.WARNING, message, "run reconcile validate")
    if not environment.sandbox:
        yield from quotas.quotas(aws, environment, known, live)


def _of_a_sandbox(reads: Check) -> Iterator[Check]:
    """Lists reads that its faults deny like those of an account; the rest is one line."""
    if reads.result is Result.FAILED:
        yield reads
    message = "not checked: the sandbox has no IAM and no Service Quotas"
    yield Check(UNCHECKED, Result.UNKNOWN, message, "check an environment that has an instance")
