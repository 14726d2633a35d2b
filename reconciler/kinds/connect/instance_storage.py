"""The InstanceStorage kind: where an instance keeps recordings, records and other data."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, get_args

from reconciler.kinds.base import Kind
from reconciler.kinds.connect.instance_storage_spec import InstanceStorage, ResourceType
from reconciler.kinds.fields import Names
from reconciler.kinds.verbs import Listing, Update
from reconciler.model import Ownership

# Amazon Connect adds this to the prefix of a stream, and answers with both.
BEHIND_PREFIX = re.compile(r"-connect-[^/]*-contact-$")


class InstanceStorageKind(Kind[InstanceStorage]):
    spec = InstanceStorage
    ownership = Ownership.DECLARED
    id_param = "AssociationId"
    named_with = ("name",)
    search = Listing("ListInstanceStorageConfigs", "StorageConfigs", {"MaxResults": 10})
    describe = ("DescribeInstanceStorageConfig", "StorageConfig")
    create = "AssociateInstanceStorageConfig"
    delete = "DisassociateInstanceStorageConfig"
    updates = (Update("UpdateInstanceStorageConfig", ("storage_config",)),)

    def searches(self, declared: Collection[InstanceStorage], everything: bool) -> Iterable[Listing]:
        """Returns one listing for each type of data: AWS lists one type at a time."""
        types = get_args(ResourceType) if everything else sorted({spec.name for spec in declared})
        for resource_type in types:
            constants = {"ResourceType": resource_type}
            yield Listing(self.search.operation, self.search.items, {**self.search.filters, **constants}, constants)

    def from_aws(self, answer: Mapping[str, Any], names: Names, name: str = "") -> InstanceStorage:
        """Returns the spec. AWS answers with the storage config only, without the type of data around it."""
        config = dict(answer)
        if stream := answer.get("KinesisVideoStreamConfig"):
            config["KinesisVideoStreamConfig"] = {**stream, "Prefix": BEHIND_PREFIX.sub("", stream["Prefix"])}
        return super().from_aws({"ResourceType": answer.get("ResourceType"), "StorageConfig": config}, names, name)
