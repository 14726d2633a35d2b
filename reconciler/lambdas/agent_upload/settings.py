"""Reads the environment variables that `environment.schema.json` describes. An empty one counts as not set."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.lambdas.agent_upload.failures import WrongSettings
from reconciler.lambdas.agents.agent import IDENTITY_TYPES
from reconciler.lambdas.agents.variables import BUCKET, INSTANCE, KEY, PREFIX
from reconciler.lambdas.shared.settings import SettingsReader

SECRET_PREFIX = re.compile(r"[A-Za-z0-9_/+=.@-]{1,300}")


@dataclass(frozen=True)
class Settings:
    instance_id: str
    region: str
    uploads_table: str
    roster_table: str
    bucket: str
    secret_prefix: str
    uploads: str = "uploads/"
    results: str = "results/"
    quarantine: str = "quarantine/"
    kept: str = ""
    kms_key: str = ""
    identity_type: str = ""
    creates_groups: bool = False
    generates_passwords: bool = False
    owner: str = ""


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Returns the settings. Raises `WrongSettings` with every invalid variable."""
    reader = SettingsReader(environ)
    instance = INSTANCE.fullmatch(reader.text("INSTANCE_ID"))
    region = (instance[1] if instance else "") or reader.text("AWS_REGION")
    if not instance:
        reader.mistakes.append("INSTANCE_ID must be an instance's id or ARN")
    settings = Settings(
        instance_id=instance[2] if instance else "",
        region=region,
        uploads_table=reader.needed("UPLOADS_TABLE"),
        roster_table=reader.needed("ROSTER_TABLE"),
        bucket=reader.matching("BUCKET_NAME", BUCKET),
        secret_prefix=reader.matching("SECRET_PREFIX", SECRET_PREFIX).strip("/"),
        uploads=reader.matching("UPLOAD_PREFIX", PREFIX, "uploads/"),
        results=reader.matching("RESULT_PREFIX", PREFIX, "results/"),
        quarantine=reader.matching("QUARANTINE_PREFIX", PREFIX, "quarantine/"),
        kept=reader.text("KEPT_PREFIX"),
        kms_key=reader.matching("KMS_KEY_ARN", KEY),
        identity_type=_identity_type(reader),
        creates_groups=reader.flag("CREATE_HIERARCHY_GROUPS"),
        generates_passwords=reader.flag("GENERATE_PASSWORDS"),
        owner=reader.text("OWNER"),
    )
    prefixes = (settings.uploads, settings.results, settings.quarantine)
    if any(one.startswith(other) for one in prefixes for other in prefixes if one is not other):
        reader.mistakes.append("UPLOAD_PREFIX, RESULT_PREFIX and QUARANTINE_PREFIX must lie beside each other")
    if reader.mistakes:
        raise WrongSettings("; ".join(reader.mistakes))
    return settings


def _identity_type(reader: SettingsReader) -> str:
    text = reader.text("IDENTITY_TYPE").upper()
    if text and text not in IDENTITY_TYPES:
        reader.mistakes.append(f"IDENTITY_TYPE must be {' or '.join(IDENTITY_TYPES)}")
    return text
