"""States of alarms, and the switch of their actions."""

from __future__ import annotations

from typing import Any

from moto.core.responses import EmptyResult

from reconciler.sandbox.cloudwatch.room import Params, Proceed, WatchRoom, time_of


class States(WatchRoom):
    def set_alarm_state(self, params: Params, proceed: Proceed) -> Any:
        """Sets a state until the alarm is judged again, when the clock moves."""
        state: dict[str, Any] = {
            name: params[name] for name in ("StateValue", "StateReason", "StateReasonData") if name in params
        }
        self.alarm(params["AlarmName"]).state = {**state, "StateUpdatedTimestamp": time_of(self.world.now())}
        return EmptyResult()

    def enable_alarm_actions(self, params: Params, proceed: Proceed) -> Any:
        return self._switch(params, is_on=True)

    def disable_alarm_actions(self, params: Params, proceed: Proceed) -> Any:
        return self._switch(params, is_on=False)

    def _switch(self, params: Params, *, is_on: bool) -> Any:
        for name in params["AlarmNames"]:
            if name in self.store.alarms:  # An unknown name is ignored [inferred: the model has no error].
                self.store.alarms[name].members["ActionsEnabled"] = is_on
        return EmptyResult()
