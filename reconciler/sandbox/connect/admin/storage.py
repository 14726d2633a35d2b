"""The storage of an instance: one configuration per type of resource.

Simplified: buckets, streams and keys need not exist, although the service requires them [service model].
"""

from __future__ import annotations

from reconciler.sandbox.connect.admin.inventory import spoken
from reconciler.sandbox.connect.admin.resources import Resources
from reconciler.sandbox.connect.room import Answer, Params, new_id
from reconciler.sandbox.errors import Refused, invalid, not_found

CONFIGS = {
    "S3": "S3Config",
    "KINESIS_VIDEO_STREAM": "KinesisVideoStreamConfig",
    "KINESIS_STREAM": "KinesisStreamConfig",
    "KINESIS_FIREHOSE": "KinesisFirehoseConfig",
}
# The valid targets [admin guide: each feature's page]; S3 is the default.
STREAMED = {
    "MEDIA_STREAMS": ("KINESIS_VIDEO_STREAM",),
    "CONTACT_TRACE_RECORDS": ("KINESIS_STREAM", "KINESIS_FIREHOSE"),
    "AGENT_EVENTS": ("KINESIS_STREAM",),
    "REAL_TIME_CONTACT_ANALYSIS_SEGMENTS": ("KINESIS_STREAM",),
    "REAL_TIME_CONTACT_ANALYSIS_CHAT_SEGMENTS": ("KINESIS_STREAM",),
    "REAL_TIME_CONTACT_ANALYSIS_VOICE_SEGMENTS": ("KINESIS_STREAM",),
}


class Storage(Resources):
    def associate_instance_storage_config(self, params: Params) -> Answer:
        """Adds the first configuration; a second one is a ResourceConflictException [service model]."""
        holdings, type = self.holdings(params), params["ResourceType"]
        config = self._config(params)
        if type in holdings.storage:
            raise Refused("ResourceConflictException", f"{type} has a storage configuration already")
        holdings.storage[type] = config | {"AssociationId": new_id()}
        return {"AssociationId": holdings.storage[type]["AssociationId"]}

    def describe_instance_storage_config(self, params: Params) -> Answer:
        return {"StorageConfig": self._stored(params)}

    def list_instance_storage_configs(self, params: Params) -> Answer:
        """Lists the configurations of one type: none or one."""
        holdings, type = self.holdings(params), params["ResourceType"]
        rows = [(type, holdings.storage[type])] if type in holdings.storage else []
        return self.page_of("ListInstanceStorageConfigs", params, [holdings.arn, type], rows)

    def update_instance_storage_config(self, params: Params) -> Answer:
        """Replaces the configuration with its StorageType [inferred]. The association stays."""
        stored = self._stored(params)
        kept = {"AssociationId": stored["AssociationId"]}
        self.holdings(params).storage[params["ResourceType"]] = self._config(params) | kept
        return {}

    def disassociate_instance_storage_config(self, params: Params) -> Answer:
        holdings, type = self.holdings(params), params["ResourceType"]
        if holdings.storage.get(type, {}).get("AssociationId") == params["AssociationId"]:
            del holdings.storage[type]
        elif self.world.switches.missing_link != "accepted":
            raise Refused(self.world.switches.missing_link, f"{params['AssociationId']} is not associated")
        return {}

    def _stored(self, params: Params) -> Answer:
        config = self.holdings(params).storage.get(params["ResourceType"])
        if config is None or config["AssociationId"] != params["AssociationId"]:
            raise not_found(f"no storage configuration {params['AssociationId']} for {params['ResourceType']}")
        return config

    def _config(self, params: Params) -> Answer:
        """Returns the configuration as it is stored. A mismatch is an invalid parameter [inferred].

        The service appends to the prefix of video streams [seen: another client's documentation]; a switch.
        """
        config: Answer = spoken(params["StorageConfig"])
        config.pop("AssociationId", None)
        _refuse_misfit(params["ResourceType"], config)
        video = config.get("KinesisVideoStreamConfig")
        if video and self.world.switches.video_prefix == "appended":
            alias = self.instance(params).instance_alias or ""
            config["KinesisVideoStreamConfig"] = {**video, "Prefix": f"{video['Prefix']}-connect-{alias}-contact-"}
        return config


def _refuse_misfit(resource_type: str, config: Params) -> None:
    kind = config["StorageType"]
    allowed = STREAMED.get(resource_type, ("S3",))
    if kind not in allowed:
        raise invalid(f"StorageConfig.StorageType: {resource_type} goes to {' or '.join(allowed)}")
    if CONFIGS[kind] not in config:
        raise invalid(f"StorageConfig.{CONFIGS[kind]}: is required for {kind}")
    if others := [name for name in CONFIGS.values() if name in config and name != CONFIGS[kind]]:
        raise invalid(f"StorageConfig.{others[0]}: does not go with {kind}")
    key = (config[CONFIGS[kind]].get("EncryptionConfig") or {}).get("KeyId")
    if key is not None and not key.startswith("arn:"):
        # "Be sure to provide the full ARN of the encryption key, not just the ID" [service model].
        raise invalid("EncryptionConfig.KeyId: must be the full ARN of the key")
