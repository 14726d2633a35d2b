"""The environment variables of the load, which `environment.schema.json` describes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.lambdas.connectwise.settings import ROLE, Common, Reader
from reconciler.lambdas.shared.redshift import Redshift


@dataclass(frozen=True)
class Settings:
    common: Common
    redshift: Redshift
    copy_role: str
    """The ARN of the role that COPY takes on; the namespace must have it."""
    memory_megabytes: int = 512
    """The function's."""

    @property
    def database_megabytes(self) -> int:
        """The memory with which DuckDB merges files; Python and the system have the rest."""
        return self.memory_megabytes // 2


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Returns the settings. Raises `WrongSettings` with every missing or invalid variable."""
    reader = Reader(environ)
    settings = Settings(
        reader.common(needs_role=False),
        _redshift(reader),
        reader.matching("COPY_ROLE_ARN", ROLE),
        # Lambda sets it.
        reader.whole("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", 512, 128, 65_536),
    )
    reader.end()
    return settings


def _redshift(reader: Reader) -> Redshift:
    secret, workgroup, host = (reader.text(f"REDSHIFT_{word}") for word in ("SECRET_ID", "WORKGROUP", "HOST"))
    if bool(secret) == bool(workgroup):
        reader.mistakes.append("either REDSHIFT_SECRET_ID or REDSHIFT_WORKGROUP must be set")
    port = reader.whole("REDSHIFT_PORT", 5439, 1, 65535)
    return Redshift(secret, workgroup, host, port, reader.text("REDSHIFT_DATABASE") or "dev")
