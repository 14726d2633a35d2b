"""The settings of transform, from environment variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.lambdas.connectwise.settings import Common, Reader
from reconciler.lambdas.connectwise_transform.planning import Limits
from reconciler.lambdas.connectwise_transform.sizes import Thresholds

_MOST = 10**12


@dataclass(frozen=True)
class Settings:
    """`memory_megabytes` is the function's. DuckDB has `share` percent of it; Python and the system have the rest."""

    common: Common
    limits: Limits
    spark: Thresholds
    """The sizes above which a Spark job does the work of a pair."""
    memory_megabytes: int = 2048
    share: int = 50
    threads: int = 2

    @property
    def database_megabytes(self) -> int:
        return self.memory_megabytes * self.share // 100


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Returns the settings. Raises `WrongSettings` with every missing or invalid variable."""
    reader = Reader(environ)
    settings = Settings(
        common=reader.common(needs_role=True),
        limits=Limits(
            files=reader.whole("COMMIT_FILES", 64, 1, 1000), rows=reader.whole("COMMIT_ROWS", 1_000_000, 1, 100_000_000)
        ),
        # Lambda sets it.
        memory_megabytes=reader.whole("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", 2048, 128, 65_536),
        share=reader.whole("DATABASE_MEMORY_PERCENT", 50, 10, 90),
        threads=reader.whole("DATABASE_THREADS", 2, 1, 64),
        spark=Thresholds(
            open_rows=_rows(reader, "SPARK_OPEN_ROWS"),
            new_rows=_rows(reader, "SPARK_NEW_ROWS"),
            rebuilt_rows=_rows(reader, "SPARK_REBUILT_ROWS"),
        ),
    )
    reader.end()
    return settings


def _rows(reader: Reader, name: str) -> int | None:
    """Returns a number of rows; None if the variable is absent."""
    return reader.whole(name, 0, 0, _MOST) if reader.text(name) else None
