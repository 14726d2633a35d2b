"""Instance storage: where an instance keeps what it records."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, get_args

from reconciler.kinds.base import Kind
from reconciler.kinds.connect.instance_storage_spec import InstanceStorage, ResourceType
from reconciler.kinds.fields import Names
from reconciler.kinds.tables import Listing, Update
from reconciler.model import Ownership

# Amazon Connect answers a stream's prefix with what it has put behind it.
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
        """A listing is of one type of resource."""
        types = get_args(ResourceType) if everything else sorted({spec.name for spec in declared})
        for each in types:
            told = {"ResourceType": each}
            yield Listing(self.search.operation, self.search.items, {**self.search.filters, **told}, told)

    def from_aws(self, answer: Mapping[str, Any], names: Names, name: str = "") -> InstanceStorage:
        """AWS answers the structure alone."""
        config = dict(answer)
        if stream := answer.get("KinesisVideoStreamConfig"):
            config["KinesisVideoStreamConfig"] = {**stream, "Prefix": BEHIND_PREFIX.sub("", stream["Prefix"])}
        return super().from_aws({"ResourceType": answer.get("ResourceType"), "StorageConfig": config}, names, name)
