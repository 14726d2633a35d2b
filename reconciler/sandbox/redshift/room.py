"""The common parts of namespaces and workgroups: states, tags, pages, and the rule of one setting a call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.sandbox import paging
from reconciler.sandbox.errors import Refused
from reconciler.sandbox.redshift.backend import RedshiftBackend, Warehouse
from reconciler.sandbox.world import World

Params = dict[str, Any]
Answer = dict[str, Any]
PAGE = 100
TAGS = 50  # of a resource [tagging guide]; the model's shape takes 200


class RedshiftRoom:
    def __init__(self, world: World, backend: RedshiftBackend) -> None:
        self.world = world
        self.backend = backend
        for known in (backend.namespaces, backend.workgroups):
            self._settle(known)

    def begin(self, warehouse: Warehouse, status: str) -> None:
        """Begins a change that takes as many calls as the fault `deletion` says; one further call by default."""
        warehouse.status, warehouse.until = status, self.world.accepted + self.world.faults.deletion

    def refuse_busy(self, warehouse: Warehouse, what: str) -> None:
        """Refuses a change of what is being changed [seen: terraform-provider-aws retries on these words]."""
        if warehouse.status != "AVAILABLE":
            raise conflict(f"There is an operation running on the {what}. Try deleting or updating it again later.")

    def only_one(self, params: Params, groups: Mapping[str, str]) -> None:
        """Refuses a call with members of several groups [service model; seen: terraform-provider-aws, issue 28255]."""
        given = {groups.get(name, name) for name in params}
        if len(given) > 1:
            raise invalid("Can't update multiple configurations at the same time. Please try again")
        if not given:
            raise invalid("No parameters were provided to update.")  # [inferred]

    def page(self, operation: str, params: Params, member: str, rows: list[tuple[str, Answer]]) -> Answer:
        token, size = {"NextToken": params.get("nextToken")}, int(params.get("maxResults") or PAGE)
        try:
            listing = paging.open_listing(f"redshift-serverless:{operation}", token, fixed={}, size=size)
        except Refused as refused:
            raise invalid(refused.message) from refused
        page, rest = paging.cut(self.world, listing, rows)
        return {member: page} | ({"nextToken": rest["NextToken"]} if rest else {})

    def list_tags_for_resource(self, params: Params) -> Answer:
        tags = self._tagged(params).tags
        return {"tags": [{"key": key, "value": tags[key]} for key in sorted(tags)]}

    def tag_resource(self, params: Params) -> Answer:
        tagged = self._tagged(params)
        tagged.tags = tags_after(tagged.tags, params["tags"])
        return {}

    def untag_resource(self, params: Params) -> Answer:
        tagged = self._tagged(params)
        tagged.tags = {key: text for key, text in tagged.tags.items() if key not in params["tagKeys"]}
        return {}

    def _tagged(self, params: Params) -> Warehouse:
        every = (*self.backend.namespaces.values(), *self.backend.workgroups.values())
        tagged = next((it for it in every if it.arn == params["resourceArn"]), None)
        if tagged is None:
            raise missing(f"The resource {params['resourceArn']} does not exist.")
        return tagged

    def _settle(self, known: dict[str, Warehouse]) -> None:
        for name, warehouse in list(known.items()):
            if warehouse.status != "AVAILABLE" and self.world.accepted > warehouse.until:
                if warehouse.status == "DELETING":
                    del known[name]
                    warehouse.close()
                warehouse.status = "AVAILABLE"


def tags_after(known: Mapping[str, str], pairs: list[dict[str, str]]) -> dict[str, str]:
    """Returns the tags after others were added. The code for reserved ones is inferred."""
    tags = {**known, **{pair["key"]: pair["value"] for pair in pairs}}
    if any(key.lower().startswith("aws:") for key in tags):
        raise invalid("Tag keys that begin with aws: are reserved.")
    if len(tags) > TAGS:
        raise Refused("TooManyTagsException", f"A resource has at most {TAGS} tags.")
    return tags


def invalid(message: str) -> Refused:
    return Refused("ValidationException", message)


def conflict(message: str) -> Refused:
    return Refused("ConflictException", message)


def missing(message: str) -> Refused:
    return Refused("ResourceNotFoundException", message)
