"""Reads the environment variables that `environment.schema.json` describes. An empty one counts as not set."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.lambdas.agents.variables import BUCKET, INSTANCE, KEY, PREFIX
from reconciler.lambdas.shared.pace import Rate
from reconciler.lambdas.shared.settings import SettingsReader

KEEP, DEACTIVATE, DELETE = "keep", "deactivate", "delete"
MOST_TRIES = 15  # below the retries of the event source mapping, so that a row gets its reason first
_URL = re.compile(r"|https?://\S+")


class WrongSettings(Exception):  # noqa: N818 - the name says what happened
    """The environment variables, with all mistakes at once."""


@dataclass(frozen=True)
class Settings:
    """`region` is empty if only the runtime knows it. `uploaded` and `results` are beginnings of keys in the bucket."""

    instance: str
    region: str
    uploads: str
    roster: str
    bucket: str
    owner: str
    uploaded: str = "uploads/"
    results: str = "results/"
    dead_letters: str = ""
    kms_key: str = ""
    remove: str = KEEP
    deactivated_security: str = ""
    deactivated_routing: str = ""
    creates_groups: bool = False
    rates: Mapping[str, Rate] = field(default_factory=dict)
    most_tries: int = 5


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Returns the settings. Raises `WrongSettings` with every invalid variable, and without their values."""
    reader = SettingsReader(environ)
    instance = INSTANCE.fullmatch(reader.needed("INSTANCE_ID"))
    if reader.text("INSTANCE_ID") and not instance:
        reader.mistakes.append("INSTANCE_ID must be the id or the ARN of an instance")
    remove = reader.text("REMOVE", KEEP).lower()
    if remove not in (KEEP, DEACTIVATE, DELETE):
        reader.mistakes.append("REMOVE must be keep, deactivate or delete")
    if remove == DEACTIVATE and not reader.text("DEACTIVATED_SECURITY_PROFILE"):
        reader.mistakes.append("DEACTIVATED_SECURITY_PROFILE is missing: REMOVE=deactivate needs it")
    settings = Settings(
        instance=instance[2] if instance else "",
        region=(instance[1] if instance else "") or reader.text("AWS_REGION"),
        uploads=reader.needed("UPLOADS_TABLE"),
        roster=reader.needed("ROSTER_TABLE"),
        bucket=reader.matching("BUCKET_NAME", BUCKET),
        owner=reader.needed("OWNER"),
        uploaded=reader.matching("UPLOAD_PREFIX", PREFIX, "uploads/"),
        results=reader.matching("RESULT_PREFIX", PREFIX, "results/"),
        kms_key=reader.matching("KMS_KEY_ARN", KEY),
        dead_letters=reader.matching("DEAD_LETTERS_URL", _URL),
        remove=remove,
        deactivated_security=reader.text("DEACTIVATED_SECURITY_PROFILE"),
        deactivated_routing=reader.text("DEACTIVATED_ROUTING_PROFILE"),
        creates_groups=reader.flag("CREATE_HIERARCHY_GROUPS"),
        rates=reader.rates("RATES", "CreateUser=1/2,DescribeUser=1/2"),
        most_tries=_tries(reader),
    )
    if reader.mistakes:
        raise WrongSettings("; ".join(reader.mistakes))
    return settings


def _tries(reader: SettingsReader) -> int:
    text = reader.text("MOST_TRIES", "5")
    if not text.isdecimal() or not 1 <= int(text) <= MOST_TRIES:
        reader.mistakes.append(f"MOST_TRIES must be a number from 1 to {MOST_TRIES}")
        return 1
    return int(text)
