"""The environment variables of the report, which `environment.schema.json` describes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.lambdas.connectwise.settings import Common, Reader

TOPIC = re.compile(r"arn:aws[\w-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}")


@dataclass(frozen=True)
class Settings:
    common: Common
    topic: str = ""
    """The ARN of the topic for messages; without one, none are sent."""


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Returns the settings. Raises `WrongSettings` with every missing or invalid variable."""
    reader = Reader(environ)
    topic = reader.matching("ALERT_TOPIC_ARN", TOPIC) if reader.text("ALERT_TOPIC_ARN") else ""
    settings = Settings(reader.common(needs_role=False), topic)
    reader.end()
    return settings
