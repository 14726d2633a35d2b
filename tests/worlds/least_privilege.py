"""Every call that our code makes of AWS while the tests run, held against the policies of docs/reference/policies.md.

Calls in processes of their own are not seen here; the rehearsal holds those of the workflows against the roles.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from reconciler.aws.client import Aws
from reconciler.kinds.iam import apply_actions, plan_actions
from reconciler.kinds.services import service_of
from reconciler.pipelines.actions import operator_actions

# The calls that only `check` makes; docs/guides/import-an-existing-instance.md lists them.
PRE_FLIGHT = {
    *("connect:DescribeInstance", "connect:ListDataTables", "connect:ListIntegrationAssociations"),
    *("iam:GetRole", "iam:SimulatePrincipalPolicy", "sts:GetCallerIdentity"),
    *("servicequotas:GetAWSDefaultServiceQuota", "servicequotas:ListServiceQuotas"),
}


class UnrecordedAws(Aws):
    """A port for tests of the port itself: it asks services that no command asks, so no policy holds its calls."""

    _call = Aws._call  # as it is before `recorded` replaces it


@contextmanager
def recorded() -> Iterator[set[tuple[str, bool]]]:
    """Each call as its action, and whether it is made as a write."""
    made: set[tuple[str, bool]] = set()
    call = Aws._call

    def noted(self: Aws, service: str, operation: str, params: Any, *, writes: bool) -> Any:
        made.add((service_of(service).action(operation), writes))
        return call(self, service, operation, params, writes=writes)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Aws, "_call", noted)
        yield made


def outside(made: set[tuple[str, bool]]) -> list[str]:
    """Returns the faults of policies: a read that neither role has, a write that the plan's role has.

    The operators of pipelines have actions of their own.
    """
    reads, writes = plan_actions() | apply_actions() | PRE_FLIGHT, apply_actions() - plan_actions()
    reads, writes = reads | operator_actions(), writes | operator_actions()
    return sorted(action for action, is_write in made if action not in (writes if is_write else reads))
