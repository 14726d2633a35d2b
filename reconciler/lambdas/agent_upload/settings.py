"""Reads the environment variables that `environment.schema.json` describes. An empty one counts as not set."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.lambdas.agent_upload.failures import WrongSettings
from reconciler.lambdas.agents.agent import IDENTITY_TYPES

YES, NO = frozenset({"true", "1", "yes"}), frozenset({"", "false", "0", "no"})
INSTANCE = re.compile(r"(?:arn:aws[\w-]*:connect:([a-z0-9-]+):\d{12}:instance/)?([0-9a-f-]{36})")
BUCKET, PREFIX = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"), re.compile(r"[A-Za-z0-9_.=-][A-Za-z0-9_./=-]{0,200}/")
SECRET_PREFIX = re.compile(r"[A-Za-z0-9_/+=.@-]{1,300}")
KEY = re.compile(r"|arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:key/[\w-]+")


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
    reader = _Reader(environ)
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
        identity_type=reader.choice("IDENTITY_TYPE", ("", *IDENTITY_TYPES)),
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


class _Reader:
    """Reads variables and collects mistakes. A message says what a variable must be, and never repeats its value."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.mistakes: list[str] = []

    def text(self, name: str) -> str:
        return self._environ.get(name, "").strip()

    def needed(self, name: str) -> str:
        text = self.text(name)
        if not text:
            self.mistakes.append(f"{name} is missing")
        return text

    def matching(self, name: str, pattern: re.Pattern[str], default: str = "") -> str:
        text = self.text(name) or default
        if not pattern.fullmatch(text):
            self.mistakes.append(f"{name} must match {pattern.pattern}" if text else f"{name} is missing")
        return text

    def choice(self, name: str, known: tuple[str, ...]) -> str:
        text = self.text(name).upper()
        if text not in known:
            self.mistakes.append(f"{name} must be {' or '.join(filter(None, known))}")
        return text

    def flag(self, name: str) -> bool:
        text = self.text(name).lower()
        if text not in YES | NO:
            self.mistakes.append(f"{name} must be true or false")
        return text in YES
