"""Amazon EventBridge Scheduler in the sandbox: groups, schedules, and the tags of groups. `events` fires.

An operation is a method named in snake case, as in Connect. Only the way state is kept comes from moto.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

from botocore import xform_name

from reconciler.sandbox.scheduler.groups import ScheduleGroups
from reconciler.sandbox.scheduler.room import Answer, Params
from reconciler.sandbox.scheduler.schedules import Schedules


class Scheduler(Schedules, ScheduleGroups):
    """All operations of one account and Region."""

    def operation(self, name: str) -> Callable[[Params], Answer] | None:
        """Returns the function that answers an operation, or None."""
        method: Callable[[Params], Answer] | None = getattr(self, xform_name(name), None)
        return partial(self._once, name, method) if method else None

    def _once(self, name: str, carry_out: Callable[[Params], Answer], params: Params) -> Answer:
        """Answers a request that comes again with its ClientToken as before [service model: idempotency].

        A token with another request is a new one, and tokens never expire [both inferred].
        """
        if not params.get("ClientToken") or self.world.switches.client_tokens == "ignored":
            return carry_out(params)
        request = json.dumps([name, params], sort_keys=True)
        if request not in self.backend.answered:
            self.backend.answered[request] = carry_out(params)
        return self.backend.answered[request]
