"""Versions, aliases, and the concurrency that is provisioned for them: the rules that moto lacks."""

from __future__ import annotations

from typing import Any

from moto.awslambda.exceptions import UnknownAliasException
from moto.awslambda.models import LambdaAlias
from moto.core.responses import ActionResult

from reconciler.sandbox import paging
from reconciler.sandbox.errors import Refused
from reconciler.sandbox.functions.room import STALE, Answer, FunctionRoom, Params, Proceed, conflict, invalid
from reconciler.sandbox.world import iso

PAGE = 50  # aliases, as functions [inferred: the service model has 10,000 for each listing]
NO_CONCURRENCY = "No Provisioned Concurrency Config found for this function"  # [seen: terraform-provider-aws]


class Aliases(FunctionRoom):
    def publish_version(self, params: Params, proceed: Proceed) -> Any:
        """Publishes a version. AWS refuses it while the function changes, and if its revision is another one."""
        self.changeable(params["FunctionName"], params.get("RevisionId"))
        return proceed()

    def create_alias(self, params: Params, proceed: Proceed) -> Any:
        function, name = self.function(params["FunctionName"]), params["Name"]
        if self._alias(function.function_name, name):
            raise conflict(f"Alias already exists: {function.function_arn}:{name}")
        self._check_version(params)
        return proceed()

    def get_alias(self, params: Params, proceed: Proceed) -> ActionResult:
        return ActionResult(self._answer(self._existing(params)))

    def update_alias(self, params: Params, proceed: Proceed) -> ActionResult:
        """Changes the members of the request. A stale revision is refused; each change has a new one."""
        alias = self._existing(params)
        if params.get("RevisionId") not in (None, alias.revision_id):
            raise Refused("PreconditionFailedException", STALE)
        self._check_version(params)
        alias.update(params.get("Description"), params.get("FunctionVersion"), params.get("RoutingConfig"))
        alias.revision_id = self.new_revision()
        return ActionResult(self._answer(alias))

    def delete_alias(self, params: Params, proceed: Proceed) -> Any:
        """Deletes an alias with its provisioned concurrency. AWS accepts one that does not exist [API reference]."""
        name = self.function(params["FunctionName"]).function_name
        self.store.provisioned.pop((name, params["Name"]), None)
        return proceed()

    def list_aliases(self, params: Params, proceed: Proceed) -> ActionResult:
        name = self.function(params["FunctionName"]).function_name
        rows = [(alias.name, self._answer(alias)) for alias in self.backend.list_aliases(name)]
        listing = paging.open_listing(
            *("lambda:ListAliases", {"NextToken": params.get("Marker")}),
            fixed=name,
            size=min(params.get("MaxItems") or PAGE, PAGE),
        )
        page, rest = paging.cut(self.world, listing, rows)
        return ActionResult({"Aliases": page, **({"NextMarker": rest["NextToken"]} if rest else {})})

    # Provisioned concurrency: of an alias, or of a version that no alias with some leads to.

    def put_provisioned_concurrency_config(self, params: Params, proceed: Proceed) -> ActionResult:
        """Provisions concurrency, at once: how long AWS takes is not published."""
        place = self._place(params)
        reserved = self.function(place[0]).reserved_concurrency
        wanted = params["ProvisionedConcurrentExecutions"]
        if reserved is not None and wanted > int(reserved):
            raise invalid(  # [API reference; the words: seen in terraform-provider-aws]
                "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for "
                "function"
            )
        self.store.provisioned[place] = wanted, self.world.now()
        return ActionResult(self._provisioned(place))

    def get_provisioned_concurrency_config(self, params: Params, proceed: Proceed) -> ActionResult:
        return ActionResult(self._provisioned(self._place(params)))

    def delete_provisioned_concurrency_config(self, params: Params, proceed: Proceed) -> ActionResult:
        place = self._place(params)
        self._provisioned(place)
        del self.store.provisioned[place]
        return ActionResult({})

    def _provisioned(self, place: tuple[str, str]) -> Answer:
        if place not in self.store.provisioned:
            raise Refused("ProvisionedConcurrencyConfigNotFoundException", NO_CONCURRENCY)
        wanted, changed = self.store.provisioned[place]
        ready = dict.fromkeys(("Requested", "Available", "Allocated"), wanted)
        numbers = {f"{word}ProvisionedConcurrentExecutions": number for word, number in ready.items()}
        return {**numbers, "Status": "READY", "LastModified": iso(changed)}

    def _place(self, params: Params) -> tuple[str, str]:
        """Returns the function and the qualifier, which must exist. `$LATEST` has no provisioned concurrency."""
        name, qualifier = self.function(params["FunctionName"]).function_name, params["Qualifier"]
        if qualifier == "$LATEST":
            raise invalid("Provisioned Concurrency Configs cannot be applied to unpublished function versions.")
        self.backend.get_function(name, qualifier)
        return name, qualifier

    def _alias(self, function: str, name: str) -> LambdaAlias | None:
        try:
            return self.backend.get_alias(name, function)
        except UnknownAliasException:
            return None

    def _existing(self, params: Params) -> LambdaAlias:
        name = self.function(params["FunctionName"]).function_name
        return self.backend.get_alias(params["Name"], name)

    def _check_version(self, params: Params) -> None:
        if version := params.get("FunctionVersion"):
            self.backend.get_function(params["FunctionName"], version)

    def _answer(self, alias: LambdaAlias) -> Answer:
        return {key: value for key, value in alias.to_json().items() if value is not None}
