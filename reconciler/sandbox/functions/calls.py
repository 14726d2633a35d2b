"""The settings of asynchronous calls. moto keeps the first ones for ever."""

from __future__ import annotations

from typing import Any

from moto.awslambda.exceptions import UnknownEventConfig
from moto.awslambda.models import EventInvokeConfig
from moto.core.responses import ActionResult

from reconciler.sandbox.functions.room import FunctionRoom, Params, Proceed, invalid

SETTINGS = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig")


class AsynchronousCalls(FunctionRoom):
    def put_function_event_invoke_config(self, params: Params, proceed: Proceed) -> ActionResult:
        """Replaces the settings: "If there is already a configuration …, it is overwritten" [API reference]."""
        return self._kept(params, {})

    def update_function_event_invoke_config(self, params: Params, proceed: Proceed) -> ActionResult:
        """Changes the settings that the request has. Without any there is nothing to update [API reference]."""
        function = self.function(params["FunctionName"])
        if not function.event_invoke_config:
            raise UnknownEventConfig(function.function_arn)
        return self._kept(params, function.event_invoke_config[0].config)

    def get_function_event_invoke_config(self, params: Params, proceed: Proceed) -> ActionResult:
        function = self.function(params["FunctionName"])
        if not function.event_invoke_config:
            raise UnknownEventConfig(function.function_arn)
        return ActionResult(self._answer(function.event_invoke_config[0]))

    def _kept(self, params: Params, before: dict[str, Any]) -> ActionResult:
        function = self.function(params["FunctionName"])
        config = before | {name: params[name] for name in SETTINGS if params.get(name) is not None}
        if not config:
            raise invalid("You must specify at least one of error handling or destination setting.")
        kept = EventInvokeConfig(function.function_arn, function.last_modified, config)
        function.event_invoke_config = [kept]
        return ActionResult(self._answer(kept))

    def _answer(self, kept: EventInvokeConfig) -> dict[str, Any]:
        """Returns the settings with AWS's empty destinations and the version in the ARN [API reference, examples]."""
        destinations = {"OnSuccess": {}, "OnFailure": {}} | kept.config.get("DestinationConfig", {})
        own = {"FunctionArn": f"{kept.arn}:$LATEST", "LastModified": self.world.now()}
        return {**own, **kept.config, "DestinationConfig": destinations}
