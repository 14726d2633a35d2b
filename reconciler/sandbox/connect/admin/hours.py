"""Hours of operation: time zones, the resources that use them, and the hours whose overrides they inherit."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from reconciler.sandbox.connect.admin.catalogue import HOURS, OVERRIDE
from reconciler.sandbox.connect.admin.links import Links
from reconciler.sandbox.connect.admin.types import Holdings, Resource
from reconciler.sandbox.connect.room import Answer, Params
from reconciler.sandbox.errors import Refused, invalid

PARENTS = "parents"


class Hours(Links):
    def create_hours_of_operation(self, params: Params) -> Answer:
        """Creates hours. A time zone that is not in the time zone database is an invalid parameter [inferred]."""
        _refuse_unknown_zone(params)
        hours = self.new(HOURS, params)
        given = hours.members.pop("ParentHoursOfOperationConfigs", [])
        hours.links[PARENTS] = {parent["HoursOfOperationId"]: None for parent in given}
        return self.created(hours)

    def update_hours_of_operation(self, params: Params) -> Answer:
        _refuse_unknown_zone(params)
        return self.update_one(HOURS, "UpdateHoursOfOperation", params)

    def delete_hours_of_operation(self, params: Params) -> Answer:
        """Deletes hours and their overrides [inferred]. Refused while a queue or other hours refer to them.

        The text of ResourceInUseException names this operation, but the operation does not model it [service model]. A
        switch sets the error.
        """
        holdings, hours = self.one(HOURS, params)
        if self.world.switches.hours_in_use != "deleted" and (user := _user_of(holdings, hours)):
            raise Refused(
                self.world.switches.hours_in_use, f"{hours.name!r} is used by the {user.type.noun} {user.name!r}"
            )
        overrides = holdings.of(OVERRIDE.name)
        for id in [override.id for override in overrides.values() if override.parent == hours.id]:
            del overrides[id]
        return self.delete_one(HOURS, "DeleteHoursOfOperation", params)

    def associate_hours_of_operations(self, params: Params) -> Answer:
        """Adds up to three parents [service quotas page]. Hours cannot be their own parent [inferred]."""
        holdings, hours = self.one(HOURS, params)
        given = self.resolved(holdings, HOURS, params)["ParentHoursOfOperationConfigs"]
        ids = {parent["HoursOfOperationId"]: None for parent in given}
        if hours.id in ids:
            raise Refused("InvalidRequestException", f"{hours.name!r} cannot be its own parent")
        most = self.world.quotas.parent_hours_of_operation
        if len({**hours.links.get(PARENTS, {}), **ids}) > most:
            raise Refused("ServiceQuotaExceededException", f"hours of operation may have {most} parents")
        self.attach(holdings, hours, PARENTS, ids)
        return {}

    def disassociate_hours_of_operations(self, params: Params) -> Answer:
        holdings, hours = self.one(HOURS, params)
        self.detach(holdings, hours, PARENTS, self.resolved(holdings, HOURS, params)["ParentHoursOfOperationIds"])
        return {}

    def list_child_hours_of_operations(self, params: Params) -> Answer:
        holdings, hours = self.one(HOURS, params)
        children = [h for h in holdings.of(HOURS.name).values() if hours.id in h.links.get(PARENTS, ())]
        rows = [(child, self.facts(holdings, child)) for child in children]
        return self.page("ListChildHoursOfOperations", params, [hours.arn], rows) | self.stamp(hours.modified)

    def facts(self, holdings: Holdings, resource: Resource) -> Answer:
        facts = super().facts(holdings, resource)
        if resource.type is HOURS:
            hours = holdings.of(HOURS.name)
            parents = [hours[id] for id in resource.links.get(PARENTS, ()) if id in hours]
            facts["ParentHoursOfOperations"] = [{"Name": p.name, "Id": p.id, "Arn": p.arn} for p in parents]
        return facts


def _user_of(holdings: Holdings, hours: Resource) -> Resource | None:
    queues = (q for q in holdings.of("Queue").values() if q.members.get("HoursOfOperationId") == hours.id)
    children = (h for h in holdings.of(HOURS.name).values() if hours.id in h.links.get(PARENTS, ()))
    return next(queues, None) or next(children, None)


def _refuse_unknown_zone(params: Params) -> None:
    zone = params.get("TimeZone")
    if zone is not None and zone not in _zones():
        raise invalid(f"TimeZone: {zone!r} is not a time zone")


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
