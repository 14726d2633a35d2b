"""Reads the environment variables that `environment.schema.json` describes. An empty one counts as not set.

No variable holds a password: it is in the secret, or IAM gives one for minutes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from reconciler.lambdas.contact_calls.columns import NAMES, NEEDED
from reconciler.lambdas.contact_calls.failures import WrongSettings
from reconciler.lambdas.contact_calls.privacy import POLICIES
from reconciler.lambdas.contact_calls.windows import Grid
from reconciler.lambdas.shared.pace import Rate
from reconciler.lambdas.shared.redshift import Redshift
from reconciler.lambdas.shared.settings import SettingsReader

CHANNELS = frozenset({"VOICE", "CHAT", "TASK", "EMAIL"})
RATES = {"SearchContacts": Rate(0.5, 1), "DescribeContact": Rate(10.0, 15)}
INSTANCE = re.compile(r"arn:aws[\w-]*:connect:[a-z0-9-]+:\d{12}:instance/[0-9a-f-]{36}")
# These are part of the text of COPY, which takes no parameters.
BUCKET, PREFIX = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"), re.compile(r"[\w./=-]{0,200}")
ROLE = re.compile(r"arn:aws[\w-]*:iam::\d{12}:role/[\w+=,.@/-]{1,512}")


@dataclass(frozen=True)
class Settings:
    instance: str
    table: str
    bucket: str
    role: str
    redshift: Redshift
    prefix: str = "contact-calls"
    grid: Grid = field(default_factory=lambda: Grid(ZoneInfo("America/New_York")))
    delay: timedelta = timedelta(minutes=30)
    overlap: timedelta = timedelta(minutes=120)
    channels: tuple[str, ...] = ("VOICE",)
    passed_over: tuple[str, ...] = ("MONITOR",)
    columns: tuple[str, ...] = NAMES
    phones: str = "keep"
    rates: Mapping[str, Rate] = field(default_factory=lambda: RATES)
    workers: int = 8
    chunk: int = 1000
    largest_search: int = 9000
    insert_below: int = 200
    is_debug: bool = False


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Returns the settings. Raises `WrongSettings` with every invalid variable."""
    reader = _Reader(environ)
    settings = Settings(
        instance=reader.matching("CONNECT_INSTANCE_ARN", INSTANCE),
        table=reader.needed("LEDGER_TABLE"),
        bucket=reader.matching("LOAD_BUCKET", BUCKET),
        role=reader.matching("COPY_ROLE_ARN", ROLE),
        redshift=reader.redshift(),
        prefix=reader.matching("LOAD_PREFIX", PREFIX, "contact-calls").strip("/"),
        grid=reader.grid(),
        delay=timedelta(minutes=reader.whole("DELAY_MINUTES", 30, 0, 1440)),
        overlap=timedelta(minutes=reader.whole("OVERLAP_MINUTES", 120, 0, 20160)),
        channels=reader.among("CHANNELS", CHANNELS, ("VOICE",)),
        passed_over=reader.listed("PASSED_OVER_METHODS", ("MONITOR",)),
        columns=reader.columns(),
        phones=reader.choice("PHONES", POLICIES),
        rates={**RATES, **reader.rates("RATES", "SearchContacts=0.5/1,DescribeContact=10/15")},
        workers=reader.whole("WORKERS", 8, 1, 64),
        chunk=reader.whole("CHUNK_CONTACTS", 1000, 1, 100000),
        largest_search=reader.whole("SPLIT_ABOVE", 9000, 1, 10000),
        insert_below=reader.whole("INSERT_BELOW", 200, 0, 5000),
        is_debug=reader.is_set("DEBUG_LOG"),
    )
    if reader.mistakes:
        raise WrongSettings("; ".join(reader.mistakes))
    return settings


class _Reader(SettingsReader):
    """Reads the variables that are more than a text."""

    def among(self, name: str, known: frozenset[str], default: tuple[str, ...]) -> tuple[str, ...]:
        names = self.listed(name, default)
        if not known.issuperset(names):
            self.mistakes.append(f"{name} must be some of {', '.join(sorted(known))}")
        return names

    def whole(self, name: str, default: int, low: int, high: int) -> int:
        text = self.text(name) or str(default)
        if not text.isdecimal() or not low <= int(text) <= high:
            self.mistakes.append(f"{name} must be a whole number within {low} and {high}")
            return default
        return int(text)

    def columns(self) -> tuple[str, ...]:
        names = self.listed("COLUMNS", NAMES)
        if not set(NAMES).issuperset(names) or not NEEDED.issubset(names):
            self.mistakes.append(f"COLUMNS must be columns of f_calls, with {' and '.join(sorted(NEEDED))} among them")
            return NAMES
        return names

    def grid(self) -> Grid:
        minutes = self.whole("INTERVAL_MINUTES", 120, 1, 1440)
        zone = self.text("TIME_ZONE") or "America/New_York"
        try:
            return Grid(ZoneInfo(zone), minutes)
        except (ValueError, OSError, KeyError):
            self.mistakes.append("INTERVAL_MINUTES must divide a day and TIME_ZONE be an IANA time zone")
            return Grid(ZoneInfo("UTC"))

    def redshift(self) -> Redshift:
        secret, workgroup, host = (self.text(f"REDSHIFT_{word}") for word in ("SECRET_ID", "WORKGROUP", "HOST"))
        if bool(secret) == bool(workgroup):
            self.mistakes.append("either REDSHIFT_SECRET_ID or REDSHIFT_WORKGROUP must be set")
        if workgroup and not host:
            self.mistakes.append("REDSHIFT_HOST is missing: a workgroup's address is not looked up")
        port = self.whole("REDSHIFT_PORT", 5439, 1, 65535)
        return Redshift(secret, workgroup, host, port, self.text("REDSHIFT_DATABASE") or "dev")
