"""The integrations of an instance: functions that it may call, origins that may embed it, and resources that it uses.

Simplified: the resources at the ARNs need not exist, and integration associations have no use cases.
"""

from __future__ import annotations

from reconciler.sandbox.connect.admin.catalogue import INTEGRATION_ASSOCIATION
from reconciler.sandbox.connect.admin.resources import Resources
from reconciler.sandbox.connect.admin.types import Type
from reconciler.sandbox.connect.room import Answer, Params
from reconciler.sandbox.errors import Refused, invalid
from reconciler.sandbox.functions.of_connect import allow_connect, forbid_connect

OF_EVENTS = ("SourceApplicationUrl", "SourceApplicationName", "SourceType")


class Integrations(Resources):
    def associate_lambda_function(self, params: Params) -> Answer:
        """Associates a function. The ARN must be that of a function, but the function need not exist [simplified]."""
        function = params["FunctionArn"]
        if not function.startswith("arn:") or ":lambda:" not in function:
            raise invalid("FunctionArn: must be the ARN of a Lambda function")
        self._associate(self.holdings(params).functions, function, self.world.quotas.lambda_functions)
        allow_connect(function, self.instance(params).arn)
        return {}

    def disassociate_lambda_function(self, params: Params) -> Answer:
        self._disassociate(self.holdings(params).functions, params["FunctionArn"])
        forbid_connect(params["FunctionArn"], self.instance(params).arn)
        return {}

    def list_lambda_functions(self, params: Params) -> Answer:
        return self._listed_texts("ListLambdaFunctions", params, self.holdings(params).functions)

    def associate_approved_origin(self, params: Params) -> Answer:
        self._associate(self.holdings(params).origins, params["Origin"], self.world.quotas.approved_origins)
        return {}

    def disassociate_approved_origin(self, params: Params) -> Answer:
        self._disassociate(self.holdings(params).origins, params["Origin"])
        return {}

    def create_integration_association(self, params: Params) -> Answer:
        """Associates a resource. Events need three members more [service model; error inferred]."""
        missing = [name for name in OF_EVENTS if params["IntegrationType"] == "EVENT" and not params.get(name)]
        if missing:
            raise Refused("InvalidRequestException", f"{missing[0]}: is required for EVENT")
        if not params["IntegrationArn"].startswith("arn:"):
            raise Refused("InvalidRequestException", "IntegrationArn: must be an ARN")
        return self.create_one(INTEGRATION_ASSOCIATION, "CreateIntegrationAssociation", params)

    def name_scope(self, type: Type, members: Params) -> tuple[str, ...]:
        """Returns the type of an association: an ARN may have one of each [inferred from CloudFormation]."""
        if type is INTEGRATION_ASSOCIATION:
            return (str(members.get("IntegrationType")),)
        return super().name_scope(type, members)

    def list_approved_origins(self, params: Params) -> Answer:
        return self._listed_texts("ListApprovedOrigins", params, self.holdings(params).origins)

    def _associate(self, there: dict[str, None], new: str, most: int) -> None:
        if new in there:
            raise Refused("ResourceConflictException", f"{new} is already associated")
        if len(there) >= most:
            raise Refused("ServiceQuotaExceededException", f"an instance may have {most}")
        there[new] = None

    def _disassociate(self, there: dict[str, None], gone: str) -> None:
        """Removes an association. AWS does not document the answer for a missing one; a switch."""
        if gone not in there and self.world.switches.missing_link != "accepted":
            raise Refused(self.world.switches.missing_link, f"{gone} is not associated")
        there.pop(gone, None)

    def _listed_texts(self, operation: str, params: Params, there: dict[str, None]) -> Answer:
        """Lists texts in alphabetical order; AWS does not document the order."""
        return self.page_of(operation, params, [self.instance(params).arn], [(text, text) for text in there])
