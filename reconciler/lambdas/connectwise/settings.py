"""The environment variables of the five functions. A missing one is an error at the start, which names it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.lambdas.connectwise.failures import WrongSettings
from reconciler.lambdas.shared.settings import SettingsReader

BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
ROLE = re.compile(r"arn:aws[\w-]*:iam::\d{12}:role/[\w+=,.@/-]{1,512}")
TABLE = re.compile(r"[\w.-]{3,255}")
REGION = re.compile(r"[a-z0-9-]{4,32}")


@dataclass(frozen=True)
class Common:
    """The settings of every function. `tenant_role` is "" for a function that reads no data of tenants."""

    bucket: str
    tenants: str
    """The table TenantServices; its key is tenant_id."""
    ledger: str
    """The table LastUpdated; its key is tenant_id and table_name."""
    region: str
    environment: str = "dev"
    tenant_role: str = ""
    allows_http: bool = False
    """Only for loopback, and only a sandbox environment sets it."""
    is_debug: bool = False


class Reader(SettingsReader):
    """Reads what the five functions share."""

    def whole(self, name: str, default: int, low: int, high: int) -> int:
        text = self.text(name) or str(default)
        if not text.isdecimal() or not low <= int(text) <= high:
            self.mistakes.append(f"{name} must be a whole number from {low} to {high}")
            return default
        return int(text)

    def common(self, *, needs_role: bool) -> Common:
        """Returns the settings of every function; `needs_role`: it reads or writes the data of tenants."""
        return Common(
            bucket=self.matching("BUCKET_NAME", BUCKET),
            tenants=self.matching("TENANT_SERVICES_TABLE", TABLE),
            ledger=self.matching("LAST_UPDATED_TABLE", TABLE),
            region=self.matching("AWS_REGION", REGION),
            environment=self.text("ENVIRONMENT") or "dev",
            tenant_role=self.matching("TENANT_ROLE_ARN", ROLE) if needs_role else "",
            allows_http=self.is_set("ALLOW_HTTP"),
            is_debug=self.is_set("DEBUG_LOG"),
        )

    def end(self) -> None:
        """Raises `WrongSettings` with every mistake."""
        if self.mistakes:
            raise WrongSettings("; ".join(self.mistakes))


def read_common(environ: Mapping[str, str], *, needs_role: bool) -> Common:
    """Returns the settings of every function. Raises `WrongSettings` with every missing or invalid variable."""
    reader = Reader(environ)
    common = reader.common(needs_role=needs_role)
    reader.end()
    return common
