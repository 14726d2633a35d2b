"""The settings of asynchronous calls. moto keeps the first ones for ever."""

from __future__ import annotations

from typing import Any

from moto.awslambda.exceptions import UnknownEventConfig
from moto.awslambda.models import EventInvokeConfig
from moto.core.responses import ActionResult

from reconciler.sandbox.functions.room import FunctionRoom, Params, Proceed, invalid

LATEST = "$LATEST"
SETTINGS = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig")


class AsynchronousCalls(FunctionRoom):
    """Settings of a function are those of its newest code; each alias and version has its own [API reference]."""

    def put_function_event_invoke_config(self, params: Params, proceed: Proceed) -> ActionResult:
        """Replaces the settings: "If there is already a configuration …, it is overwritten" [API reference]."""
        return self._kept(params, {})

    def update_function_event_invoke_config(self, params: Params, proceed: Proceed) -> ActionResult:
        """Changes the settings that the request has. Without any there is nothing to update [API reference]."""
        return self._kept(params, self._settings(params))

    def get_function_event_invoke_config(self, params: Params, proceed: Proceed) -> ActionResult:
        return ActionResult(self._answer_of(params, self._settings(params)))

    def delete_function_event_invoke_config(self, params: Params, proceed: Proceed) -> Any:
        if not (qualifier := _qualifier(params)):
            return proceed()
        self._settings(params)
        del self.store.asynchronous[self.function(params["FunctionName"]).function_name, qualifier]
        return ActionResult({})

    def _settings(self, params: Params) -> dict[str, Any]:
        """Returns the settings. Raises AWS's error if there are none."""
        function, qualifier = self.function(params["FunctionName"]), _qualifier(params)
        if not qualifier and function.event_invoke_config:
            return dict(function.event_invoke_config[0].config)
        if qualifier and (kept := self.store.asynchronous.get((function.function_name, qualifier))):
            return kept
        raise UnknownEventConfig(function.function_arn)

    def _kept(self, params: Params, before: dict[str, Any]) -> ActionResult:
        function, qualifier = self.function(params["FunctionName"]), _qualifier(params)
        config = before | {name: params[name] for name in SETTINGS if params.get(name) is not None}
        if not config:
            raise invalid("You must specify at least one of error handling or destination setting.")
        if qualifier:
            self.backend.get_function(params["FunctionName"], qualifier)
            self.store.asynchronous[function.function_name, qualifier] = config
        else:
            function.event_invoke_config = [EventInvokeConfig(function.function_arn, function.last_modified, config)]
        return ActionResult(self._answer_of(params, config))

    def _answer_of(self, params: Params, config: dict[str, Any]) -> dict[str, Any]:
        """Returns the settings with AWS's empty destinations and the version in the ARN [API reference, examples]."""
        destinations = {"OnSuccess": {}, "OnFailure": {}} | config.get("DestinationConfig", {})
        arn = f"{self.function(params['FunctionName']).function_arn}:{_qualifier(params) or LATEST}"
        own = {"FunctionArn": arn, "LastModified": self.world.now()}
        return {**own, **config, "DestinationConfig": destinations}


def _qualifier(params: Params) -> str:
    """Returns the alias or the version; empty for the newest code."""
    qualifier = params.get("Qualifier") or ""
    return "" if qualifier == LATEST else str(qualifier)
