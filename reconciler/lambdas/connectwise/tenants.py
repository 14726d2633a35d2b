"""The rows of TenantServices. Each is checked on its own: a broken row is reported, and the others work on.

The attributes that are read, of which all but the first three may be absent:
    tenant_id, connectwise_url, secret_name, company_name, enabled, tables, rate_per_minute, readers,
    freshness_minutes
    backfill {days, chunk_days}, deletes {confirmations, max_percent}, privacy {contact, allow, deny}
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit

from boto3.dynamodb.types import TypeDeserializer

from reconciler.lambdas.connectwise.failures import LedgerFailed, WrongEvent
from reconciler.lambdas.connectwise.keys import TOP_FOLDERS
from reconciler.lambdas.connectwise.tables import TABLES
from reconciler.lambdas.shared.calls import CallFailed, Calls

TENANT = re.compile(r"[a-z0-9][a-z0-9_.-]{0,62}")
SECRET = re.compile(r"[\w/+=.@-]{1,512}")
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
CONTACT_POLICIES = ("keep", "hash", "drop")


@dataclass(frozen=True)
class Backfill:
    """Days of history that a first run fetches, and days in one chunk of it."""

    days: int = 730
    chunk_days: int = 30


@dataclass(frozen=True)
class Deletes:
    """`confirmations`: sweeps in which an id is absent. `max_percent` of the open rows may vanish at once."""

    confirmations: int = 2
    max_percent: int = 10


@dataclass(frozen=True)
class Privacy:
    """`contact`: keep, hash or drop. `allow` and `deny` are paths of fields, such as `company.annualRevenue`."""

    contact: str = "keep"
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tenant:
    id: str
    url: str
    """Without a slash at the end."""
    secret: str
    is_enabled: bool = True
    tables: tuple[str, ...] = TABLES
    rate_per_minute: int = 240
    backfill: Backfill = Backfill()
    deletes: Deletes = Deletes()
    privacy: Privacy = Privacy()
    company_name: str = ""
    readers: tuple[str, ...] = ()
    freshness_minutes: int = 15
    """The longest time without a poll. Quiet pairs may wait so long; see `waiting`."""


@dataclass(frozen=True)
class Skipped:
    """A row that no function can use, with every reason."""

    tenant: str
    reason: str


@dataclass(frozen=True)
class Rows:
    """All rows in the order of their ids; disabled tenants are among them."""

    tenants: tuple[Tenant, ...]
    skipped: tuple[Skipped, ...]

    def find(self, tenant: str) -> Tenant | Skipped:
        """Returns the row. Raises `WrongEvent` with near matches if there is none; names match exactly."""
        rows = {row.id: row for row in self.tenants} | {row.tenant: row for row in self.skipped}
        if tenant not in rows:
            raise WrongEvent(f"tenant_id {tenant!r} is not in TenantServices{did_you_mean(tenant, list(rows))}")
        return rows[tenant]


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """Returns `. Did you mean "x"?` for the nearest name, or "" if none is near."""
    near = get_close_matches(name, known, n=1)
    return f'. Did you mean "{near[0]}"?' if near else ""


def read_tenants(client: Any, calls: Calls, table: str, *, allows_http: bool) -> Rows:
    """Reads every page of TenantServices. Raises `LedgerFailed` if DynamoDB does not answer."""
    tenants, skipped = list[Tenant](), list[Skipped]()
    for item in _scan(client, calls, table):
        row = {name: TypeDeserializer().deserialize(value) for name, value in item.items()}
        match check_row(row, allows_http=allows_http):
            case Tenant() as tenant:
                tenants.append(tenant)
            case Skipped() as broken:
                skipped.append(broken)
    return Rows(tuple(sorted(tenants, key=lambda row: row.id)), tuple(sorted(skipped, key=lambda row: row.tenant)))


def _scan(client: Any, calls: Calls, table: str) -> Iterator[Mapping[str, Any]]:
    following: dict[str, Any] = {}
    while True:
        request = {"TableName": table, "ConsistentRead": True, **following}
        try:
            page = calls.make("dynamodb:Scan", lambda request=request: client.scan(**request))  # type: ignore[misc]
        except CallFailed as wrong:
            raise LedgerFailed(f"TenantServices does not answer: {wrong}") from wrong
        yield from page["Items"]
        if not page.get("LastEvaluatedKey"):
            return
        following = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def check_row(row: Mapping[str, Any], *, allows_http: bool = False) -> Tenant | Skipped:
    """Returns the tenant of a row, or every reason why it cannot be used. Reasons repeat no value but names."""
    reader = _Row(row)
    tenant = Tenant(
        id=reader.id(),
        url=reader.url(allows_http),
        secret=reader.secret(),
        is_enabled=reader.flag("enabled", True),
        tables=reader.tables(),
        rate_per_minute=reader.whole(row, "rate_per_minute", 240, 1, 10_000),
        backfill=reader.backfill(),
        deletes=reader.deletes(),
        privacy=reader.privacy(),
        company_name=reader.text("company_name"),
        readers=reader.texts(row, "readers"),
        freshness_minutes=reader.whole(row, "freshness_minutes", 15, 15, 1440),
    )
    if reader.mistakes:
        return Skipped(str(row.get("tenant_id", "")), "; ".join(reader.mistakes))
    return tenant


class _Row:
    """Reads attributes and collects mistakes."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self._row = row
        self.mistakes: list[str] = []

    def id(self) -> str:
        text = self.text("tenant_id")
        if not TENANT.fullmatch(text):
            self.mistakes.append(f"tenant_id must match {TENANT.pattern}")
        elif text in TOP_FOLDERS:
            self.mistakes.append(f"tenant_id must not be {text}: the bucket has a folder of this name")
        return text

    def url(self, allows_http: bool) -> str:
        text = self.text("connectwise_url").rstrip("/")
        try:
            parts = urlsplit(text)
            is_plain = not (parts.username or parts.password or parts.query or parts.fragment)
            is_loopback = parts.scheme == "http" and allows_http and parts.hostname in LOOPBACK
        except ValueError:
            is_plain, parts, is_loopback = False, urlsplit(""), False
        if not (is_plain and parts.hostname and (parts.scheme == "https" or is_loopback)):
            self.mistakes.append("connectwise_url must be https://HOST; http is for loopback in a sandbox only")
        return text

    def secret(self) -> str:
        # IAM refuses another tenant's secret too.
        text, prefix = self.text("secret_name"), f"connectwise/{self._row.get('tenant_id')}/"
        if not SECRET.fullmatch(text) or not text.startswith(prefix):
            self.mistakes.append(f"secret_name must begin with {prefix}")
        return text

    def tables(self) -> tuple[str, ...]:
        names = self.texts(self._row, "tables") if "tables" in self._row else TABLES
        for name in names:
            if name not in TABLES:
                self.mistakes.append(f"tables: {name} is not known{did_you_mean(name, TABLES)}")
        if not names or len(set(names)) != len(names):
            self.mistakes.append("tables must name each table once, and at least one")
        return names

    def backfill(self) -> Backfill:
        of, default = self._map("backfill"), Backfill()
        return Backfill(
            self.whole(of, "days", default.days, 0, 36_500), self.whole(of, "chunk_days", default.chunk_days, 1, 3650)
        )

    def deletes(self) -> Deletes:
        of, default = self._map("deletes"), Deletes()
        return Deletes(
            self.whole(of, "confirmations", default.confirmations, 1, 100),
            self.whole(of, "max_percent", default.max_percent, 0, 100),
        )

    def privacy(self) -> Privacy:
        of = self._map("privacy")
        contact = of.get("contact", "keep")
        if contact not in CONTACT_POLICIES:
            self.mistakes.append(f"privacy.contact must be {', '.join(CONTACT_POLICIES)}")
        return Privacy(str(contact), self.texts(of, "allow"), self.texts(of, "deny"))

    def text(self, name: str) -> str:
        value = self._row.get(name, "")
        if not isinstance(value, str):
            self.mistakes.append(f"{name} must be a text")
            return ""
        return value

    def flag(self, name: str, default: bool) -> bool:
        value = self._row.get(name, default)
        if not isinstance(value, bool):
            self.mistakes.append(f"{name} must be true or false")
            return False
        return value

    def whole(self, of: Mapping[str, Any], name: str, default: int, low: int, high: int) -> int:
        value = of.get(name, default)
        # DynamoDB's numbers arrive as Decimal; True is an int in Python.
        if isinstance(value, bool) or value != value or not _is_whole(value) or not low <= value <= high:
            self.mistakes.append(f"{name} must be a whole number from {low} to {high}")
            return default
        return int(value)

    def texts(self, of: Mapping[str, Any], name: str) -> tuple[str, ...]:
        values = of.get(name, ())
        if isinstance(values, (set, frozenset)):
            values = sorted(values, key=str)
        if not isinstance(values, (list, tuple)) or not all(isinstance(value, str) for value in values):
            self.mistakes.append(f"{name} must be a list of texts")
            return ()
        return tuple(values)

    def _map(self, name: str) -> Mapping[str, Any]:
        value = self._row.get(name, {})
        if not isinstance(value, Mapping):
            self.mistakes.append(f"{name} must be a map")
            return {}
        return value


def _is_whole(value: Any) -> bool:
    try:
        return bool(int(value) == value)
    except (TypeError, ValueError, OverflowError):
        return False
