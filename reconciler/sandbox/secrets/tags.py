"""Tags of secrets."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from reconciler.sandbox.secrets.room import Params, Proceed, SecretRoom, invalid, refused

TAGS = 50  # "Maximum number of tags per secret: 50" [service model, TagResource]


class SecretTags(SecretRoom):
    def tag_resource(self, params: Params, proceed: Proceed) -> Any:
        secret = self.usable(params["SecretId"])
        known = {tag["Key"]: tag for tag in (*(secret.tags or ()), *params["Tags"])}
        refuse_too_many(known.values())
        return proceed()

    def untag_resource(self, params: Params, proceed: Proceed) -> Any:
        self.usable(params["SecretId"])
        return proceed()


def refuse_too_many(tags: Collection[Mapping[str, str]]) -> None:
    """Refuses reserved and too many tags. The codes are inferred."""
    if any(tag["Key"].lower().startswith("aws:") for tag in tags):  # [service model: "Do not use the aws: prefix"]
        raise invalid("Tag keys that begin with aws: are reserved.")
    if len(tags) > TAGS:
        raise refused(f"A secret has at most {TAGS} tags.")
