"""Instances: created asynchronously, tagged by moto, never updated except for their attributes."""

from __future__ import annotations

from datetime import UTC, datetime

from moto.connect.models import Instance

from reconciler.sandbox import paging
from reconciler.sandbox.connect.admin import model
from reconciler.sandbox.connect.admin.creation import Creation
from reconciler.sandbox.connect.admin.resources import Resources
from reconciler.sandbox.connect.room import Answer, Params
from reconciler.sandbox.errors import Refused
from reconciler.sandbox.faults import CreationFault

WINDOW = 30 * 24 * 3600.0  # seconds


class Instances(Resources):
    """The instances. moto keeps them and their tags; further state is stored beside them."""

    def create_instance(self, params: Params) -> Answer:
        """Creates an instance asynchronously [service model]. Without the fault `creation` it takes one further call.

        An alias is part of an address, so aliases ignore case [inferred]; the model has no error for it.
        """
        if params["IdentityManagementType"] == "EXISTING_DIRECTORY" and not params.get("DirectoryId"):
            raise Refused("InvalidRequestException", "DirectoryId: is required for EXISTING_DIRECTORY")
        alias = params.get("InstanceAlias")
        instances = self._instances()
        if alias and alias.casefold() in {str(one.instance_alias or "").casefold() for one in instances}:
            raise Refused("InvalidRequestException", f"InstanceAlias: {alias!r} is taken")
        most = self.world.quotas.instances
        if sum(self.status_of(one)[0] != "CREATION_FAILED" for one in instances) >= most:
            raise Refused("ServiceQuotaExceededException", f"an account may have {most} instances in a Region")
        self._count_change("ServiceQuotaExceededException")
        instance: Answer = self.backend.create_instance(
            identity_management_type=params["IdentityManagementType"],
            inbound_calls_enabled=params["InboundCallsEnabled"],
            outbound_calls_enabled=params["OutboundCallsEnabled"],
            instance_alias=alias,
            tags=params.get("Tags"),
        )
        now, fault = self.world.now(), self.world.faults.creation
        self.backend.instances[instance["Id"]].created_time = datetime.fromtimestamp(now, UTC)
        creation = fault or CreationFault()
        self.creations[instance["Id"]] = Creation(
            self.world.accepted + creation.calls, creation.fails, now, fault is not None
        )
        return instance

    def describe_instance(self, params: Params) -> Answer:
        """Describes an instance of any status [service model]; none is replicated."""
        member, members = model.whole("DescribeInstance")
        facts = self._facts(self.present(params["InstanceId"]))
        return {member: {name: facts[name] for name in members if name in facts}}

    def list_instances(self, params: Params) -> Answer:
        """Lists active, unfinished and failed instances [service model], by creation [inferred]."""
        member, members = model.rows("ListInstances")
        facts = [self._facts(instance) for instance in self._instances()]
        rows = [
            (f"{fact['CreatedTime']:017.3f} {fact['Id']}", {name: fact[name] for name in members if name in fact})
            for fact in facts
        ]
        size = min(self.page_size(params), model.largest_page("ListInstances"))
        listing = paging.open_listing("ListInstances", params, fixed=None, size=size)
        page, token = paging.cut(self.world, listing, rows)
        return {member: page, **token}

    def delete_instance(self, params: Params) -> Answer:
        """Deletes an instance with its resources [admin guide], whatever its status [inferred]."""
        instance = self.present(params["InstanceId"])
        self._count_change("InvalidRequestException")
        self.forget(instance)
        return {}

    def _instances(self) -> list[Instance]:
        return [self.present(id) for id in list(self.backend.instances) if not self.is_gone(id)]

    def _facts(self, instance: Instance) -> Answer:
        status, reason = self.status_of(instance)
        tags = self.backend.list_tags_for_resource(instance.arn)
        facts: Answer = instance.to_dict() | {
            "IdentityManagementType": self.way_to_sign_in({"InstanceId": instance.id}),
            "CreatedTime": round(instance.created_time.timestamp(), 3),
            "InstanceStatus": status,
            "Tags": tags,
        }
        if not tags and self.world.switches.unset_members == "absent":
            del facts["Tags"]
        return facts | ({"StatusReason": {"Message": reason}} if reason else {})

    def _count_change(self, code: str) -> None:
        """Refuses more than 100 creations and deletions in 30 days [service model; the number: admin guide, 2023].

        The error is inferred.
        """
        now, most = self.world.now(), self.world.quotas.instance_changes
        changes: list[float] = self.backend.__dict__.setdefault("instance_changes", [])
        changes[:] = [then for then in changes if then > now - WINDOW]
        if len(changes) >= most:
            raise Refused(code, "an excessive number of attempts at creating or deleting instances")
        changes.append(now)
