"""Runs the checks in order: caller, instance, permissions, data tables, assistant and quotas.

An environment without an instance has no checks of the instance, of data tables and of the assistant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from reconciler.kinds.base import Kind
from reconciler.kinds.iam import apply_actions, plan_actions, reachable
from reconciler.kinds.registry import KINDS
from reconciler.model import Desired
from reconciler.model.environment import Environment
from reconciler.port import AwsPort
from reconciler.preflight import caller, instance, permissions, quotas
from reconciler.preflight.checks import Check, CheckResult
from reconciler.preflight.used import used

PLAN, APPLY = "permissions of plan", "permissions of apply"
UNCHECKED = "permissions, quotas"
_REST = (instance.INSTANCE, PLAN, APPLY, instance.TABLES, instance.ASSISTANT, "quotas")
_OF_INSTANCE = (instance.INSTANCE, instance.TABLES, instance.ASSISTANT)


def preflight(
    aws: AwsPort, environment: Environment, desired: Desired | None, kinds: Mapping[str, Kind[Any]] = KINDS
) -> tuple[Check, ...]:
    """Runs the checks. They only read.

    `desired`: the declared state, or `None` if the manifests have mistakes, which `reconcile validate` reports.
    The sandbox evaluates no policies and has no Service Quotas, so one check there says that they are not checked.
    Without valid credentials of the environment's account, only STS is called.
    """
    return tuple(_checks(aws, environment, desired, kinds))


def _checks(
    aws: AwsPort, environment: Environment, desired: Desired | None, kinds: Mapping[str, Kind[Any]]
) -> Iterator[Check]:
    credentials, arn = caller.ask(aws, environment)
    if environment.sandbox and credentials.result is CheckResult.OK:
        credentials = replace(
            credentials, message=f"the sandbox accepts any credentials, account {environment.account}"
        )
    yield credentials
    if credentials.result is CheckResult.FAILED:
        yield from (Check(name, CheckResult.UNKNOWN, "not checked: see credentials") for name in _rest(environment))
        return
    if environment.instance:
        there = instance.instance(aws, environment)
        yield there
        if there.result is CheckResult.FAILED:
            yield from (Check(name, CheckResult.UNKNOWN, "not checked: see instance") for name in _REST[1:])
            return
    yield from _permissions(aws, environment, desired, kinds, arn)
    known, live = desired or Desired(), dict[str, frozenset[str]]()
    if environment.instance:
        tables, names = instance.data_tables(aws, sum(ref.kind == "DataTable" for ref in known.manifests))
        live = {} if names is None else {"DataTable": names}
        yield from (tables, instance.assistant(aws))
    if desired is None:
        message = "the manifests have mistakes, so declared resources are not counted"
        yield Check("manifests", CheckResult.WARNING, message, "run reconcile validate")
    if not environment.sandbox:
        yield from quotas.quotas(aws, environment, known, live, kinds)


def _rest(environment: Environment) -> list[str]:
    """Returns the names of the checks that follow the credentials."""
    return [name for name in _REST if environment.instance or name not in _OF_INSTANCE]


def _permissions(
    aws: AwsPort, environment: Environment, desired: Desired | None, kinds: Mapping[str, Kind[Any]], arn: str
) -> Iterator[Check]:
    scope = environment.scope
    plan, apply = (reachable(used(actions, desired, kinds), scope) for actions in (plan_actions(), apply_actions()))
    proofs = permissions.read_proofs(aws, plan, kinds.values())
    if environment.sandbox:
        yield from _of_a_sandbox(permissions.judged(PLAN, plan, proofs, permissions.Simulation({})))
        return
    simulation = permissions.simulate(aws, arn, apply, scope)
    yield permissions.judged(PLAN, plan, proofs, simulation)
    yield permissions.judged(APPLY, apply, proofs, simulation)


def _of_a_sandbox(reads: Check) -> Iterator[Check]:
    """Yields the reads if injected faults deny some of them, as in an account. The rest is one line."""
    if reads.result is CheckResult.FAILED:
        yield reads
    message = "not checked: the sandbox evaluates no policies and has no Service Quotas"
    yield Check(UNCHECKED, CheckResult.UNKNOWN, message, "check an environment in an AWS account")
