"""Reads the environment variables that `environment.schema.json` describes. An empty one counts as not set."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.lambdas.shared.pace import Rate

YES = frozenset({"true", "1", "yes"})
KEEP, DEACTIVATE, DELETE = "keep", "deactivate", "delete"
MOST_TRIES = 15  # below the retries of the event source mapping, so that a row gets its reason first
_INSTANCE = re.compile(r"(?:arn:aws[\w-]*:connect:(?P<region>[a-z0-9-]+):\d{12}:instance/)?(?P<id>[0-9a-f-]{36})")
_RATE = re.compile(r"(\w+)=(\d+(?:\.\d+)?)/(\d+)")


class WrongSettings(Exception):  # noqa: N818 - the name says what happened
    """The environment variables, with all mistakes at once."""


@dataclass(frozen=True)
class Settings:
    """`region` is empty if only the runtime knows it."""

    instance: str
    region: str
    uploads: str
    roster: str
    bucket: str
    results: str
    owner: str
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
    mistakes: list[str] = []

    def text(name: str, default: str = "") -> str:
        return environ.get(name, "").strip() or default

    def needed(name: str) -> str:
        if not text(name):
            mistakes.append(f"{name} is missing")
        return text(name)

    instance = _INSTANCE.fullmatch(needed("INSTANCE_ID"))
    if text("INSTANCE_ID") and not instance:
        mistakes.append("INSTANCE_ID must be the id or the ARN of an instance")
    remove = text("REMOVE", KEEP).lower()
    if remove not in (KEEP, DEACTIVATE, DELETE):
        mistakes.append("REMOVE must be keep, deactivate or delete")
    if remove == DEACTIVATE and not text("DEACTIVATED_SECURITY_PROFILE"):
        mistakes.append("DEACTIVATED_SECURITY_PROFILE is missing: REMOVE=deactivate needs it")
    settings = Settings(
        instance=instance["id"] if instance else "",
        region=(instance["region"] if instance else "") or text("AWS_REGION"),
        uploads=needed("UPLOADS_TABLE"),
        roster=needed("ROSTER_TABLE"),
        bucket=needed("BUCKET_NAME"),
        results=text("RESULT_PREFIX", "results/"),
        owner=needed("OWNER"),
        kms_key=text("KMS_KEY_ARN"),
        dead_letters=text("DEAD_LETTERS_URL"),
        remove=remove,
        deactivated_security=text("DEACTIVATED_SECURITY_PROFILE"),
        deactivated_routing=text("DEACTIVATED_ROUTING_PROFILE"),
        creates_groups=text("CREATE_HIERARCHY_GROUPS").lower() in YES,
        rates=_rates(text("RATES"), mistakes),
        most_tries=_tries(text("MOST_TRIES", "5"), mistakes),
    )
    if mistakes:
        raise WrongSettings("; ".join(mistakes))
    return settings


def _rates(text: str, mistakes: list[str]) -> dict[str, Rate]:
    rates = {}
    for part in filter(None, map(str.strip, text.split(","))):
        match = _RATE.fullmatch(part)
        if match is None or float(match[2]) <= 0 or int(match[3]) < 1:
            mistakes.append("RATES must be like CreateUser=1/2,DescribeUser=1/2")
            break
        rates[match[1]] = Rate(float(match[2]), int(match[3]))
    return rates


def _tries(text: str, mistakes: list[str]) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_TRIES:
        mistakes.append(f"MOST_TRIES must be a number from 1 to {MOST_TRIES}")
        return 1
    return int(text)
