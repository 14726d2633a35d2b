"""Amazon CloudWatch in the sandbox: alarms of metrics, composite alarms, dashboards, and their tags.

All of these are the sandbox's own: moto drops members of alarms, has no composite ones, and dashboards of moto have no
tags. A rule is a method named in snake case after its operation. moto answers the others, those on metrics.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore import xform_name

from reconciler.sandbox.cloudwatch.dashboards import Dashboards
from reconciler.sandbox.cloudwatch.listing import AlarmListings
from reconciler.sandbox.cloudwatch.room import Params, Proceed
from reconciler.sandbox.cloudwatch.states import States
from reconciler.sandbox.cloudwatch.tags import CloudWatchTags


class CloudWatch(AlarmListings, States, Dashboards, CloudWatchTags):
    """The rules of one account and Region. Dashboards belong to the account alone."""

    def operation(self, name: str) -> Callable[[Params, Proceed], Any]:
        """Returns the function that answers an operation."""
        return getattr(self, xform_name(name), None) or _answered_by_moto


def _answered_by_moto(params: Params, proceed: Proceed) -> Any:
    return proceed()
