"""The settings of ingest, from environment variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.lambdas.connectwise.settings import Common, Reader


@dataclass(frozen=True)
class Settings:
    """Times are seconds, except `raw_days`: the days after which raw files and their items expire."""

    common: Common
    page_size: int = 1000
    api_timeout: int = 30
    max_retries: int = 6
    overlap: int = 900
    flush_rows: int = 20_000
    flush_seconds: int = 60
    raw_days: int = 400


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Returns the settings. Raises `WrongSettings` with every missing or invalid variable."""
    reader = Reader(environ)
    settings = Settings(
        common=reader.common(needs_role=True),
        page_size=reader.whole("PAGE_SIZE", 1000, 1, 1000),
        api_timeout=reader.whole("API_TIMEOUT", 30, 1, 300),
        max_retries=reader.whole("MAX_RETRIES", 6, 0, 50),
        overlap=reader.whole("OVERLAP_SECONDS", 900, 0, 86_400),
        flush_rows=reader.whole("FLUSH_ROWS", 20_000, 1, 500_000),
        flush_seconds=reader.whole("FLUSH_SECONDS", 60, 1, 600),
        raw_days=reader.whole("RAW_DAYS", 400, 1, 3650),
    )
    reader.end()
    return settings
