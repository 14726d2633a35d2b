"""Tags of data tables and administrative resources; moto keeps those of instances."""

from __future__ import annotations

from reconciler.sandbox.connect.admin.catalogue import BY_ARN_PART, PHONE_NUMBER
from reconciler.sandbox.connect.admin.phone_numbers import PhoneNumbers
from reconciler.sandbox.connect.admin.types import Resource
from reconciler.sandbox.connect.data_tables.state import Table
from reconciler.sandbox.connect.room import Answer, Params
from reconciler.sandbox.connect.tables import Tables
from reconciler.sandbox.errors import AnsweredByMoto, invalid, not_found

MOST_TAGS = 50


class Tags(Tables, PhoneNumbers):
    def tag_resource(self, params: Params) -> Answer:
        """Adds and overwrites tags. Tags move neither a lock nor LastModifiedTime [inferred]."""
        tagged = self._tagged(params)
        tags = tagged.tags | params["tags"]
        if len(tags) > MOST_TAGS:
            raise invalid(f"tags: a resource may have {MOST_TAGS}")
        self._retag(tagged, tags)
        return {}

    def untag_resource(self, params: Params) -> Answer:
        """Removes tags. A missing key is not an error [inferred]."""
        tagged = self._tagged(params)
        self._retag(tagged, {key: value for key, value in tagged.tags.items() if key not in params["tagKeys"]})
        return {}

    def list_tags_for_resource(self, params: Params) -> Answer:
        return {"tags": dict(self._tagged(params).tags)}

    def _retag(self, tagged: Table | Resource, tags: dict[str, str]) -> None:
        if isinstance(tagged, Table):
            view = self.described(tagged)
        else:
            instance = tagged.members["InstanceId"] if tagged.type is PHONE_NUMBER else _instance(tagged.arn)
            view = self.facts(self.holdings({"InstanceId": instance}), tagged)
        self.leave_search_behind(tagged, view=view)
        tagged.tags = tags

    def _tagged(self, params: Params) -> Table | Resource:
        arn: str = params["resourceArn"]
        if ":phone-number/" in arn:
            return self.tagged_number(arn)[1]
        part, _, id = arn.partition(":instance/")[2].partition("/")[2].partition("/")
        if part == "data-table":
            return self._tagged_table(arn, id)
        if part in BY_ARN_PART and _instance(arn) in self.backend.instances:
            holdings = self.holdings({"InstanceId": _instance(arn)})
            resource = self.find(holdings, BY_ARN_PART[part], id)
            if resource.arn == arn:
                return resource
            raise not_found(f"no resource {arn}")
        if not part and self.present(_instance(arn)).arn == arn:
            raise AnsweredByMoto
        raise not_found(f"no resource {arn}")

    def _tagged_table(self, arn: str, id: str) -> Table:
        for shelf in self._shelves.values():
            if id in shelf.tables and shelf.tables[id].arn == arn:
                return shelf.tables[id]
        raise not_found(f"no resource {arn}")


def _instance(arn: str) -> str:
    return arn.partition(":instance/")[2].partition("/")[0]
